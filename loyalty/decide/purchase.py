"""What a purchase leads to, and what it would lead to. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction

from loyalty.decide import paying, standing
from loyalty.decide.course import Course
from loyalty.decide.giving import award_for, give, judged_at, member_attributes
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.paying import Usable
from loyalty.decide.programme import Edition, Editions
from loyalty.rules.occasions import Item, Occasion
from loyalty.sales.facts import Purchase


def purchase(
    editions: Editions,
    fact: Purchase,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    quoted: int | None = None,
    told_at: datetime | None = None,
) -> Outcome:
    """Spend the points a sale is paid with, award it, and book it at `now`.

    It is judged by the edition that a quote fixed, else by the one in force when it happened, and by the
    tier held then (P13, P14); a sale that was held for review, as of when it was told. Raises as
    `paying.pay` does; TooManyPoints.
    """
    course = standing.true_at(editions, snapshot, now, ids)
    told_at = told_at or now
    at = judged_at(editions, min(fact.sold_at, told_at), told_at)
    edition = editions.at(at) if quoted is None else editions.number(quoted)
    return _book(course, edition, fact, at, now)


def quote(
    editions: Editions, fact: Purchase, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> tuple[Outcome, dict[str, Usable]]:
    """What a sale would lead to now, and how much of it could be paid with points."""
    course, edition = standing.true_at(editions, snapshot, now, ids), editions.at(now)
    usable = paying.usable(course, edition, fact.lines)
    return _book(course, edition, fact, now, now), usable


def _book(course: Course, edition: Edition, fact: Purchase, at: datetime, now: datetime) -> Outcome:
    happened_at = min(fact.sold_at, now)
    asked = edition.programme.rules_about["purchase"].asked
    attributes = member_attributes(course, at, asked)  # before the points it is paid with can move the tier
    paid = paying.pay(course, edition, fact, now)
    occasion = occasion_of(attributes, fact, happened_at, paying.in_money(course, fact, paid))
    award = award_for(course, edition, occasion, at)
    give(course, edition, award, happened_at, now)
    return course.outcome(award)


def occasion_of(
    member: Mapping[str, object], fact: Purchase, happened_at: datetime, in_money: Mapping[int, Fraction]
) -> Occasion:
    """A sale as the rules see it; `in_money` names the lines that points paid in part."""
    attributes = {
        **member,
        "purchase.store": fact.receipt.store,
        "purchase.terminal": fact.receipt.terminal,
        "purchase.amount_minor": fact.amount_minor,
        "purchase.sold_at": happened_at,
        "purchase.attributes": dict(fact.attributes),
    }
    items = [
        Item(
            line.line,
            line.amount_minor,
            {
                "line.sku": line.sku,
                "line.category": line.category,
                "line.amount_minor": line.amount_minor,
            },
            in_money.get(line.line),
        )
        for line in fact.lines
    ]
    return Occasion("purchase", attributes, tuple(items))
