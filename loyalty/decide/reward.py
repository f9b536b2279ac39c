"""What buying a reward leads to, and cancelling it. Pure (B9, B10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from loyalty import calendar
from loyalty.decide import spend, standing
from loyalty.decide.course import Course
from loyalty.decide.giving import member_attributes
from loyalty.decide.outcome import Event, Outcome, Snapshot
from loyalty.decide.pool import Shares
from loyalty.decide.programme import Editions, Programme
from loyalty.errors import ConditionNotMet, RewardLimit, RewardNotSold, ValueCap
from loyalty.ids import pair_to_text
from loyalty.rewards.terms import Reward
from loyalty.usage.terms import period_of

Hindrance = Literal["early", "late", "tier", "limit", "condition"]


@dataclass(frozen=True, slots=True)
class Bought:
    """A reward that the member bought before and did not give back."""

    reward: str
    on: date


def buy(
    editions: Editions,
    code: str,
    before: Sequence[Bought],
    given_minor: int,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    reference: str,
    shares: Shares | None = None,
) -> Outcome:
    """Points are spent on a reward at the price of the edition in force.

    `given_minor` is what the club gave the member this year so far, as it pays it. Of `shares` only the
    member's own is spent here (M8). Raises RewardUnknown,
    RewardNotSold, RewardLimit, ConditionNotMet, ValueCap, InDebt (P8), NotEnoughPoints.
    """
    programme = editions.at(now).programme
    reward = programme.reward(code)
    course = standing.true_at(editions, snapshot, now, ids)
    _check_sold(course, reward, before, now)
    check_value(programme, reward.cost_minor, given_minor)
    reasons: dict[str, object] = {"reference": reference, "reward": code}
    if shares is not None:
        reasons |= shares.told
    own = reward.points if shares is None else shares.own
    bought = spend.redeem_on(course, reward.unit, own, now, reasons)
    name = pair_to_text(snapshot.member_id, bought.op_id)
    course.events.append(Event("reward.ordered", {"order": name, "reward": code}))
    return course.outcome()


def hindrance(course: Course, reward: Reward, before: Sequence[Bought], now: datetime) -> Hindrance | None:
    """What keeps the member from buying a reward, whatever points they have and is left of it; None: nothing.

    The course has come to `now`; `before` are the orders of any reward that stand.
    """
    today = course.day(now)
    if reward.from_day is not None and today < reward.from_day:
        return "early"
    if reward.last_day is not None and today > reward.last_day:
        return "late"
    if reward.tiers and course.term.tier not in reward.tiers:
        return "tier"
    if reward.limit is not None:
        period = period_of(reward.limit.per, today)
        times = sum(
            one.reward == reward.code and period_of(reward.limit.per, one.on) == period for one in before
        )
        if times >= reward.limit.times:
            return "limit"
    if reward.when is not None and not reward.when.holds(member_attributes(course, now)):
        return "condition"
    return None


def _check_sold(course: Course, reward: Reward, before: Sequence[Bought], now: datetime) -> None:
    found = hindrance(course, reward, before, now)
    if found == "limit" and reward.limit is not None:
        raise RewardLimit(reward=reward.code, times=reward.limit.times)
    if found == "condition":
        raise ConditionNotMet(reward=reward.code)
    if found is not None:
        raise RewardNotSold(reward=reward.code)


def check_value(programme: Programme, cost_minor: int | None, given_minor: int) -> None:
    """Raises ValueCap where the club would give one member more in a year than it may (B10)."""
    if exceeds(cost_minor, value_left(programme, given_minor)):
        raise ValueCap()


def value_left(programme: Programme, given_minor: int) -> int | None:
    """What the club may give one member more in a year that gave so much; None where there is no bound."""
    cap = programme.compliance.value_cap_minor
    return None if cap is None else cap - given_minor


def exceeds(cost_minor: int | None, left_minor: int | None) -> bool:
    """Whether a cost goes beyond what the club may give one member more; what costs nothing never does."""
    return left_minor is not None and cost_minor is not None and cost_minor > max(left_minor, 0)


def valid_until(editions: Editions, reward: Reward, now: datetime) -> datetime | None:
    """When a voucher that is bought now dies; None where it never does, or there is none."""
    if reward.delivery != "voucher" or reward.valid.never:
        return None
    last_day = reward.valid.last_day(calendar.local_day(now, editions.zone))
    return calendar.day_after(last_day, editions.zone)
