"""What two members wished who are one person: the stricter wish holds (M6, M10)."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.members.facts import ConsentAct
from loyalty.members.models import Member
from loyalty.members.store import add_consents, consents

BY_MERGE = "merge"  #: the channel by which a consent was withdrawn


def keep_stricter(session: Session, gone: Member, stays: Member, now: datetime) -> None:
    """Withdraw of the survivor what the other withdrew, and leave out letters that either does not want.

    What only the other gave is not taken over: the survivor is asked.
    """
    withdrawn = {
        (one.purpose, one.recipient)
        for one in consents(session, gone.member_id)
        if one.withdrawn_at is not None
    }
    add_consents(
        session,
        stays.member_id,
        [
            ConsentAct(
                "withdrawn", one.purpose, one.recipient, one.data, one.text_sha256, one.language, BY_MERGE
            )
            for one in consents(session, stays.member_id)
            if one.withdrawn_at is None and (one.purpose, one.recipient) in withdrawn
        ],
        now,
    )
    stays.unwanted_letters = sorted({*stays.unwanted_letters, *gone.unwanted_letters})
    session.flush()
