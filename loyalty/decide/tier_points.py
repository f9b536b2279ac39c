"""Points that tiers take: the price of a lift or of a keep, what does not roll over, what goes void. Pure.

Each is an operation of its own, at the instant at which the term begins that it belongs to. Held points are
never taken; what a hold releases later stays with the member.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from loyalty import calendar
from loyalty.decide.course import Course
from loyalty.decide.measuring import since
from loyalty.decide.programme import Edition
from loyalty.ledger.lots import Account, LotKey, Move, Portion, draw, spending_order, take
from loyalty.ledger.operations import Operation, Part
from loyalty.ledger.undoing import give_back
from loyalty.tiers.evaluation import Term

PRICE = "price"  #: where the evidence of a term names what it cost


def pay(course: Course, edition: Edition, points: int, tier: str | None, at: datetime) -> dict[str, object]:
    """Take the price of a tier from the one balance measured, as far as points are there.

    Returns what the term keeps of it, so that it can be given back.
    """
    [unit] = edition.programme.ladder.terms.balances
    account, portions, moves = _draw(course.account(unit), points, "redeemed")
    if not moves:
        return {}
    paid = sum(portion.points for portion in portions)
    operation = Operation(
        course.new_id(),
        "tier_price",
        edition.number,
        at,
        (Part(unit, paid, moves),),
        reasons={"tier": tier},
    )
    course.note(operation, {unit: account})
    lots = [[portion.lot.last_day.isoformat(), portion.lot.kind, portion.points] for portion in portions]
    return {PRICE: {"operation": operation.op_id, "unit": unit, "lots": lots}}


def paid_for(terms: Iterable[Term]) -> dict[str, int]:
    """What these terms cost in all, by unit."""
    paid: dict[str, int] = {}
    for term in terms:
        if (price := _price_of(term)) is not None:
            unit = price["unit"]
            paid[unit] = paid.get(unit, 0) + sum(points for _, _, points in price["lots"])
    return paid


def pay_back(course: Course, term: Term, now: datetime) -> None:
    """Give back what a term cost that should never have begun: to the lots it came from (T10, P9)."""
    price = _price_of(term)
    if price is None:
        return
    unit, today, edition = price["unit"], course.day(now), course.editions.at(now)
    portions = [Portion(LotKey(date.fromisoformat(day), kind), points) for day, kind, points in price["lots"]]
    grace = LotKey(today + timedelta(days=edition.programme.units[unit].give_back_days))
    change = give_back(course.account(unit), portions, today, grace)
    points = sum(portion.points for portion in portions)
    operation = Operation(
        course.new_id(),
        "tier_refund",
        edition.number,
        now,
        (Part(unit, points, change.moves),),
        refers_to=price["operation"],
        undoes=((unit, points),),
    )
    course.note(operation, {unit: change.account})


def forfeit(course: Course, edition: Edition, ended: Term, is_void: bool, at: datetime) -> None:
    """Take what a term that ends leaves behind: what does not roll over, and what a void tier forfeits."""
    terms = edition.programme.ladder.terms
    takes = {unit: course.account(unit).available for unit in terms.void_forfeits if is_void}
    if (rollover := terms.rollover) is not None:
        for unit in terms.balances:
            balance = course.account(unit).balance
            carried = rollover.carried(balance, _earned(course, unit, ended))
            takes[unit] = max(takes.get(unit, 0), balance - carried)
    parts = []
    for unit, points in takes.items():
        account, portions, moves = _draw(course.account(unit), points, "forfeited")
        if moves:
            course.accounts[unit] = account
            parts.append(Part(unit, sum(portion.points for portion in portions), moves))
    if parts:
        reasons = {"tier": ended.tier, "void": is_void}
        operation = Operation(course.new_id(), "forfeit", edition.number, at, tuple(parts), reasons=reasons)
        course.note(operation, {})


def _draw(account: Account, points: int, contra: str) -> tuple[Account, list[Portion], tuple[Move, ...]]:
    """Take points in spending order, as far as they are there."""
    portions = list(draw(spending_order(account), points))
    moves = tuple(Move(portion.lot, -portion.points, contra) for portion in portions)
    return take(account, portions), portions, moves


def _earned(course: Course, unit: str, ended: Term) -> int:
    """What an ending term earned of a unit, with those before it that it was lifted out of."""
    first = calendar.local_day(since(ended), course.editions.zone)
    return sum(points for day, points in course.tally.get(unit, {}).items() if day >= first)


def _price_of(term: Term) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any] | None", term.evidence.get(PRICE))
