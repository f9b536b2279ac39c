"""An operator says who looks after members; each change is a line in the chain of acts."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, benefits


def keep_manager(session: Session, code: str, name: str, in_pool: bool, by: str, now: datetime) -> bool:
    """Keep somebody, or what is known of them now; whether they were not there before."""
    fresh = benefits.keep_manager(session, code, name, in_pool, now)
    acts.record(session, now, actor=by, kind="manager.kept", subject=code, content={"pool": in_pool})
    return fresh


def manager_leaves(session: Session, code: str, by: str, now: datetime) -> None:
    """Somebody looks after nobody any more. Raises NotFound."""
    if benefits.leave(session, code, now):
        acts.record(session, now, actor=by, kind="manager.left", subject=code, content={})
