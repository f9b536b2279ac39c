"""Visits leave the club as a file: who took which is a line in the chain of acts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts


def take_visits(
    session: Session, what: str, form: str, narrowed: Mapping[str, str], by: str, now: datetime
) -> None:
    """Note that somebody takes the `journal`, or the month of `partners`, in this form of file."""
    content = {"form": form, **narrowed}
    acts.record(session, now, actor=by, kind="visits.taken", subject=what, content=content)
