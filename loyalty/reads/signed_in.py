"""Who is signed in to the members' pages by a browser: one look for every page's head."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import access, members
from loyalty.access import MemberSession
from loyalty.errors import Unauthorised
from loyalty.members import Card, Member, Person, SpendGuard, who_may

SEEN_EVERY = timedelta(minutes=1)  #: so often it is noted that a browser still asks


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member behind a browser's secret, with what every page shows of them."""

    member_id: int
    session_id: int
    name: str
    state: str
    locale: str | None
    version: int
    card_number: str | None
    card_blocked: bool
    guard: SpendGuard
    seen_at: datetime
    proven_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether a one-time code was told a short while ago."""
        return now < self.proven_at + access.FRESH


def signed_in(session: Session, secret: str, now: datetime) -> SignedIn:
    """Who the browser with this secret is. Raises Unauthorised."""
    asked = (
        select(MemberSession, Member, Person.name, Card)
        .join(Member, Member.member_id == MemberSession.member_id)
        .join(Person, Person.member_id == Member.member_id)
        .outerjoin(Card, (Card.member_id == Member.member_id) & Card.ended_at.is_(None))
        .where(MemberSession.digest == access.digest(secret), access.session_lasts(now))
        .where(Member.state.in_(who_may("look")))
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        raise Unauthorised
    row, member, name, card = found
    return SignedIn(
        member.member_id,
        row.session_id,
        name,
        member.state,
        member.locale,
        member.version,
        card.number if card else None,
        card is not None and card.blocked_at is not None,
        members.spend_guard(member),
        row.seen_at,
        row.proven_at,
    )
