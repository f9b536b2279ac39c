"""Operations, their parts and their entries: laws 2, 4 and 7, and how each kind of operation looks."""

from collections import Counter
from dataclasses import dataclass, field

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import millisecond, number_of
from tests.proofs.judging.life import Life, Row

OF_POLICIES = ("policy", "position")
TAKES_BACK = ("return", "cancel")
UNDOES = (*TAKES_BACK, "reverse", "pool_back", "tier_refund")
BETWEEN = ("merge_out", "merge_in", "hold_out", "hold_in", "promise_out", "promise_in")
OF_THE_CLOCK = ("open", "release", "expire")


@dataclass(frozen=True)
class Shape:
    """What an operation of one kind may be: what its entries move, what it refers to, when it happens."""

    moves: dict[str, int] = field(default_factory=dict)  #: contra → sign; 0: either
    of: tuple[str | None, ...] = (None,)  #: kinds of operation it may refer to
    at_once: bool = False  #: it happens when it is booked


SHAPES = {
    "earn": Shape({"issued": 1}),
    "open": Shape({"issued": 1, "position": 0}, ("earn", "policy", "promise_in")),
    "hold": Shape({}, at_once=True),
    "release": Shape({"expired": -1}, ("hold", "hold_in")),
    "capture": Shape({"redeemed": -1, "expired": -1}, ("hold", "hold_in"), at_once=True),
    "void": Shape({"expired": -1}, ("hold", "hold_in"), at_once=True),
    "redeem": Shape({"redeemed": -1}, at_once=True),
    "reverse": Shape({"redeemed": 1}, ("redeem", "capture"), at_once=True),
    "pool_out": Shape({"redeemed": -1}, at_once=True),
    "pool_back": Shape({"redeemed": 1}, ("pool_out",), at_once=True),
    "return": Shape({"returned": -1}, ("earn", None)),
    "cancel": Shape({"returned": -1}, ("earn",), at_once=True),
    "adjust": Shape({"adjusted": 0}, ("earn", None), at_once=True),
    "expire": Shape({"expired": -1}, ("earn", "promise_in", None)),
    "import": Shape({"imported": 1}, at_once=True),
    "transfer_in": Shape({"transferred": 1}, at_once=True),
    "transfer_out": Shape({"transferred": -1}, at_once=True),
    "policy": Shape({"position": 0}),
    "position": Shape({"position": 0}, ("policy",)),
    "tier_price": Shape({"redeemed": -1}),
    "tier_refund": Shape({"redeemed": 1}, ("tier_price",), at_once=True),
    "forfeit": Shape({"forfeited": -1}, ("earn", "policy", "promise_in", None)),
    "merge_out": Shape({"merged": 0}, at_once=True),
    "merge_in": Shape({"merged": 0}, at_once=True),
    "hold_out": Shape({"merged": -1}, ("hold", "hold_in"), at_once=True),
    "hold_in": Shape({"merged": 1}, at_once=True),
    "promise_out": Shape({}, ("earn", "promise_in"), at_once=True),
    "promise_in": Shape({}, ("earn", None), at_once=True),
    "pass_on": Shape({"merged": 0}, ("promise_in", None), at_once=True),
}
REASONS: dict[str, tuple[set[str], set[str]]] = {  #: what an operation keeps of why: always, and sometimes
    "earn": ({"because"}, {"on", "counted", "kind", "reference", "by", "policy", "attributes", "about"}),
    "adjust": (set(), {"because", "reason_code", "note", "reference", "by", "approved_by", "file"}),
    "redeem": (set(), {"for", "reference", "reward", "pool"}),
    "reverse": (set(), {"pool"}),
    "pool_out": ({"with", "reference"}, set()),
    "pool_back": ({"with"}, set()),
    "open": (set(), {"event"}),
    "return": (set(), {"because"}),
    "expire": (set(), {"unclaimed", "inactive_since"}),
    "transfer_in": ({"with", "reference"}, {"estate"}),
    "transfer_out": ({"with", "reference"}, {"estate"}),
    "policy": ({"policy", "version", "status", "because", "excluded"}, set()),
    "position": ({"policy", "version", "status", "because", "excluded"}, set()),
    "tier_price": ({"tier"}, set()),
    "forfeit": (set(), {"tier", "void", "erased", "left", "estate"}),
    "merge_out": ({"with", "reason", "note", "reference", "by"}, {"approved_by"}),
    "merge_in": ({"with", "reason", "note", "reference", "by"}, {"approved_by"}),
    **{kind: ({"with"}, set()) for kind in ("hold_out", "hold_in", "promise_out", "promise_in", "pass_on")},
}


