"""A new member's books: accounts, a standing, the first term, and what joining itself earns."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ledger, members, tiers
from loyalty.actions.book import fresh_ids, take, write
from loyalty.decide.giving import limit_keys
from loyalty.decide.occasion import enrolment
from loyalty.decide.programme import Editions
from loyalty.members import Member


def open_books(
    session: Session,
    editions: Editions,
    member: Member,
    now: datetime,
    imported_at: datetime | None = None,
) -> None:
    """Open the books of a member just added, in the transaction that adds them."""
    open_empty_books(session, editions, member.member_id, now)
    limits = limit_keys(editions, "enrolment", now, member.member_id)
    taken = take(session, editions, member.member_id, now, limits=limits)
    referred = bool(members.references(session, member.member_id))
    outcome = enrolment(editions, taken.snapshot, now, fresh_ids(now), referred=referred)
    write(session, editions, taken, outcome, now, imported_at)


def open_empty_books(session: Session, editions: Editions, member_id: int, now: datetime) -> None:
    """A standing and accounts in which nothing stands yet."""
    tiers.open_standing(session, member_id)
    ledger.open_accounts(session, member_id, sorted(editions.at(now).programme.units))
