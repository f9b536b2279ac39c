"""Loading one member for a look, as they are booked now or were by an instant; for writers see `locked`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from loyalty.questions import Rows, ask
from loyalty.tiers import Stand, Standing, TermRow

ASKED = (*ledger.BOOKED, tiers.TERMS, members.KNOWN, ledger.TALLY)  #: see `asked`, `assembled`


@dataclass(frozen=True, slots=True)
class Seen:
    """A member as they are booked, for a look."""

    snapshot: Snapshot
    stand: Stand
    known: members.Known
    cards: members.Cards  #: those that were asked for


@dataclass(frozen=True, slots=True)
class Looked:
    """What one statement tells of a member: a page has few."""

    stand: Stand
    terms: tuple[tiers.Term, ...]
    enrolled_at: datetime
    birth_date: date | None
    attributes: dict[str, Any]
    also: tuple[Any, ...]  #: whatever else was asked for, a value a column


def load(
    session: Session, editions: Editions, member_id: int, now: datetime, *, every_term: bool = False
) -> tuple[Snapshot, Stand]:
    """A member as booked now, not yet advanced, for a look; `every_term` loads all terms there ever were.

    Raises NotFound.
    """
    found = see(session, editions, member_id, now, every_term=every_term)
    return found.snapshot, found.stand


def see(
    session: Session,
    editions: Editions,
    member_id: int,
    now: datetime,
    *,
    every_term: bool = False,
    follow: bool = False,
    cards: Sequence[str] = (),
) -> Seen:
    """The same, with what keeps them from acting, and these cards; to `follow` a merge leads to the survivor.

    Raises NotFound.
    """
    likely, since = needs(editions, now, now), BEGINNING if every_term else None
    standing, of_cards, *told = ask(
        session,
        (tiers.STANDING, members.CARDS, *ASKED),
        members=[member_id],
        cards=[*cards],
        **asked(likely, since),
    )
    stands = [Stand(*cells) for cells in standing]
    if not stands or stands[0].erased_at is not None:
        raise NotFound
    found = assembled(session, editions, stands, told, likely, None, now, checked=False)
    snapshot, known = found[member_id]
    if follow and known.merged_into is not None:
        return see(session, editions, known.merged_into, now, every_term=every_term, cards=cards)
    return Seen(replace(snapshot, merged_into=None), stands[0], known, members.known_cards(of_cards))


def asked(likely: Needs, terms_since: datetime | None) -> dict[str, Any]:
    """The values that ASKED is asked with, beside `members`."""
    return {
        "terms_since": terms_since,
        "tally_units": sorted(likely.units),
        "tally_since": likely.since,
    }


def assembled(
    session: Session,
    editions: Editions,
    stands: Sequence[Stand],
    told: Sequence[Rows],
    likely: Needs,
    since: datetime | None,
    now: datetime,
    *,
    checked: bool,
) -> dict[int, tuple[Snapshot, members.Known]]:
    """Members from what ASKED was answered about `likely` days; `since` is how far back a fact may reach.

    Raises BooksDisturbed where a member's rows do not fit together, if they are `checked`.
    """
    *booked, terms, persons, days = told
    accounts = ledger.booked_accounts(booked, lifetime(editions), checked=checked)
    held, known = tiers.booked_terms(terms), members.known(persons)
    earned = ledger.booked_tally(days)
    found: dict[int, tuple[Snapshot, members.Known]] = {}
    for stand in stands:
        member_id, member = stand.member_id, known[stand.member_id]
        running = held.get(member_id, ())
        mine = _in_order(editions, accounts.get(member_id, {}), running, member.enrolled_at, now)
        need = _needed(editions, stand, mine, running, since, now)
        if need.since < likely.since or not need.units <= likely.units:
            tally = ledger.tally(session, member_id, need.units, need.since)
        else:
            tally = ledger.tally_within(earned.get(member_id, {}), need.units, need.since)
        whole = (member_id, member.enrolled_at, member.birth_date, mine, tally, running)
        found[member_id] = Snapshot(*whole, {}, member.attributes, member.merged_into), member
    return found


def _in_order(
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


def _needed(
    editions: Editions,
    stand: Stand,
    accounts: Mapping[str, Account],
    terms: tuple[tiers.Term, ...],
    since: datetime | None,
    now: datetime,
) -> Needs:
    """Which days of the tally a decision by now may have to look at."""
    dues = (stand.due_at, since, *(next_due(account, editions.zone) for account in accounts.values()))
    earliest = min((due for due in dues if due is not None), default=now)
    begun = measuring.since(terms[-1]) if terms else None
    return needs(editions, min(now, earliest), now, begun)


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
