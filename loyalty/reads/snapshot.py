"""Loading one member as a decision must find them: locked for a writer, or as of an instant for a reader."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from loyalty import calendar, ledger, members, tiers
from loyalty.decide import measuring
from loyalty.decide.ageing import acted, aged, ordered
from loyalty.decide.needs import needs
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.ledger import Expiry, Lifetime, next_due
from loyalty.tables import table_of

_STANDING, _TERM = table_of(tiers.Standing), table_of(tiers.TermRow)
_MEMBER, _PERSON = table_of(members.Member), table_of(members.Person)
_LOOK = (
    select(
        *tiers.STAND_COLUMNS,
        *tiers.TERM_COLUMNS,
        _MEMBER.c.enrolled_at,
        _PERSON.c.birth_date,
        _MEMBER.c.attributes,
    )
    .join(_MEMBER, _MEMBER.c.member_id == _STANDING.c.member_id)
    .outerjoin(_PERSON, _PERSON.c.member_id == _STANDING.c.member_id)
    .outerjoin(_TERM, (_TERM.c.member_id == _STANDING.c.member_id) & _TERM.c.ended_at.is_(None))
    .where(_STANDING.c.member_id == bindparam("of_member"))
    .order_by(_TERM.c.term_no)
)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a reader finds in one statement; `asked` is as `members.asked_of` tells it."""

    stand: tiers.Stand
    terms: tuple[tiers.Term, ...]
    asked: tuple[datetime, date | None, dict[str, Any]]


def load(
    session: Session,
    editions: Editions,
    member_id: int,
    now: datetime,
    *,
    locked: bool = False,
    since: datetime | None = None,
) -> tuple[Snapshot, tiers.Stand]:
    """A member as booked now, not yet advanced; `since` also loads the terms and days that reach past it.

    `locked` takes the member first: standing, then accounts (the lock order). Raises NotFound; for a
    writer AccountStopped, and BooksDisturbed where the member's rows do not fit together.
    """
    # A writer takes the lock in a statement of its own; who only looks reads what it can in one.
    looked = None if locked or since is not None else _look(session, member_id)
    stand = looked.stand if looked else tiers.stand(session, member_id, locked=locked)
    if stand is None:
        raise NotFound
    if locked and stand.stopped_at is not None:
        raise AccountStopped
    accounts = ledger.accounts(session, member_id, lifetime(editions), locked=locked)
    terms = looked.terms if looked else tiers.terms_since(session, member_id, since)
    enrolled_at, birth_date, attributes = looked.asked if looked else members.asked_of(session, member_id)
    if terms:  # none before joining is decided
        accounts = {
            unit: ordered(editions, aged(editions, account, terms[-1], enrolled_at), now)
            for unit, account in accounts.items()
        }
    dues = [stand.due_at, since, *(next_due(account, editions.zone) for account in accounts.values())]
    earliest = min([now, *(due for due in dues if due is not None)])
    need = needs(editions, earliest, now, measuring.since(terms[-1]) if terms else None)
    tally = ledger.tally(session, member_id, need.units, need.since)
    snapshot = Snapshot(member_id, enrolled_at, birth_date, accounts, tally, terms, attributes=attributes)
    return snapshot, stand


def load_as_of(session: Session, editions: Editions, member_id: int, at: datetime) -> Snapshot:
    """A member from the rows booked by a past instant, not yet advanced to it. Raises NotFound."""
    terms = tiers.terms_as_of(session, member_id, at)
    if not terms:
        raise NotFound
    enrolled_at, birth_date, attributes = members.asked_of(session, member_id)
    accounts = ledger.accounts_as_of(session, member_id, at, lifetime(editions))
    last_act = ledger.last_act(session, member_id, at)
    for unit, account in accounts.items():
        known = acted(editions, account, calendar.local_day(last_act, editions.zone)) if last_act else account
        accounts[unit] = ordered(editions, aged(editions, known, terms[-1], enrolled_at), at)
    tally = ledger.tally_as_of(session, member_id, at)
    return Snapshot(member_id, enrolled_at, birth_date, accounts, tally, terms, attributes=attributes)


def _look(session: Session, member_id: int) -> _Looked | None:
    """A member's standing, running term and what rules ask for, in one statement; None for nobody."""
    rows = session.execute(_LOOK, {"of_member": member_id}).all()
    if not rows:
        return None
    stands, terms = len(tiers.STAND_COLUMNS), len(tiers.STAND_COLUMNS) + len(tiers.TERM_COLUMNS)
    running = tuple(tiers.term_of(row[stands:terms]) for row in rows if row[stands] is not None)
    enrolled_at, birth_date, attributes = rows[0][terms:]
    return _Looked(tiers.Stand(*rows[0][:stands]), running, (enrolled_at, birth_date, attributes))


def lifetime(editions: Editions) -> Lifetime:
    """How long the lots of a unit live, by the edition that promised them."""

    def of(edition: int, unit: str) -> Expiry:
        return editions.number(edition).programme.units[unit].expiry

    return of