def judge(court: Court, life: Life) -> None:
    """Every operation of one member."""
    for row in life.operation:
        shape = SHAPES.get(row.kind)
        if not court.holds("P1", row, shape is not None, f"kind is {row.kind!r}"):
            continue
        assert shape is not None
        of = None if row.refers_to is None else life.kind(row.refers_to) or "nothing"
        court.holds("P1", row, of in shape.of, f"a {row.kind} that refers to {row.refers_to} ({of})")
        stamp = row.op_id >> 21
        court.same("N7", row, "booked_at in milliseconds", millisecond(row.booked_at), stamp)
        if shape.at_once:
            court.same("N7", row, "happened_at", row.happened_at, row.booked_at)
        keys = set(row.reasons or {})
        need, may = REASONS.get(row.kind, (set(), set()))
        court.holds("T9", row, need <= keys <= need | may, f"its reasons are {sorted(keys)}")
        if row.imported_at is not None:
            court.holds("N7", row, row.imported_at >= row.booked_at, f"imported at {row.imported_at}")
        _why(court, life, row)
        for part in life.parts.get(row.op_id, []):
            _part(court, life, row, part, shape)
    for row in life.operation_part:
        court.holds("P1", row, row.op_id in life.operations, "there is no such operation")
    _undone(court, life)
    for row in life.entry:
        _entry(court, life, row)


def _why(court: Court, life: Life, row: Row) -> None:
    """What an operation says of why, where other rows know it."""
    told = row.reasons or {}
    if row.kind in ("transfer_in", "transfer_out"):
        ends = (life.member_id, number_of(told.get("with")))
        giver, receiver = ends if row.kind == "transfer_out" else ends[::-1]
        court.totals["ends of transfers"][row.op_id, giver, receiver, told.get("reference")] += 1
    elif row.kind in BETWEEN:
        court.totals["ends of merges"][
            row.op_id, *sorted((life.member_id, number_of(told["with"]) or 0))
        ] += 1
    elif row.kind == "tier_price":
        paid = [
            one.tier for one in life.term if (one.evidence.get("price") or {}).get("operation") == row.op_id
        ]
        court.same("T4", row, "the tier it paid for", [told.get("tier")], paid)
    elif row.kind == "forfeit" and told == {"erased": True}:
        court.same("M7", row, "happened_at", row.happened_at, life.erased_at)
    elif row.kind == "forfeit" and told == {"left": True}:
        left = [one.booked_at for one in life.outbox_message if one.kind == "member.left"]
        court.holds("M9", row, left and min(left) <= row.happened_at, "nobody had left")
    elif row.kind == "forfeit" and told == {"estate": True}:
        court.holds("M9", row, row.happened_at in life.settled, "no estate was settled then")
    elif row.kind == "forfeit":
        court.same("T9", row, "its reasons", sorted(told), ["tier", "void"])
        court.same("T9", row, "refers_to", row.refers_to, None)
        ended = [one.tier for one in life.term if one.ended_at == row.happened_at]
        court.holds("T6", row, told.get("tier") in ended, f"it is of {told.get('tier')}, and {ended} ended")
        after = [one.tier for one in life.term if one.from_at == row.happened_at]
        court.holds("T6", row, not told.get("void") or None in after, f"void, and {after} began")
    elif row.kind == "expire":
        lapsed = {one.opens_on_event for one in life.promises.get(row.refers_to or 0, []) if one.lapses_at}
        court.holds(
            "P11", row, told.get("unclaimed") in lapsed | {None}, f"unclaimed {told.get('unclaimed')}"
        )
        court.same("P11", row, "whether it lapsed", "unclaimed" in told, row.refers_to is not None)


def _entry(court: Court, life: Life, row: Row) -> None:
    head = life.operations.get(row.op_id)
    if not court.holds("P1", row, head is not None, f"there is no operation {row.op_id}"):
        return
    assert head is not None
    units = {part.unit for part in life.parts.get(row.op_id, [])}
    court.holds("P1", row, row.unit in units, f"operation {row.op_id} has no part of {row.unit}")
    court.same("N7", row, "happened_at", row.happened_at, head.happened_at)
    court.same("N7", row, "booked_at", row.booked_at, head.booked_at)
    shape = SHAPES.get(head.kind, Shape())
    due, what = shape.moves.get(row.contra), f"{row.points} against {row.contra} in a {head.kind}"
    is_debt = row.kind == "debt"
    let_off = is_debt and head.kind == "forfeit" and row.contra == "forfeited" and row.points > 0
    forgiven = is_debt and head.kind in TAKES_BACK and row.contra == "adjusted" and row.points > 0
    if row.contra == "debt":
        court.holds("P8", row, is_debt == (row.points > 0), f"{what} of lot {row.kind}")
    elif let_off:
        court.holds("M7", row, row.booked_at in (life.erased_at, *life.settled), "a debt was let off")
    elif not forgiven:
        court.holds("P1", row, due is not None and row.points * due >= 0, what)
        owed = row.contra == "merged" or (row.contra in ("returned", "position") and row.points < 0)
        court.holds("P7", row, owed or not is_debt, f"{what} as a debt")


