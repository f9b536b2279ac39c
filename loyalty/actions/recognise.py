"""A place is shown a card or a code, and keeps in mind for some minutes whose it is (M4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, members
from loyalty.actions.who import Bearer, check_may_act, take_bearer
from loyalty.decide.programme import Editions


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whom a place was shown."""

    member_id: int
    bearer: Bearer  #: what speaks for them now: their card, whatever was shown
    visit: str  #: names this showing in references


def recognise(session: Session, editions: Editions, bearer: Bearer, place: str, now: datetime) -> str:
    """A handle of the member behind a card or a code, who may act; a code is used up with that.

    Raises CardUnknown, CodeUnknown, CodePurpose, CardBlocked.
    """
    member_id = take_bearer(session, editions, bearer, now, act="visit").snapshot.member_id
    active = members.active_card(session, member_id)
    card = bearer.card or (active.number if active else None)
    return benefits.keep_recognised(session, place, member_id, card, now)


def recognised(session: Session, handle: str, place: str, now: datetime) -> Recognised:
    """Whom a handle stands for, who may act still.

    Raises NotFound once the minutes are over; CardBlocked for a card that was blocked or replaced meanwhile.
    """
    row = benefits.recognised(session, handle, place, now)
    bearer = Bearer(card=row.card) if row.card else Bearer(member_id=row.member_id)
    check_may_act(session, bearer, row.member_id, now, "visit")
    return Recognised(row.member_id, bearer, row.digest[:24])
