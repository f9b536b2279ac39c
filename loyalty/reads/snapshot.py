"""Loading one member for a look, as they are booked now or were by an instant; for writers see `locked`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from loyalty import calendar, ledger, members, tiers
from loyalty.calendar import BEGINNING
from loyalty.decide import measuring
from loyalty.decide.ageing import acted, aged, ordered
from loyalty.decide.needs import Needs, needs
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.ledger import Account, Expiry, Lifetime, next_due
from loyalty.members import Member, Person
from loyalty.tiers import Standing, TermRow


@dataclass(frozen=True, slots=True)
class Looked:
    """What one statement tells of a member: a page has few."""

    stand: tiers.Stand
    terms: tuple[tiers.Term, ...]
    enrolled_at: datetime
    birth_date: date | None
    attributes: dict[str, Any]
    also: tuple[Any, ...]  #: whatever else was asked for, a value a column


def load(
    session: Session,
    editions: Editions,
    member_id: int,
    now: datetime,
    *,
    every_term: bool = False,
    measured: bool = True,
    looked: Looked | None = None,
) -> tuple[Snapshot, tiers.Stand]:
    """A member as booked now, not yet advanced, for a look.

    `every_term` loads all terms there ever were; who does not ask what is `measured` is spared the tally,
    unless something is due that goes by it; who `looked` already is spared that statement. Raises NotFound.
    """
    seen = looked or look(session, member_id, BEGINNING if every_term else None)
    accounts = ledger.accounts(session, member_id, lifetime(editions))
    accounts = in_order(editions, accounts, seen.terms, seen.enrolled_at, now)
    need = needed(editions, seen.stand, accounts, seen.terms, None, now)
    units = need.units if measured or _is_due(editions, seen.stand, accounts, now) else frozenset[str]()
    tally = ledger.tally(session, member_id, units, need.since)
    told = (member_id, seen.enrolled_at, seen.birth_date, accounts, tally, seen.terms)
    return Snapshot(*told, {}, seen.attributes), seen.stand


def in_order(
    editions: Editions,
    accounts: dict[str, Account],
    terms: tuple[tiers.Term, ...],
    enrolled_at: datetime,
    now: datetime,
) -> dict[str, Account]:
    """Accounts with what of their lives the running term tells; none before joining is decided."""
    if not terms:
        return accounts
    return {
        unit: ordered(editions, aged(editions, account, terms[-1], enrolled_at), now)
        for unit, account in accounts.items()
    }


def _earliest(
    editions: Editions, stand: tiers.Stand, accounts: Mapping[str, Account], since: datetime | None
) -> datetime | None:
    """The first instant that a decision may have to look at."""
    dues = (stand.due_at, since, *(next_due(account, editions.zone) for account in accounts.values()))
    return min((due for due in dues if due is not None), default=None)


def _is_due(editions: Editions, stand: tiers.Stand, accounts: Mapping[str, Account], now: datetime) -> bool:
    earliest = _earliest(editions, stand, accounts, None)
    return earliest is not None and earliest < now


def needed(
    editions: Editions,
    stand: tiers.Stand,
    accounts: Mapping[str, Account],
    terms: tuple[tiers.Term, ...],
    since: datetime | None,
    now: datetime,
) -> Needs:
    """Which days of the tally a decision by now may have to look at."""
    earliest = _earliest(editions, stand, accounts, since)
    begun = measuring.since(terms[-1]) if terms else None
    return needs(editions, min(now, earliest or now), now, begun)


def load_as_of(session: Session, editions: Editions, member_id: int, at: datetime) -> Snapshot:
    """A member from the rows booked by a past instant, not yet advanced to it. Raises NotFound."""
    terms = tiers.terms_as_of(session, member_id, at)
    if not terms or not tiers.alive(session, {member_id}):
        raise NotFound
    enrolled_at, birth_date, attributes, _ = members.asked_of(session, member_id)
    accounts = ledger.accounts_as_of(session, member_id, at, lifetime(editions))
    last_act = ledger.last_act(session, member_id, at)
    for unit, account in accounts.items():
        known = acted(editions, account, calendar.local_day(last_act, editions.zone)) if last_act else account
        accounts[unit] = ordered(editions, aged(editions, known, terms[-1], enrolled_at), at)
    tally = ledger.tally_as_of(session, member_id, at)
    return Snapshot(member_id, enrolled_at, birth_date, accounts, tally, terms, attributes=attributes)


def look(session: Session, member_id: int, since: datetime | None, *also: Any) -> Looked:
    """Standing, the terms that reach past `since`, what rules ask for, and `also`. Raises NotFound."""
    mine = (TermRow.member_id == Standing.member_id) & TermRow.ended_at.is_(None)
    if since is not None:
        late = or_(TermRow.ended_at.is_(None), TermRow.ended_at > since)
        mine = (TermRow.member_id == Standing.member_id) & late
    asked = (
        select(Standing, TermRow, Member.enrolled_at, Person.birth_date, Member.attributes, *also)
        .join(Member, Member.member_id == Standing.member_id)
        .join(Person, Person.member_id == Standing.member_id)
        .outerjoin(TermRow, mine)
        .where(Standing.member_id == member_id)
        .order_by(TermRow.term_no)
    )
    rows = session.execute(asked, execution_options={"populate_existing": True}).all()
    if not rows:
        raise NotFound
    terms = tuple(tiers.term_of(row[1]) for row in rows if row[1] is not None)
    standing, _, enrolled_at, birth_date, attributes, *more = rows[0]
    return Looked(tiers.stand_of(standing), terms, enrolled_at, birth_date, attributes, tuple(more))


def lifetime(editions: Editions) -> Lifetime:
    """How long the lots of a unit live, by the edition that promised them."""

    def of(edition: int, unit: str) -> Expiry:
        return editions.number(edition).programme.units[unit].expiry

    return of
