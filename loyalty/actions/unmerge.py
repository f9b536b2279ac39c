"""Two members who were merged are two persons after all, while nothing was spent (M6)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, members
from loyalty.actions.book import take, take_true
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.merge import (
    answer_of,
    follow_policies,
    lock_policies,
    names_of,
    record,
    settle_between,
)
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide import merge as decision
from loyalty.decide.course import UNMERGED
from loyalty.decide.programme import Editions
from loyalty.errors import NotAsBefore, NotMerged
from loyalty.ledger import Move


def unmerge(
    session: Session,
    editions: Editions,
    gone: int,
    *,
    reason: str,
    note: str,
    reference: str,
    asking: Asking,
    approved_by: str | None = None,
) -> tuple[dict[str, Any], bool]:
    """Let `gone` be a member of their own again, once for the client's reference; the answer shows them.

    What was withdrawn by the merge stays so. The survivor may have gone meanwhile: `gone` is what they were.
    Raises SelfDealing, NotFound, NotMerged, NotAsBefore, SpendLocked, AccountStopped, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        keep_apart(session, asking.client, gone)
        held = lock_policies(session, gone, now)
        take(session, editions, gone, now, alone=True)
        stays = members.current(session, gone)
        if stays == gone:
            raise NotMerged
        since = take_true(session, editions, stays, now).snapshot
        rows = [members.locked(session, one) for one in (gone, stays)]
        for row in rows:
            members.spend_guard(row).check(now)
        open_holds = frozenset(hold.op_id for account in since.accounts.values() for hold in account.holds)
        moved = _moved(session, gone, stays, members.part(session, *rows), open_holds)
        follow_policies(session, editions, held, (gone, stays), asking)
        reasons = {"reason": reason, "note": note, "reference": reference, **names_of(asking, approved_by)}
        outcomes, booked = settle_between(
            session,
            editions,
            (gone, stays),
            lambda both, new_ids: decision.unmerge(editions, both, moved, now, new_ids, reasons),
            now,
        )
        name = ids.pair_to_text(stays, booked)
        told = {"from": ids.to_text(stays), "reason": reason, "operation": name}
        record(session, UNMERGED, gone, told, asking, approved_by)
        answer = answer_of(editions, outcomes[0], gone, stays, reference)
        return Told(answer | {"unmerge_id": name}, stays, booked)

    content = {"member": gone, "reason": reason, "note": note}
    return once(session, Wish("unmerge", asking, (reference,), content), do, editions)


def _moved(
    session: Session, gone: int, stays: int, merged_at: datetime, open_holds: frozenset[int]
) -> decision.Moved:
    """What the merge moved, late facts since, and what has opened of its promises. Raises NotAsBefore."""
    books = ledger.merged
    first = books.last_merge(session, gone)
    if first is None or books.has_spent(session, stays, first):
        raise NotAsBefore
    promises = {since: of for since, of in books.promised_since(session, gone).items() if since > first}
    out, into = defaultdict[str, list[Move]](list), defaultdict[str, list[Move]](list)
    left = books.moved_since(session, gone, ids.to_text(stays), first)
    came = books.moved_since(session, stays, ids.to_text(gone), first)
    holds = frozenset(one.op_id for one in came if one.kind == "hold_in") & open_holds
    for whose, done, moves in ((gone, left, out), (stays, came, into)):
        for unit, move in _moves(session, whose, [one for one in done if one.op_id not in holds]):
            moves[unit].append(move)
    for since in promises:
        numbers = [
            op_id for found in ledger.history.opened_by(session, stays, since).values() for op_id in found
        ]
        for unit, move in _moves(session, stays, ledger.history.operations(session, stays, numbers)):
            into[unit].append(move)
            if move.contra != "debt":
                out[unit].append(move._replace(points=-move.points))
    return decision.Moved(merged_at, out, into, promises, holds)


def _moves(session: Session, member_id: int, done: list[ledger.history.Done]) -> Iterator[tuple[str, Move]]:
    """The entries of operations, with their units."""
    for part in (part for one in done for part in one.parts):
        for line in ledger.history.entries_of(session, member_id, part.unit, part):
            yield part.unit, Move(line.lot, line.points, line.contra)
