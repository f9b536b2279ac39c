"""What editions promise, read from their JSON: units, rules and the ladder, as far as rows follow."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.proofs.judging.days import FOREVER, later, month_end
from tests.proofs.judging.ladder import Ladder
from tests.proofs.judging.life import Row

_ENDS = {"month_end": 1, "quarter_end": 3, "year_end": 12}


@dataclass(frozen=True)
class Expiry:
    """How long a lot lives, as it is kept: {months, days, align, plus, never, inactive_months}."""

    kept: Mapping[str, Any]

    @property
    def idle_months(self) -> int:
        """So long after the last act everything dies; 0: it does not."""
        return int(self.kept.get("inactive_months", 0))

    def last_day(self, day: date) -> date:
        """The last usable day of what comes on a day."""
        told = self.kept
        if told.get("never") or told.get("inactive_months"):
            return FOREVER
        if days := told.get("days", 0):
            return day + timedelta(days=days)
        every = _ENDS.get(told.get("align", "exact"), 0)
        last = later(day, told.get("months", 0) + told.get("plus", 0) * every)
        if not every:
            return last
        return month_end(last.replace(day=1, month=(last.month - 1) // every * every + every))


def expiry_of(section: Mapping[str, Any]) -> Expiry:
    """The key `expiry`, as rows keep it."""
    told = section.get("expiry", "never")
    if told == "never":
        return Expiry({"never": True})
    return Expiry({name: value for name, value in told.items() if value and value != "exact"})


@dataclass(frozen=True)
class Unit:
    """A kind of points."""

    code: str
    expiry: Expiry
    decimals: int
    on_return: str
    give_back_days: int
    oldest_first: bool
    paused_while: frozenset[str]


@dataclass(frozen=True)
class Promise:
    """When a share of what a rule gives becomes usable."""

    after_days: int | None
    event: str | None
    within_days: int | None
    then_days: int | None


@dataclass(frozen=True)
class Rule:
    """A rule, as far as rows tell of it."""

    code: str
    on: str
    unit: str
    promises: tuple[Promise, ...]
    expiry: Expiry | None
    round: str
    limit: str | None  #: the period in which one member is limited
    budget: str | None  #: the period in which all are


@dataclass(frozen=True)
class Edition:
    """One edition."""

    number: int
    since: datetime
    published_at: datetime
    document: Mapping[str, Any]
    zone: ZoneInfo
    currency: str
    late_days: int
    units: Mapping[str, Unit]
    rules: Mapping[str, Rule]
    ladder: Ladder = field(compare=False)


class Editions:
    """All editions of a club, by number."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.items = [_edition(row) for row in sorted(rows, key=lambda row: row.number)]
        self._since = [edition.since for edition in self.items]
        self.zone = self.items[0].zone if self.items else ZoneInfo("UTC")

    def at(self, instant: datetime) -> Edition:
        """The edition in force at an instant; before the first, the first."""
        return self.items[max(bisect_right(self._since, instant) - 1, 0)]

    def number(self, number: int) -> Edition | None:
        """The edition of that number, if there is one."""
        return self.items[number - 1] if 1 <= number <= len(self.items) else None

    def unit(self, number: int, code: str) -> Unit | None:
        """What an edition says of a unit."""
        edition = self.number(number)
        return edition.units.get(code) if edition else None

    def ever(self, code: str) -> list[Unit]:
        """What each edition says of a unit."""
        return [edition.units[code] for edition in self.items if code in edition.units]


def _edition(row: Row) -> Edition:
    told = row.document
    units = {code: _unit(code, section) for code, section in told["unit"].items()}
    decimals = {code: unit.decimals for code, unit in units.items()}
    return Edition(
        row.number,
        row.in_force_from,
        row.published_at,
        told,
        ZoneInfo(told["club"]["time_zone"]),
        told["club"]["currency"],
        told["club"].get("late_days", 30),
        units,
        {rule["code"]: _rule(rule) for rule in told.get("rule", [])},
        Ladder(told, decimals),
    )


def _unit(code: str, section: Mapping[str, Any]) -> Unit:
    return Unit(
        code,
        expiry_of(section),
        section.get("decimals", 0),
        section.get("on_return", "debt"),
        section.get("give_back_days", 30),
        section.get("order") == "oldest_first",
        frozenset(section.get("paused_while_tier", ())),
    )


def _rule(told: Mapping[str, Any]) -> Rule:
    opens = told.get("parts") or ([told["from"]] if isinstance(told.get("from"), Mapping) else [])
    promises = tuple(
        Promise(one.get("at_latest_days" if "event" in one else "days"), one.get("event"),
                one.get("within_days"), one.get("then_days"))
        for one in opens
    )  # fmt: skip
    return Rule(
        told["code"],
        told["on"],
        told["unit"],
        promises,
        expiry_of(told) if "expiry" in told else None,
        told.get("round", "down"),
        told["limit"].get("per") if "limit" in told else None,
        told["budget"].get("per") if "budget" in told else None,
    )
