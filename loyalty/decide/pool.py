"""What spending together leads to: one operation's number on several members of a household (M8). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty import calendar, ids
from loyalty.decide import standing
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.spend import Spent, put_back_on
from loyalty.errors import InDebt, NotEnoughPoints, NotPooled, TooMuchReversed
from loyalty.ledger.lots import spend
from loyalty.ledger.operations import Operation, Part
from loyalty.usage.terms import UsageKey, period_of

OUT, BACK = "pool_out", "pool_back"  #: what a giver's books say of it


@dataclass(frozen=True, slots=True)
class Shares:
    """What each pays of a pooled spend: whoever asks first, then the others in their order."""

    own: int
    others: tuple[tuple[int, int], ...] = ()  #: (member, points), none of nothing
    pooled: bool = True  #: whether the household was asked, even if it pays nothing

    @property
    def told(self) -> Mapping[str, object]:
        """What the reasons of the asking member's operation keep of it."""
        if not self.pooled:
            return {}
        return {"pool": [[ids.to_text(member_id), points] for member_id, points in self.others]}


def limit_key(unit: str, member_id: int, editions: Editions, now: datetime) -> UsageKey:
    """The counter of what the others spend of a member in this month."""
    month = period_of("month", calendar.local_day(now, editions.zone))
    return UsageKey(f"pool:{unit}", ids.to_text(member_id), month)


def lent(editions: Editions, unit: str, giver: Snapshot, now: datetime, new_ids: Iterator[int]) -> int:
    """How many points of a member the others may spend now; none while they owe any.

    Their counter of the month was looked up. Raises NotPooled.
    """
    terms = editions.at(now).programme.household
    if terms is None or unit not in terms.others_month:
        raise NotPooled(unit=unit)
    course = standing.true_at(editions, giver, now, new_ids)
    used = course.used(limit_key(unit, giver.member_id, editions, now)).amount
    account = course.account(unit)
    return 0 if account.debt else min(account.available, max(terms.others_month[unit] - used, 0))


def shares(
    editions: Editions,
    unit: str,
    points: int,
    asker: Snapshot,
    givers: Sequence[Snapshot],
    now: datetime,
    new_ids: Iterator[int],
) -> Shares:
    """Who pays how much of so many points: the asker what they have, then each giver in order.

    Raises NotPooled, InDebt where the asker owes any (P8), NotEnoughPoints.
    """
    own = standing.true_at(editions, asker, now, new_ids).account(unit)
    if own.debt:
        raise InDebt(debt=own.debt)
    mine = min(points, own.available)
    left, others = points - mine, list[tuple[int, int]]()
    for giver in givers:
        part = min(left, lent(editions, unit, giver, now, new_ids))
        left -= part
        if part:
            others.append((giver.member_id, part))
    if left:
        raise NotEnoughPoints(asked=points, available=points - left)
    return Shares(mine, tuple(others))


def give(
    editions: Editions,
    unit: str,
    points: int,
    giver: Snapshot,
    op_id: int,
    now: datetime,
    new_ids: Iterator[int],
    reasons: Mapping[str, object],
) -> Outcome:
    """A giver's side of a pooled spend: their points leave by P4, counted against the month.

    Raises InDebt, NotEnoughPoints.
    """
    course = standing.true_at(editions, giver, now, new_ids)
    change = spend(course.account(unit), points, "redeemed")
    course.use(limit_key(unit, giver.member_id, editions, now), 1, points)
    number, part = editions.at(now).number, Part(unit, points, change.moves)
    operation = Operation(op_id, OUT, number, now, (part,), reasons=reasons)
    standing.book(course, operation, {unit: change.account}, now)
    return course.outcome()


def to_give_back(shares: Sequence[Spent], points: int | None) -> list[int]:
    """How much each share gives back of so many points, or (None) of all that is left: the last one first.

    Raises TooMuchReversed (P10).
    """
    left = sum(share.left for share in shares)
    asked = left if points is None else points
    if asked > left or not left:
        raise TooMuchReversed(asked=asked, left=left)
    back = []
    for share in reversed(shares):
        back.append(min(asked, share.left))
        asked -= back[-1]
    return back[::-1]


def take_back_in(
    editions: Editions,
    spent: Spent,
    points: int,
    whose: Snapshot,
    op_id: int,
    now: datetime,
    new_ids: Iterator[int],
    reasons: Mapping[str, object],
    *,
    asked: bool,
) -> Outcome:
    """One side of what a pooled spend gives back, to the lots it came from (P9); who `asked` may get none."""
    course = standing.true_at(editions, whose, now, new_ids)
    put_back_on(course, spent, points, now, "reverse" if asked else BACK, op_id, reasons)
    return course.outcome()
