"""What goes from one member to another: an operation on both of them, under one number (M6). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from loyalty import ids
from loyalty.decide.course import Course
from loyalty.ledger.lots import Account, Change, Hold, Pending
from loyalty.ledger.merging import give_up, take_over
from loyalty.ledger.operations import HoldClosing, Opening, Operation, Part

Reasons = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Side:
    """What one piece is on one side: its parts, the accounts after it, and what else it says."""

    parts: tuple[Part, ...]
    accounts: Mapping[str, Account]
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handing:
    """Whom it leaves and who takes it in, on their way through the decision."""

    gone: Course
    stays: Course
    now: datetime

    @property
    def number(self) -> int:
        """The edition in force."""
        return self.gone.editions.at(self.now).number

    def book(
        self, op_id: int, kind: str, out: Side, into: Side, edition: int, reasons: Reasons | None = None
    ) -> None:
        """Note one piece down on both of them."""
        ways = ((self.gone, self.stays, out, "out"), (self.stays, self.gone, into, "in"))
        for course, other, side, way in ways:
            why = {"with": ids.to_text(other.start.member_id), **(reasons or {})}
            head = Operation(op_id, f"{kind}_{way}", edition, self.now, side.parts, reasons=why, **side.more)
            course.note(head, side.accounts)


def hand_hold(both: Handing, unit: str, hold: Hold) -> None:
    """An open hold is made again for the other, with the same points of the same lots (M6)."""
    op_id = both.gone.new_id()
    again = replace(hold, op_id=op_id)
    let_go, taken = give_up(both.gone.account(unit), hold), take_over(both.stays.account(unit), again)
    closes = HoldClosing(hold.op_id, unit, "merged", 0)
    both.book(
        op_id,
        "hold",
        Side(
            (Part(unit, hold.points, let_go.moves),),
            {unit: let_go.account},
            {"refers_to": hold.op_id, "closes": closes},
        ),
        Side((Part(unit, hold.points, taken.moves),), {unit: taken.account}, {"takes": (unit, again)}),
        hold.edition,
    )


def hand_promises(both: Handing, op_id: int, first: int | None = None) -> None:
    """What one operation promised is promised by the other, to the same day or event (P11).

    `first`: the other promised it before, and keeps that promise again.
    """
    mine = _promised(both.gone, op_id)
    if not mine:
        return
    number = both.gone.new_id()
    again = {
        unit: tuple(replace(one, op_id=number if first is None else first) for one in parts)
        for unit, parts in mine.items()
    }
    left = {unit: _without(both.gone.account(unit), op_id) for unit in mine}
    filled = {unit: _with(both.stays.account(unit), parts) for unit, parts in again.items()}
    nothing = tuple(Part(unit, 0) for unit in mine)
    out = Side(nothing, left, {"refers_to": op_id, "hands_on": _openings(mine)})
    if first is None:
        parts = tuple(Part(unit, sum(one.points for one in new), promised=new) for unit, new in again.items())
        into = Side(parts, filled)
    else:
        into = Side(nothing, filled, {"refers_to": first, "takes_up": _openings(again)})
    both.book(number, "promise", out, into, both.number)


def side_of(changes: Mapping[str, Change]) -> Side:
    """A part for each unit that something moves of: its magnitude is what went from one to the other."""
    parts = tuple(
        Part(unit, abs(sum(move.points for move in change.moves)), change.moves)
        for unit, change in changes.items()
        if change.moves
    )
    return Side(parts, {unit: change.account for unit, change in changes.items()})


def _promised(course: Course, op_id: int) -> dict[str, tuple[Pending, ...]]:
    found = {
        unit: tuple(one for one in account.pending if one.op_id == op_id)
        for unit, account in sorted(course.accounts.items())
    }
    return {unit: parts for unit, parts in found.items() if parts}


def _openings(promised: Mapping[str, Sequence[Pending]]) -> tuple[Opening, ...]:
    return tuple(Opening(unit, one) for unit, parts in promised.items() for one in parts)


def _without(account: Account, op_id: int) -> Account:
    return account._replace(pending=tuple(one for one in account.pending if one.op_id != op_id))


def _with(account: Account, promised: Sequence[Pending]) -> Account:
    return account._replace(pending=(*account.pending, *promised))
