"""What must hold between operations, their parts and their entries: law 7, and parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select

from loyalty.fingerprint import Figure, count
from loyalty.law import Finding, Law, Look, alike, each_of, equal, found, none, none_of, where_not
from loyalty.ledger.contras import OF_MERGES, TAKES_BACK, strays
from loyalty.ledger.models import Entry, Hold, Operation, OperationPart, Pending
from loyalty.ledger.operations import OF_POLICIES
from loyalty.tables import MERGED

_PART = (OperationPart.member_id, OperationPart.op_id, OperationPart.unit)
_ENTRY = (Entry.member_id, Entry.op_id, Entry.unit)
_UNDOES = (*TAKES_BACK, "reverse", "pool_back", "tier_refund")


def _head_of(table: Any) -> ColumnElement[bool]:
    return and_(table.member_id == Operation.member_id, table.op_id == Operation.op_id)


def _undone() -> Select[Any]:
    """What returns and reversals undo, under the operation they refer to."""
    return (
        select(OperationPart.member_id, Operation.refers_to, OperationPart.unit, OperationPart.points)
        .join(Operation, _head_of(OperationPart))
        .where(Operation.kind.in_(_UNDOES), Operation.refers_to.is_not(None))  # without a receipt: of nothing
    )


def _withdrawn() -> Select[Any]:
    return (
        select(OperationPart.member_id, Operation.refers_to, OperationPart.unit, OperationPart.withdrawn)
        .join(Operation, _head_of(OperationPart))
        .where(OperationPart.withdrawn > 0)
    )


def _half_withdrawn() -> Select[Any]:
    whole = Pending.taken_back == func.abs(Pending.points)
    return select(
        Pending.member_id,
        Pending.op_id,
        Pending.unit,
        Pending.part_no,
        Pending.points,
        Pending.taken_back,
        Pending.state,
    ).where(
        or_(
            Pending.taken_back > func.abs(Pending.points),
            and_(whole, Pending.state != "taken_back"),
            and_(not_(whole), Pending.state == "taken_back"),
        )
    )


_PENDING = (Pending.member_id, Pending.op_id, Pending.unit)

LAW_7 = Law(
    "7",
    "no more is taken back than was given, nor given back than was spent; each undoing counts once",
    (OperationPart, Pending),
    (
        none_of(
            OperationPart,
            select(*_PART, OperationPart.undone, OperationPart.points).where(
                OperationPart.undone > OperationPart.points
            ),
            "{undone} undone of {points}",
        ),
        alike(OperationPart, "undone", select(*_PART, OperationPart.undone), _undone()),
        alike(OperationPart, "taken back while pending", select(*_PENDING, Pending.taken_back), _withdrawn()),
        none_of(Pending, _half_withdrawn(), "{taken_back} of {points} taken back, yet {state}"),
    ),
)


_CONTRAS = (
    *("issued", "redeemed", "returned", "adjusted"),
    *("expired", "imported", "transferred", "forfeited", "position", "merged"),
)


def _against(contra: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((Entry.contra == contra, Entry.points), else_=0)), 0).label(contra)


def _come_to(sums: Mapping[str, Any], promised: Any) -> ColumnElement[int]:
    """What a part's entries (by contra), promises or hold come to, by the kind of its operation."""
    part, head = OperationPart, Operation
    return case(
        (head.kind == "earn", sums["issued"] + func.coalesce(promised.c.points, 0)),
        (head.kind == "open", func.abs(sums["issued"] + sums["position"])),
        (head.kind.in_(OF_POLICIES), func.abs(sums["position"])),
        (head.kind.in_(("capture", "redeem", "pool_out", "tier_price")), -sums["redeemed"]),
        (head.kind.in_(("reverse", "pool_back", "tier_refund")), sums["redeemed"]),
        (head.kind.in_(TAKES_BACK), part.withdrawn - sums["returned"]),
        (head.kind == "adjust", func.abs(sums["adjusted"])),
        (head.kind == "expire", part.withdrawn - sums["expired"]),
        (head.kind == "forfeit", part.withdrawn + func.abs(sums["forfeited"])),
        (head.kind == "import", sums["imported"]),
        (head.kind.in_(("transfer_out", "transfer_in")), func.abs(sums["transferred"])),
        (head.kind.in_((*OF_MERGES, "hold_out", "hold_in")), part.withdrawn + func.abs(sums["merged"])),
        (head.kind == "promise_in", func.coalesce(promised.c.points, 0)),
        (head.kind == "promise_out", 0),
        else_=func.coalesce(Hold.points, -1),
    )


def _unfit(sums: Mapping[str, Any], come_to: Any) -> ColumnElement[bool]:
    """Whether a part's magnitudes are not what its entries, by contra, come to."""
    not_forgiven = OperationPart.shortfall != sums["adjusted"]
    unlike = or_(OperationPart.points != come_to, and_(Operation.kind.in_(TAKES_BACK), not_forgiven))
    return and_(Operation.op_id.is_not(None), unlike)


def _promised() -> Any:
    return select(*_PENDING, func.sum(Pending.points).label("points")).group_by(*_PENDING).subquery()


def _its_hold() -> ColumnElement[bool]:
    """The hold that an operation took, or refers to."""
    held = case((Operation.kind == "hold", Operation.op_id), else_=Operation.refers_to)
    return and_(Hold.member_id == Operation.member_id, Hold.op_id == held)


def _same(of: Any) -> ColumnElement[bool]:
    """Rows of the same part as these columns name."""
    return and_(*(own == theirs for own, theirs in zip(_PART, of, strict=True)))


