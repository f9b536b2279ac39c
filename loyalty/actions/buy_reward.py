"""Points buy a reward, its voucher is used, or the order is cancelled: one transaction each (B9)."""

import secrets
from typing import Any, Literal

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids, members, rewards
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.pool import give_back, give_shares, hold_sharers, take_payers
from loyalty.actions.who import Bearer
from loyalty.decide import reward as decision
from loyalty.decide import standing
from loyalty.decide.ceilings import watch
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.errors import OrderClosed, PlaceForeign, VoucherExpired
from loyalty.ledger import Operation
from loyalty.reads.entitled import course_at, given_so_far, with_all_terms
from loyalty.reads.reward import order_view
from loyalty.rewards import Reward, RewardOrder


def buy_reward(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    code: str,
    *,
    reference: str,
    asking: Asking,
    pooled: bool = False,
) -> tuple[dict[str, Any], bool]:
    """Spend points on a reward, once for the client's reference: points, stock and voucher, or nothing.

    `pooled` with those of the household; then NotPooled and NoHousehold, too (M8). Raises CardUnknown,
    CardBlocked, SpendLocked, RewardUnknown, RewardNotSold, RewardLimit, OutOfStock, ValueCap,
    ConditionNotMet, InDebt, NotEnoughPoints, CeilingExceeded, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        ceilings = watch(editions, "spend", asking.client, now, now)
        reward = editions.at(now).programme.reward(code)
        price = reward.unit, reward.points
        paid = take_payers(session, editions, bearer, *price, now, ceilings.keys, pooled=pooled)
        taken = paid.asker
        member_id = taken.snapshot.member_id
        before = [
            decision.Bought(one.reward, calendar.local_day(one.ordered_at, editions.zone))
            for one in rewards.orders(session, member_id, code)
            if one.state != "cancelled"
        ]
        course = course_at(editions, with_all_terms(session, taken.snapshot), now)
        given = given_so_far(session, course, now, now)
        told = before, given, taken.snapshot, now, fresh_ids(now), reference, paid.shares
        outcome = ceilings.passed(decision.buy(editions, code, *told), {reward.unit: reward.points})
        booked = outcome.booked("redeem")
        write(session, editions, taken, outcome, now)
        give_shares(session, editions, paid, booked.op_id, reference, now)
        rewards.sell(session, code, reward.stock)
        row = _row(editions, reward, booked, reference, asking)
        rewards.keep_order(session, member_id, row)
        shown = order_view(editions, rewards.order(session, member_id, booked.op_id))
        answer = shown | {"balance": balances(outcome), **standing_after(editions, outcome)}
        return Told(answer, member_id, booked.op_id)

    content = {"bearer": bearer.content, "reward": code} | ({"pool": True} if pooled else {})
    return once(session, Wish("reward_order", asking, (reference,), content), do, editions)


def _row(
    editions: Editions, reward: Reward, booked: Operation, reference: str, asking: Asking
) -> dict[str, Any]:
    """The row of an order that was paid by an operation; its voucher is drawn here."""
    is_voucher = reward.delivery == "voucher"
    return {
        "op_id": booked.op_id,
        "reward": reward.code,
        "edition": booked.edition,
        "cost_minor": reward.cost_minor,
        "voucher": rewards.voucher_of(secrets.token_bytes(rewards.VOUCHER_BYTES)) if is_voucher else None,
        "valid_until": decision.valid_until(editions, reward, asking.now),
        "state": "open",
        "reference": reference,
        "client": asking.client,
        "ordered_at": asking.now,
        "closed_at": None,
        "closed_by": None,
        "place": None,
    }


def cancel_order(
    session: Session,
    editions: Editions,
    member_id: int,
    op_id: int,
    *,
    asking: Asking,
    by_member: bool = False,
) -> tuple[dict[str, Any], bool]:
    """Give the points of an order back that was neither used nor sent; its voucher is dead (P9).

    Raises NotFound, OrderClosed; StateForbids where the member's own page asks (`by_member`).
    """
    now = asking.now

    def do() -> Told:
        hold_sharers(session, member_id, op_id)
        taken = take(session, editions, member_id, now)
        if by_member:
            members.check(members.locked(session, member_id).state, "give_back")
        was = rewards.order(session, member_id, op_id)
        if was.state != "open":
            raise OrderClosed(state=was.state)
        back = give_back(session, editions, taken, op_id, None, now)
        outcome = back.outcome._replace(events=(*back.outcome.events, _news("cancelled", was)))
        write(session, editions, back.taken, outcome, now)
        rewards.close(session, was, "cancelled", asking.client, now)
        rewards.put_back(session, was.reward)
        shown = order_view(editions, rewards.order(session, member_id, op_id))
        answer = shown | {"balance": balances(outcome), **standing_after(editions, outcome)}
        return Told(answer, member_id, outcome.booked("reverse").op_id)

    return once(session, _wish("reward_cancel", member_id, op_id, asking), do, editions)


def send_order(
    session: Session, editions: Editions, member_id: int, op_id: int, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """An order without a voucher has left the house.

    Raises NotFound, OrderClosed, CardBlocked, SpendLocked.
    """

    def do() -> Told:
        return _end(session, editions, member_id, op_id, "sent", None, asking)

    return once(session, _wish("reward_send", member_id, op_id, asking), do, editions)


def use_voucher(
    session: Session, editions: Editions, code: str, place: str | None, *, reference: str, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """A place takes a voucher, which is burned with that; once for the client's reference.

    Raises VoucherUnknown, VoucherExpired, OrderClosed, CardBlocked, SpendLocked, PlaceForeign, NotFound for
    a place that is not open.
    """

    def do() -> Told:
        there = benefits.place(session, place) if place is not None else None
        found = rewards.by_voucher(session, rewards.voucher_read(code))
        if found.valid_until is not None and found.valid_until <= asking.now:
            raise VoucherExpired(valid_until=calendar.instant_text(found.valid_until))
        providers = editions.number(found.edition).programme.reward(found.reward).providers
        if providers and (there is None or there.provider not in providers):
            raise PlaceForeign(place=place)
        return _end(session, editions, found.member_id, found.op_id, "used", place, asking)

    content = {"voucher": rewards.voucher_read(code), "place": place}
    return once(session, Wish("voucher_use", asking, (reference,), content), do, editions)


def _end(
    session: Session,
    editions: Editions,
    member_id: int,
    op_id: int,
    state: Literal["used", "sent"],
    place: str | None,
    asking: Asking,
) -> Told:
    """An order is used or sent, once, under the member's lock; while points may not leave, it waits.

    Raises OrderClosed, CardBlocked for a member who may not act, SpendLocked.
    """
    now = asking.now
    taken = take(session, editions, member_id, now)
    was = rewards.order(session, member_id, op_id)
    if was.state != "open" or (state == "sent") != (was.voucher is None):
        raise OrderClosed(state=was.state)
    member = members.locked(session, member_id)
    members.check(member.state, "spend")
    members.spend_guard(member).check(now)
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    course.events.append(_news(state, was))
    write(session, editions, taken, course.outcome(), now)
    rewards.close(session, was, state, asking.client, now, place)
    return Told(order_view(editions, rewards.order(session, member_id, op_id)), member_id)


def _wish(kind: str, member_id: int, op_id: int, asking: Asking) -> Wish:
    """The order itself is the key, whatever header comes with it."""
    name = ids.pair_to_text(member_id, op_id)
    return Wish(kind, asking, (name,), {"order": name}, club_wide=True)


def _news(what: str, order: RewardOrder) -> Event:
    name = ids.pair_to_text(order.member_id, order.op_id)
    return Event(f"reward.{what}", {"order": name, "reward": order.reward})
