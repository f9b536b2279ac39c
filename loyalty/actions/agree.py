"""A member consents where something they ask for needs it (M10)."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.tell_news import hold_still
from loyalty.decide.programme import Editions
from loyalty.members import ConsentAct
from loyalty.reads.entitled import is_given
from loyalty.reads.region import region_of


def agree(session: Session, editions: Editions, member_id: int, act: ConsentAct, now: datetime) -> None:
    """Keep that a member consents; nothing where they did already. Raises NotFound."""
    hold_still(session, member_id)
    told = members.consents(session, member_id)
    if any(one.purpose == act.purpose and is_given(one) for one in told):
        return
    version = members.locked(session, member_id).version
    changes = {"consents": (act,)}
    members.change(session, member_id, version, changes, now, region=region_of(editions, now))
