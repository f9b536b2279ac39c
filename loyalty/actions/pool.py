"""A household spends together: who is locked, in which order they give, and how it comes back (M8)."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import households, ids, members, tiers
from loyalty.actions.book import Limits, Taken, fresh_ids, take, write
from loyalty.actions.tell_news import hold_still
from loyalty.actions.who import Bearer, member_of, take_bearer
from loyalty.decide import pool, spend
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NoHousehold, NotFound, NotPooled
from loyalty.reads.spending import sharers, spent_by


@dataclass(frozen=True, slots=True)
class Pooled:
    """A household under its locks: whoever asks, the others who may give, and what each pays."""

    asker: Taken
    givers: Mapping[int, Taken]
    shares: pool.Shares
    unit: str

    @property
    def others(self) -> int:
        """What the others pay."""
        return sum(points for _, points in self.shares.others)


def take_payers(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    unit: str,
    points: int,
    now: datetime,
    limits: Limits,
    *,
    pooled: bool,
) -> Pooled:
    """Lock a bearer who may spend; `pooled` with their household, else they pay all.

    Raises as `take_bearer` and `take_pool` do.
    """
    if pooled:
        return take_pool(session, editions, bearer, unit, points, now, limits)
    taken = take_bearer(session, editions, bearer, now, limits=limits, purpose="spend")
    return Pooled(taken, {}, pool.Shares(points, pooled=False), unit)


def take_pool(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    unit: str,
    points: int,
    now: datetime,
    limits: Limits,
) -> Pooled:
    """Lock a bearer who may spend with all who share with them, and say who pays what.

    Whoever may not spend now gives nothing: their own lock, a freeze and a pause keep their points, too.
    Raises as `take_bearer` does; NotPooled, NoHousehold, InDebt (P8), NotEnoughPoints.
    """
    terms = editions.at(now).programme.household
    if terms is None or unit not in terms.others_month:
        raise NotPooled(unit=unit)
    asker = member_of(session, bearer, now)
    others = households.sharing_with(session, asker)
    hold_all_still(session, (asker, *others))
    taken = take_bearer(session, editions, bearer, now, limits=limits, purpose="spend")
    asker, locked = taken.snapshot.member_id, frozenset(others)
    seat = households.seat_of(session, asker)
    if seat is None or seat.agreed_at is None:
        raise NoHousehold
    givers = {}
    for one in households.sharing_with(session, asker):
        giver = _giver(session, editions, unit, one, now) if one in locked else None
        if giver is not None:
            givers[one] = giver
    snapshots = [giver.snapshot for giver in givers.values()]
    shares = pool.shares(editions, unit, points, taken.snapshot, snapshots, now, fresh_ids(now))
    return Pooled(taken, givers, shares, unit)


def give_shares(
    session: Session, editions: Editions, pooled: Pooled, op_id: int, reference: str, now: datetime
) -> None:
    """Write what the others pay of an operation of the asker's."""
    told = {"with": ids.to_text(pooled.asker.snapshot.member_id), "reference": reference}
    for member_id, points in pooled.shares.others:
        giver = pooled.givers[member_id]
        outcome = pool.give(editions, pooled.unit, points, giver.snapshot, op_id, now, fresh_ids(now), told)
        write(session, editions, giver, outcome, now)


def hold_all_still(session: Session, member_ids: Iterable[int]) -> None:
    """Lock several members before any of them is looked at: in the one order in which everybody does (M6).

    Whoever was merged comes before their survivor. Whoever was forgotten is passed over.
    """
    named = set(member_ids)
    survivors = {members.current(session, one) for one in named}
    for one in (*sorted(named - survivors), *sorted(survivors)):
        with suppress(NotFound):
            hold_still(session, one)


def hold_sharers(session: Session, member_id: int, op_id: int) -> None:
    """Lock all who paid an operation, where several did."""
    others = sharers(session, member_id, op_id)
    if others:
        hold_all_still(session, (member_id, *others))


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came back of an operation that spent: written for the others, decided for whoever asked."""

    taken: Taken
    outcome: Outcome
    unit: str
    points: int  #: given back now, by all
    reversed: int  #: of the operation in all, this included
    others: int  #: of the points now, those of others


def give_back(
    session: Session, editions: Editions, taken: Taken, op_id: int, points: int | None, now: datetime
) -> GivenBack:
    """Give back so many of the points that an operation spent, or (None) all that are left (P9).

    All who paid it are held still. What others paid was written by their own accounts, and goes back there;
    nothing goes back to somebody who was forgotten. Raises NotFound, TooMuchReversed (P10).
    """
    member_id = taken.snapshot.member_id
    own = spent_by(session, member_id, op_id)
    others = sharers(session, member_id, op_id)
    if not others:
        outcome = spend.reverse(editions, own, points, taken.snapshot, now, fresh_ids(now))
        given = outcome.booked("reverse").parts[0].points
        return GivenBack(taken, outcome, own.unit, given, own.reversed + given, 0)
    paid = {one: spent_by(session, one, op_id, pool.OUT) for one in _here(session, others)}
    shares = [own, *paid.values()]
    back = pool.to_give_back(shares, points)
    back_id = next(fresh_ids(now))
    for (one, spent), part in zip(paid.items(), back[1:], strict=True):
        if part:
            giver, told = take(session, editions, one, now), {"with": ids.to_text(member_id)}
            outcome = pool.take_back_in(
                editions, spent, part, giver.snapshot, back_id, now, fresh_ids(now), told, asked=False
            )
            write(session, editions, giver, outcome, now)
    shared = pool.Shares(
        back[0], tuple((one, part) for one, part in zip(paid, back[1:], strict=True) if part)
    )
    taken = take(session, editions, member_id, now)
    outcome = pool.take_back_in(
        editions, own, back[0], taken.snapshot, back_id, now, fresh_ids(now), shared.told, asked=True
    )
    before = sum(share.reversed for share in shares)
    return GivenBack(taken, outcome, own.unit, sum(back), before + sum(back), sum(back[1:]))


def _here(session: Session, member_ids: Sequence[int]) -> list[int]:
    """Those of some members who were not forgotten, in their order."""
    alive = tiers.alive(session, member_ids)
    return [one for one in member_ids if one in alive]


def _giver(session: Session, editions: Editions, unit: str, member_id: int, now: datetime) -> Taken | None:
    """A locked member who may give, with the counter of their month; None who may not spend now."""
    member = members.locked(session, member_id)
    if not members.may(members.stands(member), "spend") or members.spend_guard(member).is_shut(now):
        return None
    with suppress(AccountStopped, NotFound):
        key = pool.limit_key(unit, member_id, editions, now)
        return take(session, editions, member_id, now, limits={key}, alone=True)
    return None