def _part(court: Court, life: Life, head: Row, part: Row, shape: Shape) -> None:
    lines = life.lines.get((head.op_id, part.unit), [])
    seqs = [row.seq for row in lines]
    court.same("2", part, "seq_from", part.seq_from, min(seqs, default=None))
    court.same("2", part, "seq_to", part.seq_to, max(seqs, default=None))
    gapless = not seqs or max(seqs) - min(seqs) + 1 == len(seqs)
    court.holds("2", part, gapless, "its entries are not one after the other")
    moved: Counter[str] = Counter()
    for row in lines:
        moved[row.contra] += row.points
    court.same("3", part, "what debts were paid with", moved["debt"], 0)
    court.same("7", part, "points", part.points, _magnitude(life, head, part, moved, shape))
    for name in ("points", "undone", "withdrawn", "shortfall"):
        court.holds("4", part, getattr(part, name) >= 0, f"{name} is {getattr(part, name)}")
    court.holds("7", part, part.undone <= part.points, f"{part.undone} undone of {part.points}")
    court.same("7", part, "withdrawn", part.withdrawn, _withdrawn(life, head, part))
    forgiven = moved["adjusted"] if head.kind in TAKES_BACK else 0
    court.same("P7", part, "shortfall", part.shortfall, forgiven)


def _magnitude(life: Life, head: Row, part: Row, moved: Counter[str], shape: Shape) -> int | None:
    kind = head.kind
    promised = [row.points for row in life.promises.get(head.op_id, []) if row.unit == part.unit]
    if kind in ("hold", "release", "void"):
        hold = life.holds.get(head.op_id if kind == "hold" else head.refers_to)
        return hold.points if hold is not None and hold.unit == part.unit else None
    if kind in ("earn", "promise_in"):
        return moved["issued"] + sum(promised)
    if kind == "pass_on":
        return part.withdrawn + abs(moved["merged"])
    if kind == "capture":
        return -moved["redeemed"]
    if kind in TAKES_BACK:
        return part.withdrawn - moved["returned"]
    if kind == "forfeit":
        return part.withdrawn + abs(moved["forfeited"])
    if kind == "expire":
        return part.withdrawn - moved["expired"]
    return abs(sum(moved[contra] for contra in shape.moves))


def _withdrawn(life: Life, head: Row, part: Row) -> int:
    """What an operation took back of promises; of several that did, only the sum is known (`_undone`)."""
    if head.kind in (*TAKES_BACK, "pass_on") and head.refers_to is not None:
        return int(part.withdrawn)
    if head.kind in ("expire", "forfeit") and head.refers_to is not None:
        return int(part.points)
    return 0


def _undone(court: Court, life: Life) -> None:
    """Law 7: each undoing counts once, on what it refers to."""
    undone: Counter[tuple[int, str]] = Counter()
    withdrawn: Counter[tuple[int, str]] = Counter()
    for row in life.operation_part:
        head = life.operations.get(row.op_id)
        if head is not None and head.refers_to is not None:
            if head.kind in UNDOES:
                undone[head.refers_to, row.unit] += row.points
            withdrawn[head.refers_to, row.unit] += row.withdrawn
    parts = {(row.op_id, row.unit): row for row in life.operation_part}
    for key, row in parts.items():
        court.same("7", row, "undone", row.undone, undone[key])
    for key in undone.keys() - parts.keys():
        name = f"operation_part member_id={life.member_id} op_id={key[0]} unit={key[1]}"
        court.holds("7", name, not undone[key], f"there is none, and {undone[key]} of it are undone")
    taken: Counter[tuple[int, str]] = Counter()
    for row in life.pending:
        taken[row.op_id, row.unit] += row.taken_back
    for op_id, unit in taken.keys() | withdrawn.keys():
        name = f"pending member_id={life.member_id} op_id={op_id} unit={unit}"
        court.same("7", name, "taken_back in all", taken[op_id, unit], withdrawn[op_id, unit])
