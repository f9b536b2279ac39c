"""What a late fact of a merged member leads to: booked with them, it moves the survivor's points (M6). Pure.

Goods of an old sale come back, an old redemption is reversed: the operation that it refers to stays with who
was merged, and so does what undoes it, or a correction that waited for a second person. Another one beside it
passes the points on: nothing is left behind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from loyalty import ids
from loyalty.decide.outcome import Event, Outcome, Snapshot
from loyalty.ledger.lots import Account, Move
from loyalty.ledger.operations import Operation, Part

LATE = ("return", "cancel", "reverse", "pool_back", "adjust")  #: kinds that refer to what was done before
BY_HAND = "adjust"  #: refers to nothing where it waited for a second person while the merge came
MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Joined:
    """Whoever was merged, the survivor, and which of the survivor's promises were whose before."""

    gone: Snapshot
    stays: Snapshot
    promised: Mapping[int, int]  #: the operation that promises it now → the one that did first

    @property
    def snapshot(self) -> Snapshot:
        """The old member with all that the survivor has: what a decision about a late fact looks at."""
        accounts = {unit: _renamed(account, self.promised) for unit, account in self.stays.accounts.items()}
        return replace(
            self.stays,
            member_id=self.gone.member_id,
            accounts=accounts,
            used=self.gone.used,
            merged_into=None,
        )


def apart(joined: Joined, outcome: Outcome, now: datetime, new_ids: Iterator[int]) -> tuple[Outcome, Outcome]:
    """The outcomes for whoever was merged, and for the survivor: what is late on both, all else there."""
    back = {first: since for since, first in joined.promised.items()}
    gone, stays = list[Operation](), list[Operation]()
    for operation in outcome.operations:
        if operation.kind not in LATE or (operation.refers_to is None and operation.kind != BY_HAND):
            stays.append(operation)
            continue
        passes = Operation(next(new_ids), "pass_on", operation.edition, now)
        into, out = _passed(joined, operation, back)
        if into:
            gone.append(passes._replace(parts=into, reasons=_with(joined.stays)))
        if out:
            refers_to = back.get(operation.refers_to or 0) if any(one.withdrawn for one in out) else None
            stays.append(passes._replace(parts=out, reasons=_with(joined.gone), refers_to=refers_to))
        gone.append(operation)
    own, others = _news(joined, outcome, {one.op_id for one in stays})
    accounts = {unit: _renamed(account, back) for unit, account in outcome.after.accounts.items()}
    kept = replace(
        outcome.after,
        member_id=joined.stays.member_id,
        accounts=accounts,
        used=joined.stays.used,
        merged_into=None,
    )
    left = replace(joined.gone, accounts=_counted(joined.gone, gone))
    return (
        Outcome(left, tuple(gone), events=own, uses=outcome.uses),
        outcome._replace(after=kept, operations=tuple(stays), events=others, award=None, uses={}),
    )


def _passed(
    joined: Joined, operation: Operation, back: Mapping[int, int]
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """What a late operation moves, as it comes to whoever was merged, and as it leaves the survivor."""
    into, out = [], []
    for part in operation.parts:
        came = tuple(Move(move.lot, -move.points, MERGED) for move in part.moves)
        went = tuple(Move(move.lot, move.points, MERGED) for move in part.moves)
        withdrawn = tuple(replace(one, op_id=back[one.op_id]) for one in part.withdrawn)
        passed = abs(sum(move.points for move in went))
        if came:
            into.append(Part(part.unit, passed, came))
        if went or withdrawn:
            points = passed + sum(one.points for one in withdrawn)
            out.append(Part(part.unit, points, went, withdrawn=withdrawn))
    return tuple(into), tuple(out)


def _news(joined: Joined, outcome: Outcome, stays: set[int]) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """The news of whoever was merged, and the survivor's, with the names that their operations have there."""
    mine = ids.to_text(joined.gone.member_id) + "-"
    renamed = {
        ids.pair_to_text(joined.gone.member_id, op_id): ids.pair_to_text(joined.stays.member_id, op_id)
        for op_id in stays
    }
    own, others = list[Event](), list[Event]()
    for event in outcome.events:
        name = event.body.get("operation")
        if name in renamed:
            others.append(event._replace(body={**event.body, "operation": renamed[str(name)]}))
        elif any(str(value).startswith(mine) for value in event.body.values()):
            own.append(event)
        else:
            others.append(event)
    return tuple(own), tuple(others)


def _counted(gone: Snapshot, operations: list[Operation]) -> dict[str, Account]:
    """The accounts as they were, with so many entries more: what comes goes."""
    accounts = dict(gone.accounts)
    for part in (part for operation in operations for part in operation.parts if part.moves):
        account = accounts.get(part.unit) or Account(part.unit)
        accounts[part.unit] = account._replace(version=account.version + len(part.moves))
    return accounts


def _renamed(account: Account, names: Mapping[int, int]) -> Account:
    pending = tuple(replace(one, op_id=names.get(one.op_id, one.op_id)) for one in account.pending)
    return account._replace(pending=pending)


def _with(other: Snapshot) -> Mapping[str, object]:
    return {"with": ids.to_text(other.member_id)}
