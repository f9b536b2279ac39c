"""What forgetting a person does to their points: all that is left is forfeited, and nothing is owed. Pure."""

from dataclasses import replace
from datetime import datetime

from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.errors import HoldOpen
from loyalty.ledger.merging import empty
from loyalty.ledger.operations import Operation, Part

_REASONS = {"erased": True}


def refuse_held(course: Course) -> None:
    """Raises HoldOpen while a till has points set aside (M7)."""
    if any(account.holds for account in course.accounts.values()):
        raise HoldOpen


def forfeit_all(course: Course, now: datetime) -> None:
    """Take what is promised, an operation for each that promised it, then what is there, with what is owed.

    What policies promised is superseded before: they give the member nothing any more.
    """
    number = course.editions.at(now).number
    promising = {pending.op_id for account in course.accounts.values() for pending in account.pending}
    for op_id in sorted(promising):
        parts, accounts = [], {}
        for unit, account in course.accounts.items():
            mine = tuple(pending for pending in account.pending if pending.op_id == op_id)
            if mine:
                left = tuple(pending for pending in account.pending if pending.op_id != op_id)
                accounts[unit] = replace(account, pending=left)
                parts.append(Part(unit, sum(pending.points for pending in mine), withdrawn=mine))
        lapsed = Operation(
            course.new_id(), "forfeit", number, now, tuple(parts), refers_to=op_id, reasons=_REASONS
        )
        standing.book(course, lapsed, accounts, now)
    emptied = {unit: empty(account, "forfeited") for unit, account in course.accounts.items()}
    moved = {unit: change for unit, change in emptied.items() if change.moves}
    if moved:
        parts = [
            Part(unit, abs(sum(move.points for move in change.moves)), change.moves)
            for unit, change in moved.items()
        ]
        forfeit = Operation(course.new_id(), "forfeit", number, now, tuple(parts), reasons=_REASONS)
        standing.book(course, forfeit, {unit: change.account for unit, change in moved.items()}, now)