def _apart(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Parts that do not name exactly their entries, or whose magnitude is not what these come to.

    With conditions, only parts that meet them.
    """
    named = (
        func.count().label("entries"),
        func.min(Entry.seq).label("first"),
        func.max(Entry.seq).label("last"),
    )
    sums = (_against(contra) for contra in _CONTRAS)
    entries_of = select(*_ENTRY, *named, *sums).group_by(*_ENTRY)
    if conditions:
        entries_of = entries_of.join(OperationPart, _same(_ENTRY)).where(*conditions)
    moved, promised = entries_of.subquery(), _promised()
    part, head = OperationPart, Operation
    by_contra = {name: func.coalesce(moved.c[name], 0) for name in _CONTRAS}
    come_to, entries = _come_to(by_contra, promised), func.coalesce(moved.c.entries, 0)
    names = func.coalesce(part.seq_to - part.seq_from + 1, 0)
    tests = {
        "miscounted": names != entries,
        "scattered": or_(
            part.seq_from.is_distinct_from(moved.c.first), part.seq_to.is_distinct_from(moved.c.last)
        ),
        "unfit": _unfit(by_contra, come_to),
    }
    shown = (part.seq_from, part.seq_to, moved.c.first, moved.c.last, part.points, head.kind.label("what"))
    counts = names.label("names"), entries.label("entries"), come_to.label("counted")
    return (
        select(*_PART, *shown, *counts, *(test.label(name) for name, test in tests.items()))
        .outerjoin(moved, _same(list(moved.c)[:3]))
        .outerjoin(promised, _same(list(promised.c)[:3]))
        .outerjoin(head, _head_of(part))
        .outerjoin(Hold, _its_hold())
        .where(or_(*tests.values()), *conditions)
    )


_PARTS_APART = _apart()


def _unlike_their_entries(look: Look) -> Iterator[Finding]:
    """What is wrong with parts beside their entries: all of it from one walk through these."""
    for row in look.rows(_PARTS_APART):
        if row["miscounted"]:
            said = f"{row['names']} is stored, {row['entries']} is counted"
            yield found(OperationPart, row, f"number of entries: {said}")
        if row["scattered"]:
            said = f"the part says {row['seq_from']} to {row['seq_to']}"
            yield found(OperationPart, row, f"entries {row['first']} to {row['last']}, {said}")
        if row["unfit"]:
            said = f"a part of {row['points']} to {row['what']}, its rows come to {row['counted']}"
            yield found(OperationPart, row, said)


def _nameless() -> Select[Any]:
    """Entries that no part names."""
    return (
        select(*_ENTRY, func.count().label("entries"))
        .outerjoin(OperationPart, _same(_ENTRY))
        .where(OperationPart.op_id.is_(None))
        .group_by(*_ENTRY)
    )


def _of_nobody() -> Select[Any]:
    """Operations whose member is not known: what is wrong with them is nobody's."""
    return (
        select(Operation.op_id, Operation.kind, Operation.member_id.label("whose"))
        .outerjoin(MERGED, MERGED.c.member_id == Operation.member_id)
        .where(MERGED.c.member_id.is_(None))
    )


def _astray() -> Select[Any]:
    entry = (Entry.member_id, Entry.unit, Entry.seq, Entry.contra, Entry.points, Operation.kind)
    return select(*entry).join(Operation, _head_of(Entry)).where(strays())


def _one_by_one() -> Figure:
    """How many parts of one entry have that one and come to it; one less for each entry that is amiss."""
    part, promised = OperationPart, _promised()
    moved = {name: case((Entry.contra == name, Entry.points), else_=0) for name in _CONTRAS}
    unlike = or_(Entry.seq != part.seq_from, _unfit(moved, _come_to(moved, promised)))
    astray = and_(Operation.op_id.is_not(None), strays())
    amiss = or_(part.op_id.is_(None), and_(_OF_ONE_ENTRY, unlike), astray)
    entries = (
        select(Entry.seq)
        .outerjoin(part, _same(_ENTRY))
        .outerjoin(Operation, _head_of(Entry))
        .outerjoin(promised, _same(list(promised.c)[:3]))
        .outerjoin(Hold, _its_hold())
    )
    return Figure(entries, func.sum(case((amiss, -1), (_OF_ONE_ENTRY, 1), else_=0)))


_OF_ONE_ENTRY = OperationPart.seq_from == OperationPart.seq_to
_OF_OTHERS = or_(
    OperationPart.seq_from.is_(None), OperationPart.seq_from.is_distinct_from(OperationPart.seq_to)
)
_ALL_OF_ONE_ARE_FIT = equal(_one_by_one(), count(select(OperationPart.op_id).where(_OF_ONE_ENTRY)))
_NO_OTHERS_ARE_APART = none(_apart(_OF_OTHERS))


def _fit(look: Look) -> bool:
    """Whether all entries, their parts and operations are proven to fit, most of them one by one."""
    return _ALL_OF_ONE_ARE_FIT(look) and _NO_OTHERS_ARE_APART(look)


_NAMELESS = "number of entries: 0 is stored, {entries} is counted"
_DOES_NOT_FIT = "{points} against {contra} does not fit its operation ({kind})"
PARTS = Law(
    "parts",
    "an operation's parts name exactly its entries, and their magnitude is what these come to",
    (Operation, OperationPart, Entry),
    (
        where_not(_fit, _unlike_their_entries),
        where_not(_fit, each_of(OperationPart, _nameless(), _NAMELESS)),
        where_not(_fit, each_of(Entry, _astray(), _DOES_NOT_FIT)),
        none_of(Operation, _of_nobody(), "this {kind} is of member {whose}, who is not known"),
    ),
)
