"""What the books say, without what may differ between two nights: ids, and when it was booked."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from loyalty.db import reading
from loyalty.ledger import models as ledger
from loyalty.members import Member
from loyalty.tiers import models as tiers
from loyalty.work import Task

TABLES: dict[Any, tuple[str, ...]] = {
    ledger.Account: ("unit", "available", "held", "debt", "pending", "version", "due_at"),
    ledger.Lot: ("unit", "expires_on", "kind", "remaining", "held"),
    ledger.Entry: (
        "unit", "seq", "expires_on", "kind", "points", "contra", "balance_after", "counts_on", "happened_at",
    ),
    ledger.Tally: ("unit", "day", "earned"),
    ledger.Hold: ("unit", "points", "captured", "state", "ends_at"),
    ledger.Pending: ("unit", "part_no", "points", "taken_back", "opens_at", "state"),
    tiers.Term: ("term_no", "tier", "from_at", "until_at", "ended_at", "reason", "edition", "measured"),
    tiers.Standing: ("tier", "term_no", "until_at", "due_at", "event_seq"),
    Member: ("state",),
}  # fmt: skip


def digest(app: Flask) -> dict[str, list[Any]]:
    """Every member's rows, members in the order they joined."""
    with app.app_context(), reading() as session:
        order = {
            one: no for no, one in enumerate(session.scalars(select(Member.member_id).order_by("member_id")))
        }
        return {
            table.__tablename__: sorted(
                (
                    (order[row.member_id], *(str(getattr(row, name)) for name in columns))
                    for row in session.scalars(select(table))
                ),
            )
            for table, columns in TABLES.items()
        }


def evidence(app: Flask) -> list[Any]:
    """What each term keeps for proof, without the operations' ids."""
    with app.app_context(), reading() as session:
        rows = session.scalars(select(tiers.Term).order_by(tiers.Term.member_id, tiers.Term.term_no)).all()
    return [
        (
            row.term_no,
            row.evidence["measure"],
            [(one["points"], one["happened_at"]) for one in row.evidence["contributions"]],
        )
        for row in rows
    ]


def operations(app: Flask, kind: str) -> list[ledger.Operation]:
    """The operations of a kind, in the order they happened."""
    wanted = select(ledger.Operation).where(ledger.Operation.kind == kind)
    with app.app_context(), reading() as session:
        return list(session.scalars(wanted.order_by(ledger.Operation.happened_at, ledger.Operation.op_id)))


def nights(app: Flask) -> list[Task]:
    """The rows of nightly work, oldest first."""
    with app.app_context(), reading() as session:
        return list(session.scalars(select(Task).where(Task.kind == "nightly").order_by(Task.id)))
