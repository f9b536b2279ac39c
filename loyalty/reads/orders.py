"""What points bought, as staff see it: how many are left, what is to be sent, which vouchers are out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from loyalty import rewards
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.members import Card, Member, Person
from loyalty.rewards import Reward, RewardOrder

Which = Literal["to_send", "sent", "vouchers", "cancelled"]


@dataclass(frozen=True, slots=True)
class Stock:
    """One reward: how many were sold and are left, what waits to be sent, which vouchers are out."""

    code: str
    name: Mapping[str, str] | None  #: None: no edition in force sells it
    sold: int
    stock: int | None  #: None: no end of them
    to_send: int
    vouchers_out: int
    vouchers_used: int

    @property
    def left(self) -> int | None:
        """None: no end of them."""
        return None if self.stock is None else max(0, self.stock - self.sold)


@dataclass(frozen=True, slots=True)
class OrderShown:
    """An order, what it bought by the edition of then, and the card that speaks for its member."""

    order: RewardOrder
    terms: Reward
    card: str | None


@dataclass(frozen=True, slots=True)
class OrderAddress:
    """To whom and where an order goes; no address: none was told."""

    recipient: str
    address: Mapping[str, Any] | None
    mail_returned_at: datetime | None


def stocks(session: Session, editions: Editions, now: datetime) -> list[Stock]:
    """All that is sold now, in the programme's order, then what was sold before."""
    on_sale = {one.code: one for one in editions.at(now).programme.rewards}
    sold, by_state = rewards.sold(session), _by_state(session)
    codes = [*on_sale, *sorted({*sold, *(code for code, *_ in by_state)} - on_sale.keys())]
    return [
        Stock(
            code,
            on_sale[code].name if code in on_sale else None,
            sold.get(code, 0),
            on_sale[code].stock if code in on_sale else None,
            by_state.get((code, "open", False), 0),
            by_state.get((code, "open", True), 0),
            by_state.get((code, "used", True), 0),
        )
        for code in codes
    ]


def orders_page(
    session: Session, editions: Editions, which: Which, after: tuple[int, int] | None, limit: int
) -> list[OrderShown]:
    """Up to `limit` orders behind one: those to send from the oldest on, all others from the newest back."""
    wanted = {
        "to_send": and_(RewardOrder.state == "open", RewardOrder.voucher.is_(None)),
        "sent": RewardOrder.state == "sent",
        "vouchers": and_(RewardOrder.voucher.is_not(None), RewardOrder.state != "cancelled"),
        "cancelled": RewardOrder.state == "cancelled",
    }[which]
    told, order = _named().where(wanted), (RewardOrder.op_id, RewardOrder.member_id)
    forward = which == "to_send"
    if after is not None:
        member_id, op_id = after
        here = (RewardOrder.op_id, RewardOrder.member_id, op_id, member_id)
        told = told.where(_later(*here) if forward else _earlier(*here))
    told = told.order_by(*(one if forward else one.desc() for one in order)).limit(limit)
    return [_shown(editions, *row) for row in session.execute(told).tuples()]


def order_shown(session: Session, editions: Editions, member_id: int, op_id: int) -> OrderShown:
    """One order. Raises NotFound."""
    mine = RewardOrder.member_id == member_id, RewardOrder.op_id == op_id
    found = session.execute(_named().where(*mine)).tuples().one_or_none()
    if found is None:
        raise NotFound
    return _shown(editions, *found)


def address_of(session: Session, member_id: int, op_id: int) -> OrderAddress:
    """Where an order that waits is to be sent; of whoever was merged, to the survivor. Raises NotFound."""
    order = rewards.order(session, member_id, op_id)
    if order.state != "open" or order.voucher is not None:
        raise NotFound
    survivor = func.coalesce(Member.merged_into, Member.member_id)
    told = select(Person).join(Member, Person.member_id == survivor).where(Member.member_id == member_id)
    person = session.scalar(told)
    if person is None:
        raise NotFound
    address = person.address or None
    name = (address or {}).get("recipient") or person.name
    return OrderAddress(name, address, person.mail_returned_at)


def _named() -> Select[Any]:
    spoken = and_(Card.member_id == RewardOrder.member_id, Card.ended_at.is_(None))
    return select(RewardOrder, Card.number).outerjoin(Card, spoken)


def _shown(editions: Editions, order: RewardOrder, card: str | None) -> OrderShown:
    return OrderShown(order, editions.number(order.edition).programme.reward(order.reward), card)


def _by_state(session: Session) -> dict[tuple[str, str, bool], int]:
    has_voucher = RewardOrder.voucher.is_not(None)
    rows = select(RewardOrder.reward, RewardOrder.state, has_voucher, func.count())
    found = session.execute(rows.group_by(RewardOrder.reward, RewardOrder.state, has_voucher)).tuples()
    return {(reward, state, bool(voucher)): count for reward, state, voucher, count in found}


def _later(first: Any, second: Any, at: int, then: int) -> Any:
    return (first > at) | ((first == at) & (second > then))


def _earlier(first: Any, second: Any, at: int, then: int) -> Any:
    return (first < at) | ((first == at) & (second < then))
