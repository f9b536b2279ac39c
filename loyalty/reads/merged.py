"""Where things are now that were somebody's who was merged (M6)."""

from sqlalchemy.orm import Session

from loyalty import ledger


def hold_now(session: Session, member_id: int, op_id: int) -> tuple[int, int]:
    """The member and the number of a hold, wherever it was made again; its own where it was not."""
    held = member_id, op_id
    while (again := ledger.merged.held_since(session, *held)) is not None:
        held = again
    return held
