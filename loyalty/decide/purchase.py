"""What a purchase leads to. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from loyalty import calendar
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Edition, Editions
from loyalty.ledger.lots import Account, Change, LotKey, Pending, credit
from loyalty.ledger.operations import Operation, Part
from loyalty.rules.evaluation import Award, Item, Occasion, evaluate
from loyalty.sales.facts import Purchase


def purchase(
    editions: Editions, fact: Purchase, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> Outcome:
    """Award a sale by the edition and the tier in force when it happened (P13, P14), and book it at `now`."""
    course = standing.true_at(editions, snapshot, now, ids)
    happened_at = min(fact.sold_at, now)
    judged_at = happened_at if in_time(editions, happened_at, now) else now
    edition = editions.at(judged_at)
    award = evaluate(edition.programme.rules, _occasion(course, fact, judged_at, happened_at))
    give(course, edition, award, happened_at, now)
    return course.outcome(award)


def in_time(editions: Editions, happened_at: datetime, now: datetime) -> bool:
    """Whether a fact told at `now` is still judged as of when it happened (P14)."""
    late = timedelta(days=editions.at(happened_at).programme.club.late_days)
    return now - happened_at <= late


def give(
    course: Course, edition: Edition, award: Award, happened_at: datetime, now: datetime, kind: str = "earn"
) -> Operation:
    """Book an award as one operation: points at once and points pending."""
    day, op_id = course.day(happened_at), course.new_id()
    parts, accounts = [], {}
    for unit in sorted(award.units):
        part, account = _give_unit(course, edition, award, unit, day, op_id, course.day(now))
        parts.append(part)
        accounts[unit] = account
    reasons = {"because": [[r.rule, r.unit, r.points] for r in award.because]}
    operation = Operation(op_id, kind, edition.number, happened_at, tuple(parts), reasons=reasons)
    standing.book(course, operation, accounts, now)
    return operation


def member_attributes(course: Course, at: datetime) -> dict[str, object]:
    """What rule conditions may ask of the member at an instant."""
    day, start = course.day(at), course.start
    tier = next((term.tier for term in reversed(course.terms) if term.from_at <= at), course.terms[0].tier)
    return {
        "member.tier": tier or "",
        "member.age": _years(start.birth_date, day) if start.birth_date else -1,
        "member.enrolled_days": (day - course.day(start.enrolled_at)).days,
    }


def _give_unit(
    course: Course, edition: Edition, award: Award, unit: str, day: date, op_id: int, alive_on: date
) -> tuple[Part, Account]:
    expiry = edition.programme.units[unit].expiry
    by_delay: dict[int, int] = defaultdict(int)
    for given in award.parts:
        if given.unit == unit and given.points:
            by_delay[given.opens_after_days] += given.points
    at_once = by_delay.pop(0, 0)
    promised = tuple(
        Pending(op_id, no, points, _opening(course, day, delay), expiry, edition.number)
        for no, (delay, points) in enumerate(sorted(by_delay.items()), start=1)
    )
    change = Change(course.account(unit))
    if at_once:
        change = credit(change.account, LotKey(expiry.last_day(day)), at_once, "issued", day, alive_on)
    account = replace(change.account, pending=(*change.account.pending, *promised))
    return Part(unit, award.units[unit], change.moves, promised), account


def _opening(course: Course, day: date, delay_days: int) -> datetime:
    return calendar.day_start(day + timedelta(days=delay_days), course.editions.zone)


def _occasion(course: Course, fact: Purchase, at: datetime, happened_at: datetime) -> Occasion:
    attributes = {
        **member_attributes(course, at),
        "purchase.store": fact.receipt.store,
        "purchase.terminal": fact.receipt.terminal,
        "purchase.amount_minor": fact.amount_minor,
        "purchase.sold_at": happened_at,
    }
    items = tuple(
        Item(
            line.line,
            line.amount_minor,
            {
                "line.sku": line.sku,
                "line.category": line.category,
                "line.amount_minor": line.amount_minor,
            },
        )
        for line in fact.lines
    )
    return Occasion("purchase", attributes, items)


def _years(birth_date: date, day: date) -> int:
    birthday = calendar.yearly_day(birth_date.month, birth_date.day, day.year)
    return day.year - birth_date.year - (day < birthday)
