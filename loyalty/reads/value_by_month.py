"""What the club gave its members by month, as it pays for it, beside the premiums they paid (B10)."""

from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from loyalty.benefits import Use
from loyalty.decide.programme import Editions
from loyalty.policies import Premium
from loyalty.reads.months import Months
from loyalty.reads.report import Report, money, percent
from loyalty.rewards import RewardOrder

BENEFITS, REWARDS, PREMIUMS = "benefits", "rewards", "premiums"


def value_by_month(session: Session, editions: Editions, months: Months) -> Report:
    """The cost of visits that were had and of rewards that were ordered, and what was paid in premiums."""
    order, known = RewardOrder, months.at
    was_had = and_(Use.reserved_at <= known, or_(Use.counts, Use.closed_at > known))
    stands = or_(order.state != "cancelled", order.closed_at > known)
    is_paid = or_(Premium.reversed_at.is_(None), Premium.reversed_at > known)
    sums = union_all(
        _by_month(months, BENEFITS, Use.at, select(func.sum(Use.cost_minor)).where(was_had)),
        _by_month(months, REWARDS, order.ordered_at, select(func.sum(order.cost_minor)).where(stands)),
        _by_month(months, PREMIUMS, Premium.paid_at, select(func.sum(Premium.amount_minor)).where(is_paid)),
    )
    found = {(kind, place): int(minor or 0) for minor, kind, place in session.execute(sums)}
    currency, rows = editions.at(known).programme.club.currency, []
    for place, month in enumerate(months.names):
        had, bought, premiums = (found.get((kind, place), 0) for kind in (BENEFITS, REWARDS, PREMIUMS))
        amounts = (had, bought, had + bought, premiums)
        cells = (money(minor, currency) for minor in amounts)
        rows.append((month, *cells, percent(had + bought, premiums)))
    return Report(("month", BENEFITS, REWARDS, "given", PREMIUMS, "given_percent"), tuple(rows))


def _by_month(
    months: Months, kind: str, when: InstrumentedAttribute[Any], sums: Select[tuple[Any]]
) -> Select[tuple[Any, str, int]]:
    within = sums.add_columns(literal(kind).label("kind"), months.place(when))
    return within.where(when >= months.begins_at, when <= months.at).group_by("month")
