"""What moved points of a span of members beside sales and policies, as facts they lived."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.decide.lived import (
    Acted,
    Cancelled,
    Celebrated,
    Closed,
    Corrected,
    Fact,
    GivenBack,
    Held,
    PassedOn,
    Received,
    Spent,
)
from loyalty.decide.occasion import Activity
from loyalty.ledger import Entry, HoldRow, LotKey, OperationPartRow, Portion
from loyalty.ledger import OperationRow as Operation
from loyalty.reads.lives_of_sales import Name
from loyalty.reads.span import Span, Turns
from loyalty.rewards import RewardOrder
from loyalty.sales import Sale

OCCASIONS = ("birthday", "anniversary")
_WISHES = (
    "earn", "cancel", "redeem", "capture", "void", "hold", "reverse", "adjust",
    "transfer_out", "transfer_in", "pool_out", "pool_back", "policy", "position",
)  # fmt: skip
_BY_PART = ("redeem", "capture", "reverse", "transfer_out", "pool_out", "pool_back")
_BY_ENTRY = ("adjust", "transfer_in", "import")


def operations_of(session: Session, span: Span) -> Sequence[Any]:
    """What somebody wished, sales and returns apart."""
    sold = exists().where(Sale.member_id == Operation.member_id, Sale.op_id == Operation.op_id)
    rows = select(
        Operation.member_id, Operation.op_id, Operation.kind, Operation.refers_to, Operation.happened_at,
        Operation.booked_at, Operation.reasons,
    )  # fmt: skip
    wished = rows.where(span.booked(Operation), Operation.kind.in_(_WISHES), ~sold)
    return session.execute(wished).all()


def entries_of(session: Session, span: Span) -> dict[Name, list[Any]]:
    """The entries of corrections, of points from others, and of those that members brought along."""
    mine = (Operation.member_id == Entry.member_id) & (Operation.op_id == Entry.op_id)
    rows = (
        select(Entry.member_id, Entry.op_id, Entry.unit, Entry.expires_on, Entry.kind, Entry.points,
               Entry.contra, Entry.counts_on)
        .join(Operation, mine)
        .where(span.holds(Entry), span.booked(Operation), Operation.kind.in_(_BY_ENTRY))
        .order_by(Entry.member_id, Entry.unit, Entry.seq)
    )  # fmt: skip
    found: dict[Name, list[Any]] = defaultdict(list)
    for row in session.execute(rows):
        found[row.member_id, row.op_id].append(row)
    return found


def facts_of_points(
    session: Session,
    span: Span,
    operations: Sequence[Any],
    entries: Mapping[Name, Sequence[Any]],
    spending: Mapping[Name, int],
    returned: Collection[tuple[int, int, Any]],
) -> Turns:
    """Every fact; `spending` paid sales, which `returned` gave back with the goods: (member, it, when)."""
    if not operations:
        return
    parts, holds, orders = _parts(session, span), _holds(session, span), _orders(session, span)
    paid = {(member_id, op_id) for (member_id, _), op_id in spending.items()}
    for row in operations:
        name = row.member_id, row.op_id
        if name in paid or (row.member_id, row.refers_to, row.booked_at) in returned:
            continue
        for fact in _facts(row, parts.get(name), entries.get(name, ()), holds, orders):
            yield row.member_id, row.booked_at, row.op_id, fact


def _facts(
    row: Any,
    part: tuple[str, int] | None,
    entries: Sequence[Any],
    holds: Mapping[Name, Any],
    orders: Mapping[Name, str],
) -> Iterator[Fact]:
    at, op_id, name = row.booked_at, row.op_id, (row.member_id, row.op_id)
    unit, points = part or ("", 0)
    match row.kind:
        case "earn":
            yield from _earned(row)
        case "cancel":
            yield Cancelled(at, row.refers_to)
        case "redeem":
            alone = "pool" not in (row.reasons or {})  # else the price is not what this member paid
            yield Spent(at, op_id, unit, points, orders.get(name) if alone else None)
        case "capture" | "void":
            yield Closed(at, op_id, row.refers_to, points)
        case "hold":
            held = holds[name]
            yield Held(at, op_id, held.unit, held.points, held.ends_at - held.taken_at)
        case "pool_out":
            yield Spent(at, op_id, unit, points, by_others=True)
        case "reverse" | "pool_back":
            whole = (row.member_id, row.refers_to) in orders and "pool" not in (row.reasons or {})
            yield GivenBack(at, row.refers_to, None if whole else points)
        case "adjust" if row.refers_to is None:
            moved = sum(entry.points for entry in entries if entry.contra == "adjusted")
            yield Corrected(at, entries[0].unit, moved)
        case "transfer_out":
            yield PassedOn(at, unit, points)
        case "transfer_in":
            got = [entry for entry in entries if entry.contra == "transferred"]
            portions = tuple(Portion(LotKey(one.expires_on, one.kind), one.points) for one in got)
            yield Received(at, got[0].unit, portions)


def _earned(row: Any) -> Iterator[Fact]:
    told = row.reasons or {}
    if told.get("on") == "activity":
        about = ids.pair_from_text(told["about"]) if "about" in told else None
        yield Acted(
            row.booked_at,
            row.op_id,
            Activity(
                told["kind"],
                told["reference"],
                row.happened_at,
                told.get("attributes", {}),
                told["by"],
                about[1] if about else None,
            ),
        )
    elif told.get("on") in OCCASIONS:
        yield Celebrated(row.booked_at, told["on"], row.happened_at)


def _parts(session: Session, span: Span) -> dict[Name, tuple[str, int]]:
    """The unit and the points of operations that move one unit by a magnitude."""
    part = OperationPartRow
    mine = (Operation.member_id == part.member_id) & (Operation.op_id == part.op_id)
    rows = select(part.member_id, part.op_id, part.unit, part.points).join(Operation, mine)
    found = session.execute(rows.where(span.holds(part), Operation.kind.in_(_BY_PART)))
    return {(member_id, op_id): (unit, points) for member_id, op_id, unit, points in found}


def _holds(session: Session, span: Span) -> dict[Name, Any]:
    row = HoldRow
    rows = select(row.member_id, row.op_id, row.unit, row.points, row.taken_at, row.ends_at)
    return {(one.member_id, one.op_id): one for one in session.execute(rows.where(span.holds(row)))}


def _orders(session: Session, span: Span) -> dict[Name, str]:
    rows = select(RewardOrder.member_id, RewardOrder.op_id, RewardOrder.reward).where(span.holds(RewardOrder))
    return {(member_id, op_id): reward for member_id, op_id, reward in session.execute(rows)}
