"""An operator says where benefits are given; each change is a line in the chain of acts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, benefits
from loyalty.benefits import Place


def open_place(session: Session, place: Place, name: Mapping[str, str], by: str, now: datetime) -> bool:
    """Open a place or change it; whether it was not there before."""
    fresh = benefits.open_place(session, place, name, now)
    content = {"provider": place.provider, "name": dict(name)}
    acts.record(session, now, actor=by, kind="place.opened", subject=place.code, content=content)
    return fresh


def close_place(session: Session, code: str, by: str, now: datetime) -> None:
    """Give nothing there any more. Raises NotFound."""
    benefits.close_place(session, code, now)
    acts.record(session, now, actor=by, kind="place.closed", subject=code, content={})
