"""What goods lead to that come back without a receipt: rated by the rules now, and taken (P7). Pure."""

from collections.abc import Iterator
from datetime import date, datetime

from loyalty import calendar
from loyalty import ids as names
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.giving import member_attributes
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Edition, Editions
from loyalty.decide.purchase import occasion_of
from loyalty.errors import ReceiptNeeded, ReturnLimit
from loyalty.ledger.lots import Account
from loyalty.ledger.operations import Operation, Part
from loyalty.ledger.undoing import take_back
from loyalty.money import money_text
from loyalty.rules.about import RulesAbout
from loyalty.rules.evaluation import evaluate
from loyalty.sales.facts import Purchase, Return
from loyalty.usage.terms import UsageKey, period_of


def day_limit(editions: Editions, member_id: int, now: datetime) -> UsageKey:
    """The counter of what a member brings back without a receipt on the club's day, in minor units."""
    day = calendar.local_day(now, editions.zone)
    return UsageKey("return:without_receipt", names.to_text(member_id), period_of("day", day))


def give_back_unreceipted(
    editions: Editions, fact: Return, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> Outcome:
    """Take back what a sale of these goods would give now, limits, budgets and milestones aside.

    It counts on its own day, and against what the member may bring back on one. Raises ReceiptNeeded,
    ReturnLimit.
    """
    course = standing.true_at(editions, snapshot, now, ids)
    edition, happened_at = editions.at(now), min(fact.returned_at, now)
    as_sold = Purchase(fact.reference, happened_at, edition.programme.club.currency, fact.goods)
    _count(course, edition, as_sold.amount_minor, now)
    occasion = occasion_of(member_attributes(course, now), as_sold, happened_at, {})
    about = edition.programme.rules_about["purchase"]
    award = evaluate(RulesAbout(rule for rule in about.all if rule.milestone is None), occasion)
    taken = {
        unit: _take_unit(course, edition, unit, points, course.day(happened_at))
        for unit, points in sorted(award.units.items())
    }
    parts = tuple(part for part, _ in taken.values())
    reasons = {"because": [[reason.rule, reason.unit, -reason.points] for reason in award.because]}
    operation = Operation(course.new_id(), "return", edition.number, happened_at, parts, reasons=reasons)
    standing.book(course, operation, {unit: account for unit, (_, account) in taken.items()}, now)
    return course.outcome()


def _count(course: Course, edition: Edition, amount_minor: int, now: datetime) -> None:
    """Count the goods against the member's day."""
    most = edition.programme.club.returns_without_receipt_minor
    if most is None:
        raise ReceiptNeeded
    key = day_limit(course.editions, course.start.member_id, now)
    left = most - course.used(key).amount
    if amount_minor > left:
        currency = edition.programme.club.currency
        raise ReturnLimit(most=money_text(most, currency), left=money_text(max(left, 0), currency))
    course.use(key, 1, amount_minor)


def _take_unit(course: Course, edition: Edition, unit: str, points: int, day: date) -> tuple[Part, Account]:
    """From the lots in spending order, then as the unit says of returns; nothing of it is still pending."""
    account, mode = course.account(unit), edition.programme.units[unit].on_return
    if mode == "pending_only":
        return Part(unit, 0), account
    change = take_back(account, points, (), clamp=mode == "clamp", counts_on=day)
    return Part(unit, points, change.moves, shortfall=change.shortfall), change.account
