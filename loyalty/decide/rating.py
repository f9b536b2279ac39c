"""What a policy gives at an instant, and when that changes: by its states and the editions alone. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from loyalty import calendar
from loyalty.decide.programme import Edition, Editions
from loyalty.policies.facts import Coverage, PolicyState
from loyalty.policies.position import Layer, cooling_off_end, layers, reduced, timeline
from loyalty.rules.evaluation import Award, evaluate
from loyalty.rules.occasions import Item, Occasion
from loyalty.rules.rounding import split
from loyalty.rules.terms import Promise

Step = tuple[datetime, Mapping[str, int]]  #: from that instant a policy gives so many points of each unit


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of one policy: its states, and from when on one edition rates every layer (I2)."""

    states: tuple[PolicyState, ...]
    rebases: tuple[tuple[datetime, int], ...] = ()

    def at(self, instant: datetime) -> PolicyState | None:
        """The state that holds at an instant; None before the first."""
        held = self.line(instant)
        return held[-1] if held else None

    def line(self, instant: datetime) -> tuple[PolicyState, ...]:
        """The states that came to hold by an instant, in time."""
        return tuple(state for state in timeline(self.states) if state.effective_at <= instant)


@dataclass(frozen=True, slots=True)
class Because:
    """A reason: what a rule of an edition gives, from when on."""

    rule: str
    unit: str
    points: int
    edition: int
    opens_at: datetime | None  #: None: its cooling-off is not known to end


@dataclass(frozen=True, slots=True)
class Rating:
    """What a policy gives at an instant, what it will once all is open, and what no rule counts (I6)."""

    because: tuple[Because, ...]
    excluded: tuple[int, ...]  #: numbers of coverages

    @property
    def in_all(self) -> dict[str, int]:
        """Points by unit once all is open."""
        return _by_unit(self.because)

    @property
    def waiting(self) -> dict[str, int]:
        """Points by unit whose day nobody knows: the end of cooling-off was not told (I4)."""
        return _by_unit(one for one in self.because if one.opens_at is None)

    def open_at(self, instant: datetime) -> dict[str, int]:
        """Points by unit that are given by then."""
        return _by_unit(one for one in self.because if one.opens_at is not None and one.opens_at <= instant)


def rate(editions: Editions, told: Told, at: datetime) -> Rating:
    """What a policy gives by the state that holds at an instant (I2): each layer by its own edition."""
    state = told.at(at)
    if state is None:
        return Rating((), ())
    because: list[Because] = []
    there: set[int] = set()
    counted: set[int] = set()
    for edition, stack in _by_edition(editions, told, at):
        rules, items = edition.programme.rules_about["policy"], _items(edition, state, stack)
        award = evaluate(rules, Occasion("policy", policy_attributes(state), items))
        because += _reasons(editions, edition, told, state, award, at)
        numbers = {item.no for item in items}
        there |= numbers
        counted |= {no for part in award.parts for no in part.lines or numbers}
    return Rating(tuple(because), tuple(sorted(there - counted)))


def schedule(editions: Editions, told: Told, holder: int) -> tuple[Step, ...]:
    """What a policy gives one member, from each instant on at which that changes, as far as is known."""
    steps: list[Step] = []
    for at in sorted(_turns(editions, told)):
        state = told.at(at)
        given = rate(editions, told, at).open_at(at) if state is not None and state.holder == holder else {}
        if given != (steps[-1][1] if steps else {}):
            steps.append((at, given))
    return tuple(steps)


def waiting(editions: Editions, told: Told, holder: int, at: datetime) -> dict[str, int]:
    """What a policy will give one member once the end of its cooling-off is known (I4)."""
    state = told.at(at)
    if state is None or state.holder != holder:
        return {}
    return rate(editions, told, at).waiting


def given_at(steps: Iterable[Step], at: datetime) -> Mapping[str, int]:
    """What a schedule says is given at an instant."""
    last: Mapping[str, int] = {}
    for since, points in steps:
        if since > at:
            break
        last = points
    return last


