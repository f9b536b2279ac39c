"""A colleague asks for a proof of the chain of acts; a worker does it."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import work
from loyalty.reads.verified import ACTS


def ask_check(session: Session, now: datetime) -> None:
    """Let a worker prove the chain; while one is under way, that is the one."""
    if not work.running(session, ACTS):
        work.start(session, ACTS, as_of=now, now=now)
