"""Staff hand a file in, and let it be imported once they have seen what was found in it."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import imports
from loyalty.errors import Invalid, NotFound
from loyalty.imports import KINDS, HandedIn

MOST_BYTES = 50_000_000


def hand_in(session: Session, told: HandedIn, *, now: datetime) -> int:
    """Keep a file for a worker to check; its id. Raises Invalid."""
    if told.kind not in KINDS:
        raise Invalid(fields={"kind": f"is none of {', '.join(KINDS)}"})
    if len(told.content) > MOST_BYTES:
        raise Invalid(fields={"file": f"has more than {MOST_BYTES:,} bytes"})
    return imports.hand_in(session, told, now)


def begin_import(
    session: Session, import_id: int, digest: str, *, now: datetime, approved_by: str | None = None
) -> None:
    """Let a worker carry in exactly the rows that were seen, by their digest.

    Corrections need a second person, who approves that digest; whether they may is the caller's to know.
    Raises NotFound; Invalid where other rows were checked, or some are faulty, or nobody else approved.
    """
    row = imports.of_id(session, import_id)
    if row is None:
        raise NotFound
    if row.kind == "corrections" and approved_by is None:
        raise Invalid(fields={"approved_by": "is missing: a second person approves corrections"})
    if approved_by == row.asked_by:
        raise Invalid(fields={"approved_by": "asked for it"})
    if not imports.begin(session, import_id, digest, now, approved_by=approved_by):
        raise Invalid(fields={"digest": "is not that of rows that were checked without fault and wait"})
