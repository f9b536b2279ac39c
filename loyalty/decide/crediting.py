"""An award on its way into one account: what is taken, what is there at once, what is pending. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from loyalty import calendar
from loyalty.decide.course import Course
from loyalty.decide.programme import Edition
from loyalty.ledger.lots import Account, Change, Pending, awake, credit, lot_for, spend
from loyalty.ledger.operations import Part
from loyalty.rules.evaluation import Award
from loyalty.rules.rounding import split

When = tuple[int | None, str | None]  #: whole days until points open, the event they wait for


@dataclass(frozen=True, slots=True)
class Giving:
    """An award on its way into the accounts."""

    edition: Edition
    award: Award
    op_id: int
    day: date  #: on which the fact happened
    today: date
    is_act: bool  #: the member did something for it


def take_unit(course: Course, by: Giving, unit: str) -> tuple[Part, Account]:
    """What rules take of a unit, in spending order; the day of the fact counts it."""
    points = by.award.taken[unit]
    change = spend(course.account(unit), points, "adjusted", by.day)
    return Part(unit, points, change.moves), change.account


def give_unit(course: Course, by: Giving, unit: str) -> tuple[Part, Account]:
    """What rules give of a unit: at once, and pending."""
    terms, number = by.edition.programme.units[unit], by.edition.number
    shares = _shares(by.edition, by.award, unit)
    at_once = shares.pop((None, None), 0)
    promised = tuple(
        Pending(by.op_id, no, points, _opening(course, by.day, days), terms.expiry, number, event)
        for no, ((days, event), points) in enumerate(sorted(shares.items(), key=_turn), start=1)
    )
    change = Change(course.account(unit))
    if at_once:
        lot = lot_for(terms, by.day)
        lot = lot if by.is_act else awake(change.account, lot, by.today)
        change = credit(change.account, lot, at_once, "issued", by.day, by.today)
    account = replace(change.account, pending=(*change.account.pending, *promised))
    return Part(unit, by.award.given[unit], change.moves, promised), account


def _shares(edition: Edition, award: Award, unit: str) -> dict[When, int]:
    """Points of a unit by when they become usable (P11)."""
    opens = {rule.code: rule.opens for rule in edition.programme.rules}
    shares: dict[When, int] = {}
    for given in award.parts:
        if given.unit == unit and given.points > 0:
            for promise, points in split(given.points, opens[given.rule]):
                when = (promise.after_days, promise.event)
                shares[when] = shares.get(when, 0) + points
    return shares


def _turn(share: tuple[When, int]) -> tuple[bool, int, str]:
    """What the clock opens comes first; what waits for an event alone comes last."""
    (days, event), _ = share
    return days is None, days or 0, event or ""


def _opening(course: Course, day: date, days: int | None) -> datetime | None:
    if days is None:
        return None
    return calendar.day_start(day + timedelta(days=days), course.editions.zone)
