"""An award on its way into one account: what is taken, what is there at once, what is pending. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.decide.course import Course
from loyalty.decide.programme import Edition
from loyalty.expiry import Expiry
from loyalty.ledger.lots import Account, Change, Move, Pending, awake, credit, lot_of, spend
from loyalty.ledger.operations import Part
from loyalty.ledger.terms import Unit
from loyalty.rules.evaluation import Award
from loyalty.rules.rounding import split
from loyalty.rules.terms import Promise


class _When(NamedTuple):
    """When a share of an award becomes usable (P11), as its promise says, and how long it then lives."""

    after_days: int | None
    event: str | None
    within_days: int | None
    then_days: int | None
    expiry: Expiry

    @property
    def at_once(self) -> bool:
        """Whether it waits for nothing."""
        return self.after_days is None and self.event is None

    @property
    def turn(self) -> tuple[object, ...]:
        """What the clock opens comes first; what waits for an event alone comes last."""
        days = self.after_days
        return (days is None, days or 0, self.event or "", self.within_days or 0, self.then_days or 0,
                str(self.expiry))  # fmt: skip


class Giving(NamedTuple):
    """An award on its way into the accounts."""

    edition: Edition
    award: Award
    op_id: int
    day: date  #: on which the fact happened
    today: date
    is_act: bool  #: the member did something for it


def take_unit(course: Course, by: Giving, unit: str, points: int) -> tuple[Part, Account]:
    """What rules take of a unit, in spending order; the day of the fact counts it."""
    change = spend(course.account(unit), points, "adjusted", by.day)
    return Part(unit, points, change.moves), change.account


def give_unit(course: Course, by: Giving, unit: str, points: int) -> tuple[Part, Account]:
    """What rules give of a unit: at once, and pending."""
    programme, zone = by.edition.programme, course.editions.zone
    terms = programme.units[unit]
    if unit in programme.at_once:
        credited = _credited(course.account(unit), by, terms, terms.expiry, points)
        return Part(unit, points, credited.moves), credited.account
    account, moves = course.account(unit), tuple[Move, ...]()
    promised = list[Pending]()
    for when, share in _shares(by, unit):
        if when.at_once:
            credited = _credited(account, by, terms, when.expiry, share)
            account, moves = credited.account, moves + credited.moves
            continue
        promised.append(
            Pending(
                by.op_id,
                len(promised) + 1,
                share,
                _days_after(by.day, when.after_days, zone),
                when.expiry,
                by.edition.number,
                when.event,
                _lapse(by.day, when.within_days, zone),
                when.then_days,
            )
        )
    if promised:
        account = account._replace(pending=(*account.pending, *promised))
    return Part(unit, points, moves, tuple(promised)), account


def _credited(account: Account, by: Giving, terms: Unit, expiry: Expiry, points: int) -> Change:
    lot = lot_of(expiry, by.day, oldest_first=terms.oldest_first)
    lot = lot if by.is_act else awake(account, lot, by.today)
    return credit(account, lot, points, "issued", by.day, by.today)


def _shares(by: Giving, unit: str) -> list[tuple[_When, int]]:
    """Points of a unit by when they become usable, and how long they live; in the order of that."""
    rules = by.edition.programme.rules_by_code
    whole = by.edition.programme.units[unit].expiry
    shares: dict[_When, int] = {}
    for given in by.award.parts:
        if given.unit == unit and given.points > 0:
            rule = rules[given.rule]
            for promise, share in split(given.points, rule.opens):
                when = _when(promise, rule.expiry or whole)
                shares[when] = shares.get(when, 0) + share
    return sorted(shares.items(), key=lambda share: share[0].turn) if len(shares) > 1 else [*shares.items()]


def _when(promise: Promise, expiry: Expiry) -> _When:
    return _When(promise.after_days, promise.event, promise.within_days, promise.then_days, expiry)


def _days_after(day: date, days: int | None, zone: ZoneInfo) -> datetime | None:
    return None if days is None else calendar.day_start(day + timedelta(days=days), zone)


def _lapse(day: date, within_days: int | None, zone: ZoneInfo) -> datetime | None:
    """The instant from which it is too late to claim: the last day is so many after the fact's (N5)."""
    return None if within_days is None else calendar.day_after(day + timedelta(days=within_days), zone)