def _by_unit(because: Iterable[Because]) -> dict[str, int]:
    points: dict[str, int] = {}
    for one in because:
        points[one.unit] = points.get(one.unit, 0) + one.points
    return points


def _turns(editions: Editions, told: Told) -> set[datetime]:
    """Every instant at which the policy may come to give more, or less."""
    turns = {state.effective_at for state in told.states} | {at for at, _ in told.rebases}
    for at in list(turns):
        turns |= {one.opens_at for one in rate(editions, told, at).because if one.opens_at is not None}
    return turns


def _by_edition(editions: Editions, told: Told, at: datetime) -> list[tuple[Edition, list[Layer]]]:
    """The layers that hold at an instant, by the edition that rates them; those of one are rated together.

    How long a lapse may last is as promised when the policy was issued (I3).
    """
    line = timeline(told.states)
    terms = editions.at(calendar.day_start(line[0].issued_on, editions.zone)).programme.policies
    rebased = [number for since, number in told.rebases if since <= at]
    stacks: dict[int, list[Layer]] = {}
    for layer in layers(line, at, terms, editions.zone):
        own = editions.at(layer.rated_at).number
        stacks.setdefault(max([own, *rebased]), []).append(layer)
    return [(editions.number(number), stack) for number, stack in sorted(stacks.items())]


def _items(edition: Edition, state: PolicyState, stack: list[Layer]) -> tuple[Item, ...]:
    """The coverages as rules see them: as much of each as these layers are, as far as the status counts."""
    share = edition.programme.policies.counts.get(state.status, Fraction(0))
    if share is None:
        stack, share = reduced(stack, state), Fraction(1)
    yearly: dict[int, Fraction] = {}
    for layer in stack:
        yearly[layer.coverage] = yearly.get(layer.coverage, Fraction(0)) + layer.yearly_minor * share
    there = [coverage for coverage in state.coverages if yearly.get(coverage.no)]
    return tuple(_item(state, coverage, yearly[coverage.no]) for coverage in there)


def policy_attributes(state: PolicyState) -> dict[str, object]:
    """What rule conditions may ask of a policy."""
    return {
        "policy.status": state.status,
        "policy.group": state.group,
        "policy.channel": state.channel,
        "policy.holder_is_agent": state.holder_is_agent,
        "policy.years_paid": state.years_paid or 0,
        "policy.attributes": dict(state.attributes),
    }


def _item(state: PolicyState, coverage: Coverage, yearly: Fraction) -> Item:
    own = {
        "coverage.product": coverage.product,
        "coverage.main": coverage.main,
        "coverage.pay_mode": coverage.pay_mode,
        "coverage.pay_years": state.pay_years(coverage),
        "coverage.cover_years": state.cover_years(coverage),
        "coverage.premium_minor": coverage.premium_minor,
        "coverage.annual_premium_minor": coverage.yearly_minor,
    }
    amounts = {"annual_premium": yearly, "premium": yearly / coverage.instalments}
    return Item(coverage.no, coverage.yearly_minor, {**policy_attributes(state), **own}, amounts=amounts)


def _reasons(
    editions: Editions, edition: Edition, told: Told, state: PolicyState, award: Award, at: datetime
) -> Iterable[Because]:
    rules = edition.programme.rules_by_code
    for part in award.parts:
        for promise, points in split(part.points, rules[part.rule].opens):
            opens_at = _opens_at(editions, edition, told, state, promise, at)
            yield Because(part.rule, part.unit, points, edition.number, opens_at)


def _opens_at(
    editions: Editions, edition: Edition, told: Told, state: PolicyState, promise: Promise, at: datetime
) -> datetime | None:
    """From when on a share is given: at once, after the days since issue, or after cooling-off (I4)."""
    zone = editions.zone
    since: datetime | None = calendar.day_start(state.issued_on, zone)
    if promise.cooling_off:
        since = cooling_off_end(timeline(told.states), at, edition.programme.policies, zone)
    if since is None or promise.after_days is None:
        return since
    return calendar.day_start(calendar.local_day(since, zone) + timedelta(days=promise.after_days), zone)
