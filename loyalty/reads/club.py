"""The club in numbers, by month: who stands where, who came, rose and fell, what was had and ordered."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from loyalty.benefits import Use
from loyalty.decide.programme import Editions
from loyalty.members import Member
from loyalty.reads.months import Months
from loyalty.reads.report import Cell, Report
from loyalty.rewards import RewardOrder
from loyalty.tiers import Standing, TermRow

GONE_AT = func.coalesce(Member.merged_at, Standing.erased_at)  #: since when a membership is none
BELOW, WAITING = "below", "waiting"  #: no tier; a term that ended, and whose review is not booked


def tiers(session: Session, editions: Editions, months: Months) -> Report:
    """How many members stood in each tier when each month ended, by the terms that were booked.

    `waiting` are those whose term was over and whose review the night has not booked. The forgotten and the
    merged are left out from then on. Who left, died or is suspended keeps their term, and is counted with it.
    """
    stands = _standing(session, months)
    joined = _joined(session, months)
    codes = _codes(editions, months, (tier for tier, _, _ in stands))
    rows: list[tuple[Cell, ...]] = []
    for place, month in enumerate(months.names):
        now = Counter[str]()
        for (tier, since, until), count in stands.items():
            if since <= place < until:
                now[tier] += count
        there = sum(count for (since, until), count in joined.items() if since <= place < until)
        counts = [now[code] for code in (BELOW, *codes)]
        rows.append((month, *counts, there - sum(counts), there))
    return Report(("month", BELOW, *codes, WAITING, "members"), tuple(rows))


def _standing(session: Session, months: Months) -> Counter[tuple[str, int, int]]:
    """How many terms of a tier stood from one month's end until before another's, by their places."""
    ended = case((TermRow.end_booked_at <= months.at, TermRow.ended_at), else_=None)
    ends = func.coalesce(ended, TermRow.until_at)
    until = case((or_(ends.is_(None), ends > GONE_AT), GONE_AT), else_=ends)
    rows = (
        select(TermRow.tier, months.place(TermRow.from_at), months.place(until, "until"), func.count())
        .join(Standing, Standing.member_id == TermRow.member_id)
        .join(Member, Member.member_id == TermRow.member_id)
        .where(TermRow.booked_at <= months.at)
        .group_by(TermRow.tier, "month", "until")
    )
    found = Counter[tuple[str, int, int]]()
    for tier, since, until, count in session.execute(rows):
        found[tier or BELOW, since, until] += count
    return found


def _joined(session: Session, months: Months) -> Counter[tuple[int, int]]:
    """How many members joined in one month and were gone in another, by their places."""
    rows = (
        select(months.place(Member.enrolled_at), months.place(GONE_AT, "until"), func.count())
        .join(Standing, Standing.member_id == Member.member_id)
        .where(Member.enrolled_at <= months.at)
        .group_by("month", "until")
    )
    return Counter({(since, until): count for since, until, count in session.execute(rows)})


def movements(session: Session, editions: Editions, months: Months) -> Report:
    """Who joined in each month, was forgotten or merged; which terms began higher, lower or the same."""
    before = aliased(TermRow)
    follows = and_(before.member_id == TermRow.member_id, before.term_no == TermRow.term_no - 1)
    rows = (
        select(
            months.place(TermRow.from_at), before.tier, before.edition, TermRow.tier, TermRow.edition,
            func.count(),
        )
        .join(before, follows)
        .where(TermRow.booked_at <= months.at, TermRow.from_at >= months.begins_at)
        .group_by("month", before.tier, before.edition, TermRow.tier, TermRow.edition)
    )  # fmt: skip
    moves = Counter[tuple[int, str]]()
    for place, old, old_edition, new, edition, count in session.execute(rows):
        rank, rank_before = _rank(editions, edition, new), _rank(editions, edition, old)
        if rank_before is None:
            rank_before = _rank(editions, old_edition, old)
        step = (rank or 0) - (rank_before or 0)
        moves[place, "rose" if step > 0 else "fell" if step < 0 else "kept"] += count
    for (since, until), count in _joined(session, months).items():
        moves[since, "joined"] += count
        moves[until, "gone"] += count
    kinds = ("joined", "rose", "kept", "fell", "gone")
    told: list[tuple[Cell, ...]] = [
        (month, *(moves[place, kind] for kind in kinds)) for place, month in enumerate(months.names)
    ]
    return Report(("month", *kinds), tuple(told))


def visits(session: Session, editions: Editions, months: Months) -> Report:
    """Visits to each benefit, by the month that they fall in, and what became of them."""
    state = case(
        (Use.closed_at <= months.at, Use.state), (Use.reserved_at <= months.at, "reserved"), else_="waiting"
    ).label("stands")
    rows = (
        select(Use.benefit, months.place(Use.at), state, func.count())
        .where(Use.booked_at <= months.at, Use.at >= months.begins_at, Use.at <= months.at)
        .group_by(Use.benefit, "month", "stands")
    )
    found = Counter({(benefit, place, state): n for benefit, place, state, n in session.execute(rows)})
    codes = [one.code for one in editions.at(months.at).programme.benefits]
    states = ("used", "reserved", "no_show", "cancelled", "waiting")
    return _each(months, "benefit", codes, states, found)


def orders(session: Session, editions: Editions, months: Months) -> Report:
    """How often each reward was ordered, by month, and how many of these orders were cancelled since."""
    one = RewardOrder
    state = case(
        (and_(one.state == "cancelled", one.closed_at <= months.at), "cancelled"), else_="ordered"
    ).label("stands")
    rows = (
        select(one.reward, months.place(one.ordered_at), state, func.count())
        .where(one.ordered_at >= months.begins_at, one.ordered_at <= months.at)
        .group_by(one.reward, "month", "stands")
    )
    found = Counter({(reward, place, state): n for reward, place, state, n in session.execute(rows)})
    codes = [one.code for one in editions.at(months.at).programme.rewards]
    return _each(months, "reward", codes, ("ordered", "cancelled"), found)


def _each(
    months: Months, what: str, codes: list[str], states: tuple[str, ...], found: Counter[tuple[str, int, str]]
) -> Report:
    """A row a month and thing: the programme's in its order, then those that are gone."""
    gone = sorted({code for code, _, _ in found} - set(codes))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (month, code, *(found[code, place, state] for state in states))
        for place, month in enumerate(months.names)
        for code in (*codes, *gone)
    )
    return Report(("month", what, *states), rows)


def _codes(editions: Editions, months: Months, found: Iterable[str]) -> list[str]:
    declared = [tier.code for tier in editions.at(months.at).programme.ladder.tiers]
    return [*declared, *sorted(set(found) - {*declared, BELOW})]


def _rank(editions: Editions, edition: int, tier: str | None) -> int | None:
    """How high a tier stands on an edition's ladder; None where it does not know it."""
    steps = editions.number(edition).programme.ladder.tiers
    ranks: dict[str | None, int] = {step.code: step.rank for step in steps}
    return (ranks | {None: 0}).get(tier)
