"""A digest over the entries of a stretch of time: what an anchor outside the database keeps of a day."""

import json
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty.ledger.models import Entry, Operation

_STREAMED = {"yield_per": 1000}


def digest_between(session: Session, since: datetime, until: datetime) -> tuple[int, str]:
    """How many entries were written in `[since, until)`, and the SHA-256 of them all, in hexadecimal.

    An imported past counts where it was imported, so that it does not change days that are anchored.
    """
    written_at = func.coalesce(Operation.imported_at, Operation.booked_at)
    of_operation = (Operation.member_id == Entry.member_id) & (Operation.op_id == Entry.op_id)
    rows = (
        select(Entry)
        .join(Operation, of_operation)
        .where(written_at >= since, written_at < until)
        .order_by(Entry.member_id, Entry.unit, Entry.seq)
    )
    count, digest = 0, sha256()
    for entry in session.scalars(rows, execution_options=_STREAMED):
        count += 1
        told = (
            *(entry.member_id, entry.unit, entry.seq, entry.op_id),
            *(entry.expires_on.isoformat(), entry.kind, entry.points, entry.contra, entry.balance_after),
            *(entry.happened_at.isoformat(), entry.booked_at.isoformat()),
        )
        digest.update(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    return count, digest.hexdigest()
