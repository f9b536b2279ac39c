"""Loading one member as a decision must find them: locked for a writer, or as of an instant for a reader."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import calendar, ledger, members, tiers
from loyalty.decide import measuring
from loyalty.decide.ageing import acted, aged, ordered
from loyalty.decide.needs import needs
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.ledger import Expiry, Lifetime, next_due


def load(
    session: Session,
    editions: Editions,
    member_id: int,
    now: datetime,
    *,
    locked: bool = False,
    even_erased: bool = False,
    since: datetime | None = None,
) -> tuple[Snapshot, tiers.Stand]:
    """A member as booked now, not yet advanced; `since` also loads the terms and days that reach past it.

    `locked` takes the member first: standing, then accounts (the lock order). Raises NotFound, also for
    whoever was forgotten, unless the clock alone acts (`even_erased`); for a writer AccountStopped, and
    BooksDisturbed where the member's rows do not fit together.
    """
    stand = tiers.stand(session, member_id, locked=locked)
    if stand is None or (stand.erased_at is not None and not even_erased):
        raise NotFound
    if locked and stand.stopped_at is not None:
        raise AccountStopped
    accounts = ledger.accounts(session, member_id, lifetime(editions), locked=locked)
    terms = tiers.terms_since(session, member_id, since)
    enrolled_at, birth_date, attributes = members.asked_of(session, member_id)
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
    if not terms or not tiers.alive(session, {member_id}):
        raise NotFound
    enrolled_at, birth_date, attributes = members.asked_of(session, member_id)
    accounts = ledger.accounts_as_of(session, member_id, at, lifetime(editions))
    last_act = ledger.last_act(session, member_id, at)
    for unit, account in accounts.items():
        known = acted(editions, account, calendar.local_day(last_act, editions.zone)) if last_act else account
        accounts[unit] = ordered(editions, aged(editions, known, terms[-1], enrolled_at), at)
    tally = ledger.tally_as_of(session, member_id, at)
    return Snapshot(member_id, enrolled_at, birth_date, accounts, tally, terms, attributes=attributes)


def lifetime(editions: Editions) -> Lifetime:
    """How long the lots of a unit live, by the edition that promised them."""

    def of(edition: int, unit: str) -> Expiry:
        return editions.number(edition).programme.units[unit].expiry

    return of
