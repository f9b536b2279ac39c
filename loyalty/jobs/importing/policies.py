"""Rows of a file as states of policies: a row a coverage, rows of one policy and version together (I1)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from loyalty import ids
from loyalty.calendar import BEGINNING, whole_years
from loyalty.decide.club import Club
from loyalty.errors import Invalid
from loyalty.jobs.importing.cells import Cells
from loyalty.jobs.importing.table import Fault, Row
from loyalty.money import MINOR_DIGITS
from loyalty.policies import PAY_MODES, STATUSES, Coverage, Insured, PolicyState, check

HOLDERS = ("reference", "member_id")
COVERAGE = ("coverage", "product", "main", "premium", "reduced_premium", "pay_mode", "pay_years",
            "pay_until_age", "cover_years", "cover_until_age", "whole_life")  # fmt: skip
FIELDS = (*HOLDERS, "policy_no", "version", "effective_at", "told_at", "status", "group", "channel",
          "service_agent", "holder_is_agent", "issued_on", "receipt_signed_on", "cooling_off_ends_on",
          "paid_to", "years_paid", "grace_ends_on", "currency", "insured", "attributes",
          *COVERAGE)  # fmt: skip
NEEDED = (("policy_no",), ("version",), ("effective_at",), ("status",), HOLDERS, ("issued_on",), ("product",),
          ("premium",), ("pay_mode",))  # fmt: skip
LAST_VERSION = 2**53
_MOST_YEARS = 120
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_INSURED = 50


@dataclass(frozen=True, slots=True)
class ToldState:
    """One state of the file, and when it was told: as if the clock stood there, or (None) now."""

    lines: Sequence[int]
    state: PolicyState
    at: datetime | None

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.lines[0]

    @property
    def known_by(self) -> tuple[str, str]:
        """The field that names it, and how."""
        return "policy_no", f"{self.state.policy_no!r}, version {self.state.version}"


@dataclass(slots=True)
class _Growing:
    """A state as far as its rows were read."""

    lines: list[int]
    head: PolicyState
    told_at: datetime | None
    coverages: dict[int, Coverage] = field(default_factory=dict)


def read_states(rows: Iterable[Row], club: Club, *, historic: bool, faults: list[Fault]) -> list[ToldState]:
    """The states of these rows in the order in which they are told; what is wrong is noted.

    History is told when each row says (`told_at`), or else when the state began to hold; now, lower versions
    come first.
    """
    growing: dict[tuple[str, int], _Growing] = {}
    for row in rows:
        cells = Cells(row, faults)
        head, told_at = _head(cells, club), cells.instant("told_at", club.time_zone)
        if head is not None:
            one = growing.setdefault((head.policy_no, head.version), _Growing([], head, told_at))
            one.lines.append(row.line)
            _grow(one, cells, head, told_at, MINOR_DIGITS[club.currency])
    told = []
    for one in growing.values():
        state = replace(one.head, coverages=tuple(one.coverages.values()))
        _check(state, one.lines[0], faults)
        at = (one.told_at or state.effective_at) if historic else None
        told.append(ToldState(one.lines, state, at))
    return sorted(told, key=lambda one: (one.at or BEGINNING, one.state.version, one.line))


def _check(state: PolicyState, line: int, faults: list[Fault]) -> None:
    try:
        check(state)
    except Invalid as wrong:
        fields: dict[str, str] = wrong.facts["fields"]  # type: ignore[assignment]
        faults += [Fault(line, path, says) for path, says in fields.items()]


def _grow(one: _Growing, cells: Cells, head: PolicyState, told_at: datetime | None, digits: int) -> None:
    if (head, told_at) != (one.head, one.told_at):
        cells.note("version", f"line {one.lines[0]} tells another state of it")
    if not any(cells.has(name) for name in COVERAGE):
        return
    coverage = _coverage(cells, len(one.coverages) + 1, digits)
    if coverage.no in one.coverages:
        cells.note("coverage", f"the state of line {one.lines[0]} has a coverage {coverage.no} already")
    one.coverages[coverage.no] = coverage


def _head(cells: Cells, club: Club) -> PolicyState | None:
    """What a row says of the policy as a whole; None where that is not enough."""
    cells.ask("policy_no", "version", "effective_at", "status", "issued_on")
    if sum(cells.has(name) for name in HOLDERS) != 1:
        cells.note("reference", "is missing; who holds it is told by reference or by member_id")
    cells.choice("currency", (club.currency,))
    zone = club.time_zone
    required: dict[str, Any] = {
        "policy_no": cells.text("policy_no", 60),
        "version": cells.whole("version", 1, LAST_VERSION),
        "effective_at": cells.instant("effective_at", zone),
        "status": cells.choice("status", STATUSES),
        "issued_on": cells.day("issued_on"),
    }
    optional: dict[str, Any] = {
        "holder": _member(cells),
        "holder_reference": cells.text("reference", 100),
        "group": cells.truth("group"),
        "channel": cells.text("channel", 40) or "",
        "service_agent": cells.text("service_agent", 100),
        "holder_is_agent": cells.truth("holder_is_agent"),
        "receipt_signed_on": cells.day("receipt_signed_on"),
        "cooling_off_ends_on": cells.day("cooling_off_ends_on"),
        "paid_to": cells.day("paid_to"),
        "years_paid": cells.whole("years_paid", 0, _MOST_YEARS),
        "grace_ends_on": cells.day("grace_ends_on"),
        "insured": tuple(_insured(cells, required["issued_on"])),
        "attributes": _attributes(cells),
    }
    if cells.faulty or None in required.values():
        return None
    return PolicyState(**required, **optional, currency=club.currency, coverages=())


def _member(cells: Cells) -> int | None:
    text = cells.text("member_id", 20)
    member_id = ids.from_text(text) if text is not None else None
    if text is not None and member_id is None:
        cells.note("member_id", f"{text!r} is no member")
    return member_id


def _coverage(cells: Cells, next_no: int, digits: int) -> Coverage:
    cells.ask("product", "premium", "pay_mode")
    lengths = ("pay_years", "pay_until_age", "cover_years", "cover_until_age")
    years: dict[str, Any] = {name: cells.whole(name, 1, _MOST_YEARS) for name in lengths}
    mode: Any = cells.choice("pay_mode", PAY_MODES)
    return Coverage(
        no=cells.whole("coverage", 1, 9999) or next_no,
        product=cells.text("product", 60) or "",
        main=cells.truth("main"),
        premium_minor=money(cells, "premium", digits) or 0,
        pay_mode=mode or "flexible",
        reduced_premium_minor=money(cells, "reduced_premium", digits),
        whole_life=cells.truth("whole_life"),
        **years,
    )


def money(cells: Cells, name: str, digits: int) -> int | None:
    """An amount in minor units, not below nil."""
    minor = cells.steps(name, digits)
    if minor is not None and minor < 0:
        cells.note(name, "is below nil")
    return minor


def _insured(cells: Cells, issued_on: date | None) -> Iterable[Insured]:
    for item in cells.objects("insured", _MOST_INSURED):
        item.ask("reference", "relation")
        born: date | None = item.day("birth_date")
        age = whole_years(born, issued_on) if born and issued_on else None
        yield Insured(item.text("reference", 100) or "", item.text("relation", 40) or "", age)


def _attributes(cells: Cells) -> dict[str, str | int | bool]:
    told = cells.json("attributes")
    if told is None:
        return {}
    if not isinstance(told, dict) or not all(_is_attribute(*one) for one in told.items()):
        cells.note("attributes", "must be an object of texts, whole numbers and truths")
        return {}
    return told


def _is_attribute(name: str, value: object) -> bool:
    """Whether a rule may ask for it: what the API takes, too."""
    if not _ATTRIBUTE.fullmatch(name):
        return False
    return len(value) <= 200 if isinstance(value, str) else isinstance(value, int) and abs(value) <= 10**15
