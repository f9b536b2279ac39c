"""What of a sale is paid with points, and what of it was money (P17). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from loyalty.decide import spend
from loyalty.decide.course import Course
from loyalty.decide.programme import Edition
from loyalty.errors import HoldClosed, Invalid, PointsShareExceeded, PointsTenderWrong
from loyalty.ledger.lots import Hold
from loyalty.ledger.operations import Operation
from loyalty.ledger.terms import Unit
from loyalty.ledger.worth import Worth
from loyalty.money import money_text
from loyalty.sales.facts import Line, Purchase, Tender

SPENDING = ("redeem", "capture")  #: the kinds of operation that pay a sale


@dataclass(frozen=True, slots=True)
class Usable:
    """How much of a sale a member could pay with points of a unit now, in whole steps."""

    max_points: int
    max_money_minor: int
    step: int


def usable(course: Course, edition: Edition, lines: tuple[Line, ...]) -> dict[str, Usable]:
    """What could be paid with points, by each unit that is worth money; nothing while in debt (P8)."""
    shown = {}
    for code, unit in sorted(edition.programme.units.items()):
        if (worth := unit.worth) is not None:
            account = course.account(code)
            free = 0 if account.debt else account.available
            points = min(free - free % worth.step, worth.most_points(_most_money(worth, lines)))
            shown[code] = Usable(points, worth.money(points) or 0, worth.step)
    return shown


def pay(course: Course, edition: Edition, sale: Purchase, now: datetime) -> Operation | None:
    """Spend the points that a sale is paid with, or capture them from their hold; None where all is money.

    A hold fixed its edition (P13); the rest of it is released. Raises HoldClosed, TooMuchCaptured, InDebt,
    NotEnoughPoints, PointsTenderWrong, PointsShareExceeded; Invalid where several units could be meant.
    """
    tender = sale.by_points
    if tender is None:
        return None
    if tender.hold is None:
        code = _unit_meant(edition.programme.units, tender)
        _check(_worth(edition, code), tender, sale)
        return spend.redeem_on(course, code, tender.points, now, {"for": "purchase"})
    code, hold = _held(course, tender.hold[1])
    if tender.unit not in (None, code):
        raise PointsTenderWrong(unit=tender.unit)
    _check(_worth(course.editions.number(hold.edition), code), tender, sale)
    return spend.close_hold_on(course, code, hold.op_id, tender.points, now)


def in_money(course: Course, sale: Purchase, paid: Operation | None) -> dict[int, Fraction]:
    """Per line, what points did not pay: they pay all lines they may alike. Nothing without such a tender."""
    tender = sale.by_points
    if tender is None or paid is None:
        return {}
    worth = _worth(course.editions.number(paid.edition), paid.parts[0].unit)
    payable_minor = sum(line.amount_minor for line in sale.lines if worth.pays(line.category))
    left = 1 - Fraction(tender.amount_minor, payable_minor)
    return {
        line.line: line.amount_minor * (left if worth.pays(line.category) else Fraction(1))
        for line in sale.lines
    }


def _unit_meant(units: Mapping[str, Unit], tender: Tender) -> str:
    """The unit that pays: the one named, or the only one that is worth money."""
    paying = sorted(code for code, unit in units.items() if unit.worth is not None)
    if tender.unit is None and len(paying) > 1:
        raise Invalid(fields={"tenders": f"name the unit: one of {', '.join(paying)}"})
    meant = tender.unit or next(iter(paying), None)
    if meant not in paying:
        raise PointsTenderWrong(unit=meant)
    return meant


def _held(course: Course, op_id: int) -> tuple[str, Hold]:
    """An open hold and its unit; it may have ended by the clock."""
    for unit, account in course.accounts.items():
        for hold in account.holds:
            if hold.op_id == op_id:
                return unit, hold
    raise HoldClosed


def _check(worth: Worth, tender: Tender, sale: Purchase) -> None:
    """The points are worth what the till says, and pay no more of the sale than the unit allows."""
    worth_minor = worth.money(tender.points)
    if worth_minor is None:
        raise PointsTenderWrong(points=tender.points, step=worth.step)
    if worth_minor != tender.amount_minor:
        due = money_text(worth_minor, sale.currency)
        raise PointsTenderWrong(points=tender.points, step=worth.step, worth=due)
    if tender.amount_minor > (most := _most_money(worth, sale.lines)):
        raise PointsShareExceeded(points=tender.points, most=worth.most_points(most))


def _worth(edition: Edition, unit: str) -> Worth:
    worth = edition.programme.units[unit].worth
    if worth is None:
        raise PointsTenderWrong(unit=unit)
    return worth


def _most_money(worth: Worth, lines: tuple[Line, ...]) -> int:
    return worth.most_money((line.category, line.amount_minor) for line in lines)
