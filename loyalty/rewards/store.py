"""The rows of orders, vouchers and stock. The member's standing is locked by whoever buys and cancels."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    bindparam,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from loyalty.errors import NotFound, OrderClosed, OutOfStock, VoucherUnknown
from loyalty.guard import books_of, expect_one
from loyalty.rewards.models import RewardOrder, RewardStock
from loyalty.tables import family, table_of

LAW = "rewards"  #: what is sold is what orders that were not cancelled bought
_ORDER, _STOCK = table_of(RewardOrder), table_of(RewardStock)
_OPEN = text(
    "INSERT INTO reward_stock (reward, sold, most) VALUES (:reward, 0, :most) ON CONFLICT DO NOTHING"
)
_SELL = (
    update(_STOCK)
    .where(_STOCK.c.reward == bindparam("of_reward"))
    .where(or_(bindparam("most", type_=BigInteger).is_(None), _STOCK.c.sold < bindparam("most")))
    .values(sold=_STOCK.c.sold + 1, most=bindparam("most"))
)


def keep_order(session: Session, member_id: int, row: Mapping[str, Any]) -> None:
    """Write an order down."""
    with books_of(member_id):
        session.execute(insert(_ORDER), [{"member_id": member_id, **row}])


def sell(session: Session, reward: str, stock: int | None) -> None:
    """Count one more that is sold, of a stock or without end; the last one goes to one of two (B9).

    What is sold without end counts, too: an edition may bring a stock later. Raises OutOfStock.
    """
    session.execute(_OPEN, {"reward": reward, "most": stock})
    sold = session.execute(_SELL, {"of_reward": reward, "most": stock})
    if cast("CursorResult[Any]", sold).rowcount != 1:
        raise OutOfStock(reward=reward)


def put_back(session: Session, reward: str) -> None:
    """One that was sold is there again."""
    back = update(_STOCK).where(_STOCK.c.reward == reward).values(sold=_STOCK.c.sold - 1)
    expect_one(session.execute(back), LAW, f"the stock of {reward}")


def sold(session: Session) -> dict[str, int]:
    """How many of each reward were sold and not cancelled."""
    return dict(session.execute(select(_STOCK.c.reward, _STOCK.c.sold)).tuples().all())


def sold_and_bought(session: Session, member_id: int) -> tuple[dict[str, int], list[tuple[str, datetime]]]:
    """How many of each reward were sold, and what of them a member bought, and when, from one statement.

    What was cancelled counts for neither.
    """
    stock = select(_STOCK.c.reward, _STOCK.c.sold, null().label("ordered_at"))
    mine = select(_ORDER.c.reward, literal(0), _ORDER.c.ordered_at).where(
        _ORDER.c.member_id == member_id, _ORDER.c.state != "cancelled"
    )
    sold: dict[str, int] = {}
    bought: list[tuple[str, datetime]] = []
    for reward, count, ordered_at in session.execute(mine.union_all(stock)):
        if ordered_at is None:
            sold[reward] = count
        else:
            bought.append((reward, ordered_at))
    return sold, bought


def orders_before(session: Session, member_id: int, op_id: int | None, limit: int) -> Sequence[RewardOrder]:
    """Up to `limit` of a member's orders, the newest first, those before `op_id` where it is given."""
    mine = select(RewardOrder).where(RewardOrder.member_id == member_id)
    if op_id is not None:
        mine = mine.where(RewardOrder.op_id < op_id)
    return session.scalars(mine.order_by(RewardOrder.op_id.desc()).limit(limit)).all()


def order(session: Session, member_id: int, op_id: int) -> RewardOrder:
    """An order as it stands now. Raises NotFound."""
    found = session.get(RewardOrder, (member_id, op_id), populate_existing=True)
    if found is None:
        raise NotFound
    return found


def is_order(session: Session, member_id: int, op_id: int) -> bool:
    """Whether an operation bought a reward."""
    return session.get(RewardOrder, (member_id, op_id)) is not None


def orders(session: Session, member_id: int, reward: str | None = None) -> Sequence[RewardOrder]:
    """A member's orders, of one reward or of all, the oldest first; whoever was merged into them, too."""
    mine = select(RewardOrder).where(RewardOrder.member_id.in_(family(member_id))).order_by(RewardOrder.op_id)
    return session.scalars(mine if reward is None else mine.where(RewardOrder.reward == reward)).all()


def orders_under(session: Session, member_id: int, op_ids: Iterable[int]) -> dict[int, RewardOrder]:
    """The orders among a member's operations, by the operation that paid."""
    mine = select(RewardOrder).where(RewardOrder.member_id == member_id, RewardOrder.op_id.in_(list(op_ids)))
    return {one.op_id: one for one in session.scalars(mine)}


def costs(session: Session, first: datetime, until: datetime, member_id: int | None = None) -> dict[int, int]:
    """What the orders of a time cost the club, in minor units, by member; of one or of all."""
    order = RewardOrder
    rows = (
        select(order.member_id, func.sum(order.cost_minor))
        .where(order.state != "cancelled", order.cost_minor.is_not(None))
        .where(order.ordered_at >= first, order.ordered_at < until)
        .group_by(order.member_id)
    )
    found = session.execute(rows if member_id is None else rows.where(order.member_id == member_id))
    return {whose: int(minor) for whose, minor in found}


def by_voucher(session: Session, code: str) -> RewardOrder:
    """The order that a voucher belongs to. Raises VoucherUnknown."""
    found = session.scalar(
        select(RewardOrder).where(RewardOrder.voucher == code), execution_options={"populate_existing": True}
    )
    if found is None:
        raise VoucherUnknown
    return found


def close(
    session: Session,
    was: RewardOrder,
    state: Literal["used", "sent", "cancelled"],
    by: str,
    now: datetime,
    place: str | None = None,
) -> None:
    """An order ends, once: its voucher is used, it is sent, or it is cancelled. Raises OrderClosed."""
    mine = (_ORDER.c.member_id == was.member_id, _ORDER.c.op_id == was.op_id, _ORDER.c.state == "open")
    values = {"state": state, "closed_at": now, "closed_by": by, "place": place}
    with books_of(was.member_id):
        done = session.execute(update(_ORDER).where(*mine).values(values))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise OrderClosed(state=order(session, was.member_id, was.op_id).state)
