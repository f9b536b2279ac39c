"""What must hold of entitlements, events and rewards: what is taken is what uses and orders took."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select

from loyalty.benefits import EntitlementRow as Entitlement
from loyalty.benefits import EventRow, Use
from loyalty.law import Law, alike, none_of, of_all
from loyalty.ledger import OperationPartRow as OperationPart
from loyalty.ledger import OperationRow as Operation
from loyalty.rewards import RewardOrder, RewardStock

_RIGHT = (Entitlement.member_id, Entitlement.benefit, Entitlement.subject, Entitlement.from_at)
_IS_BOOKED = Use.state == "reserved"
_TAKEN_FROM = (Use.member_id, Use.benefit, Use.subject, Use.period_from)


def _taken(state: ColumnElement[bool]) -> Select[Any]:
    return select(*_TAKEN_FROM, literal(1)).where(Use.counts, state)


def _too_many() -> Select[Any]:
    """Entitlements of which more is taken than was ever granted."""
    taken = Entitlement.reserved + Entitlement.used
    return select(*_RIGHT, taken.label("taken"), Entitlement.granted).where(taken > Entitlement.granted)


def _open_and_closed() -> Select[Any]:
    """Uses that are open and closed, or neither; or that count though they were let go."""
    is_open = Use.state.in_(("waiting", "reserved"))
    let_go = Use.state.in_(("waiting", "cancelled"))
    had = Use.state.in_(("reserved", "used"))
    return select(Use.member_id, Use.use_id, Use.state).where(
        or_(is_open != Use.closed_at.is_(None), and_(Use.counts, let_go), and_(not_(Use.counts), had))
    )


ENTITLED = Law(
    "entitlements",
    "what is reserved and used of an entitlement is what uses took, and never more than was granted",
    (Entitlement, Use),
    (
        alike(
            Entitlement, "reserved", select(*_RIGHT, Entitlement.reserved), _taken(Use.state == "reserved")
        ),
        alike(Entitlement, "used", select(*_RIGHT, Entitlement.used), _taken(Use.state != "reserved")),
        none_of(Entitlement, _too_many(), "{taken} taken of {granted}"),
        none_of(Use, _open_and_closed(), "it is {state}, and its other columns say otherwise"),
    ),
)


def _seats() -> Select[Any]:
    """The places that bookings hold: whoever came, or did not, keeps theirs."""
    return select(Use.event_id, Use.guests + 1).where(
        Use.event_id.is_not(None), Use.state.in_(("reserved", "used", "no_show"))
    )


SEATED = Law(
    "events",
    "the places that are taken at an event are those of its bookings, and never more than there are",
    (EventRow,),
    (
        of_all(alike(EventRow, "places", select(EventRow.event_id, EventRow.taken), _seats())),
        of_all(
            none_of(
                EventRow,
                select(EventRow.event_id, EventRow.taken, EventRow.capacity).where(
                    EventRow.taken > EventRow.capacity
                ),
                "{taken} of {capacity} places are taken",
            )
        ),
    ),
)


def _bought(table: Any) -> ColumnElement[bool]:
    return and_(table.member_id == RewardOrder.member_id, table.op_id == RewardOrder.op_id)


def _unpaid() -> Select[Any]:
    """Orders under an operation that spent nothing on them."""
    return (
        select(RewardOrder.member_id, RewardOrder.op_id, Operation.kind)
        .join(Operation, _bought(Operation))
        .where(Operation.kind != "redeem")
    )


def _given_back() -> Select[Any]:
    """Orders whose points were given back though they stand, or were not though they are cancelled."""
    back = case((RewardOrder.state == "cancelled", OperationPart.points), else_=0)
    return (
        select(RewardOrder.member_id, RewardOrder.op_id, RewardOrder.state, OperationPart.undone)
        .join(OperationPart, _bought(OperationPart))
        .where(OperationPart.undone != back)
    )


def _stocked() -> Select[Any]:
    """How many of each reward were ordered and not cancelled."""
    return (
        select(RewardOrder.reward, func.count())
        .where(RewardOrder.state != "cancelled")
        .group_by(RewardOrder.reward)
    )


BOUGHT = Law(
    "rewards",
    "each order was paid by its operation, given back when it was cancelled, and counted in its stock",
    (RewardOrder, RewardStock),
    (
        none_of(RewardOrder, _unpaid(), "its operation is a {kind}"),
        none_of(RewardOrder, _given_back(), "it is {state}, and {undone} of its points were given back"),
        of_all(alike(RewardStock, "sold", select(RewardStock.reward, RewardStock.sold), _stocked())),
    ),
)
