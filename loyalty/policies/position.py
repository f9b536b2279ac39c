"""Which state of a policy holds when, and of which layers its premium is made (I1, I2, I3). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.policies.facts import PolicyState
from loyalty.policies.terms import PolicyTerms

PAYING = ("in_force", "grace")  #: what is paid now: such a state's premiums are followed
KEPT = ("paid_up", "premium_waived", "reduced_paid_up")  #: nothing is due: what was paid before stands
LAPSED = ("lapsed", "lapse_terminated")


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of a coverage's yearly premium, and the instant whose edition rates it."""

    coverage: int
    yearly_minor: int
    rated_at: datetime


def timeline(states: Iterable[PolicyState]) -> tuple[PolicyState, ...]:
    """The states that come to hold, in time: at any instant the highest version effective by then (I1)."""
    shown: list[PolicyState] = []
    for state in sorted(states, key=lambda state: (state.effective_at, state.version)):
        if shown and state.version < shown[-1].version:
            continue
        if shown and state.effective_at == shown[-1].effective_at:
            shown.pop()
        shown.append(state)
    return tuple(shown)


def layers(line: Iterable[PolicyState], at: datetime, terms: PolicyTerms, zone: ZoneInfo) -> list[Layer]:
    """The layers of a policy at an instant, oldest first, by its timeline.

    New business is rated at its day of issue, an increase at its own instant; a reduction takes the newest
    layer first (I2). While nothing is due, or the policy has lapsed, its layers are remembered, so that it
    comes back as it was; after a lapse longer than the terms allow it begins anew (I3).
    """
    stack: list[Layer] = []
    lapsed_at: datetime | None = None
    for state in line:
        if state.effective_at > at:
            break
        if state.status in PAYING + KEPT:
            rated_at = state.effective_at
            if lapsed_at is not None and state.effective_at >= _latest(lapsed_at, terms, zone):
                stack = []
            elif not stack:
                rated_at = calendar.day_start(state.issued_on, zone)
            if state.status in PAYING or not stack:
                stack = _follow(stack, state, rated_at)
            lapsed_at = None
        elif state.status in LAPSED and lapsed_at is None:
            lapsed_at = state.effective_at
    return stack


def reduced(stack: list[Layer], state: PolicyState) -> list[Layer]:
    """The layers cut down to the reduced premium, the newest first (I3)."""
    for coverage in state.coverages:
        stack = _to(stack, coverage.no, coverage.reduced_yearly_minor)
    return stack


def cooling_off_end(
    line: Iterable[PolicyState], at: datetime, terms: PolicyTerms, zone: ZoneInfo
) -> datetime | None:
    """The instant at which cooling-off is over, as far as it is known at an instant; None: unknown (I4).

    What an earlier state told stands while later ones are silent about it.
    """
    end = None
    for state in line:
        if state.effective_at > at:
            break
        if state.cooling_off_ends_on is not None:
            end = calendar.day_after(state.cooling_off_ends_on, zone)
        elif state.receipt_signed_on is not None and terms.cooling_off_days is not None:
            last = state.receipt_signed_on + timedelta(days=terms.cooling_off_days)
            end = calendar.day_after(last, zone)
    return end


def _latest(lapsed_at: datetime, terms: PolicyTerms, zone: ZoneInfo) -> datetime:
    """The instant from which a lapsed policy no longer comes back as it was."""
    day = calendar.add_months(calendar.local_day(lapsed_at, zone), terms.reinstatement_months)
    return calendar.day_after(day, zone)


def _follow(stack: list[Layer], state: PolicyState, rated_at: datetime) -> list[Layer]:
    """The layers as a state's premiums make them: an increase on top, a reduction off the top."""
    known = {coverage.no for coverage in state.coverages}
    stack = [layer for layer in stack if layer.coverage in known]
    for coverage in state.coverages:
        missing_minor = coverage.yearly_minor - _sum(stack, coverage.no)
        if missing_minor > 0:
            stack = [*stack, Layer(coverage.no, missing_minor, rated_at)]
        elif missing_minor < 0:
            stack = _to(stack, coverage.no, coverage.yearly_minor)
    return stack


def _sum(stack: list[Layer], coverage: int) -> int:
    return sum(layer.yearly_minor for layer in stack if layer.coverage == coverage)


def _to(stack: list[Layer], coverage: int, most_minor: int) -> list[Layer]:
    """The layers of a coverage that fit into an amount, the oldest first."""
    fitting: list[Layer] = []
    for layer in stack:
        if layer.coverage == coverage:
            layer = replace(layer, yearly_minor=min(layer.yearly_minor, most_minor))
            most_minor -= layer.yearly_minor
        if layer.yearly_minor:
            fitting.append(layer)
    return fitting
