"""The rows that slow down who guesses, and those of links and challenges, each good for once."""

import hmac
import secrets
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from loyalty.errors import LinkOver, TriedTooOften
from loyalty.staff.factors import SECRET_BYTES, digest
from loyalty.staff.models import StaffAccount, StaffChallenge, StaffLink, StaffTries
from loyalty.staff.waiting import (
    ANYWHERE_MOST,
    FORGOTTEN,
    FREE,
    FREE_ANYWHERE,
    FREE_OF_ALL,
    HERE_MOST,
    wait_after,
)
from loyalty.tables import drop_some

MISSES_FORGOTTEN = timedelta(minutes=10)
FREE_MISSES = 20  #: looks for members that found nobody
MISSES_MOST = timedelta(minutes=15)  #: the longest wait after too many of them
SET_UP_LASTS = timedelta(hours=24)
LINK_LASTS = timedelta(hours=72)
CHALLENGE_LASTS = timedelta(minutes=5)


def take_try(session: Session, key: bytes, email: str, address: str, now: datetime) -> None:
    """Count a try at an account before it is judged; whether there is such an account does not matter.

    Raises TriedTooOften, with `seconds`; then it is not counted.
    """
    for name, free, most in _counted(email, address):
        row = _tries(session, _keyed(key, name), now)
        if now < row.free_at:
            raise TriedTooOften(seconds=ceil((row.free_at - now).total_seconds()))
        row.tries = 1 if row.free_at + FORGOTTEN <= now else row.tries + 1
        row.free_at = now + wait_after(row.tries, free, most)
    session.flush()


def forgive(session: Session, key: bytes, email: str, address: str) -> None:
    """Who told both factors starts anew."""
    names = [_keyed(key, name) for name, *_ in _counted(email, address)]
    session.execute(delete(StaffTries).where(StaffTries.digest.in_(names)))


def check_looking(session: Session, key: bytes, account_id: int, now: datetime) -> None:
    """Raises TriedTooOften, with `seconds`, for who looked in vain for too many members just now."""
    row = session.get(StaffTries, _keyed(key, _looks_of(account_id)), populate_existing=True)
    if row is not None and now < row.free_at:
        raise TriedTooOften(seconds=ceil((row.free_at - now).total_seconds()))


def note_miss(session: Session, key: bytes, account_id: int, now: datetime) -> bool:
    """Count a look that found nobody; whether it is the first one that makes the colleague wait."""
    row = _tries(session, _keyed(key, _looks_of(account_id)), now)
    row.tries = 1 if row.free_at + MISSES_FORGOTTEN <= now else row.tries + 1
    row.free_at = now + wait_after(row.tries, FREE_MISSES, MISSES_MOST)
    session.flush()
    return row.tries == FREE_MISSES + 1


def make_link(session: Session, kind: str, account_id: int | None, now: datetime) -> str:
    """The token of a link that is good once; earlier ones of the same person are over."""
    same = StaffLink.account_id.is_(None) if account_id is None else StaffLink.account_id == account_id
    session.execute(update(StaffLink).where(same, StaffLink.used_at.is_(None)).values(used_at=now))
    token = secrets.token_urlsafe(SECRET_BYTES)
    until = now + (SET_UP_LASTS if kind == "set_up" else LINK_LASTS)
    session.add(
        StaffLink(digest=digest(token), kind=kind, account_id=account_id, made_at=now, expires_at=until)
    )
    session.flush()
    return token


def link(session: Session, token: str, now: datetime, *, use: bool = False) -> StaffLink:
    """The link of a token, used up where it is for good. Raises LinkOver, for a disabled colleague's too."""
    asked = select(StaffLink).where(StaffLink.digest == digest(token))
    row = session.scalar(asked.with_for_update() if use else asked)
    if row is None or row.used_at is not None or now >= row.expires_at:
        raise LinkOver
    if row.account_id is not None:
        who = session.get_one(StaffAccount, row.account_id)
        if who.disabled_at is not None:
            raise LinkOver
    if use:
        row.used_at = now
        session.flush()
    return row


def fresh_challenge(session: Session, now: datetime) -> bytes:
    """What a passkey is asked to sign, once, within five minutes."""
    session.execute(delete(StaffChallenge).where(StaffChallenge.expires_at <= now))
    challenge = secrets.token_bytes(SECRET_BYTES)
    session.add(StaffChallenge(digest=digest(challenge.hex()), expires_at=now + CHALLENGE_LASTS))
    session.flush()
    return challenge


def take_challenge(session: Session, challenge: bytes, now: datetime) -> bool:
    """Use a challenge up; False where it was not waited for."""
    mine = (StaffChallenge.digest == digest(challenge.hex())) & (StaffChallenge.expires_at > now)
    taken = session.execute(delete(StaffChallenge).where(mine).returning(StaffChallenge.digest))
    return taken.first() is not None


def forget_tries(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` of each: what makes nobody wait any more, links over for long; how many."""
    tries = drop_some(session, StaffTries, limit, StaffTries.free_at <= now - FORGOTTEN)
    return tries + drop_some(session, StaffLink, limit, StaffLink.expires_at <= now - timedelta(days=30))


def _counted(email: str, address: str) -> tuple[tuple[str, int, timedelta], ...]:
    """What a try counts for: the name of each, how many are free, the longest wait."""
    return (
        (f"{email} from {address}", FREE, HERE_MOST),
        (f"{email} from anywhere", FREE_ANYWHERE, ANYWHERE_MOST),
        (f"anybody from {address}", FREE_OF_ALL, ANYWHERE_MOST),
    )


def _looks_of(account_id: int) -> str:
    return f"looks of {account_id}"


def _tries(session: Session, name: str, now: datetime) -> StaffTries:
    """The row of a name, locked; made where there is none."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    fresh = postgresql.insert(StaffTries) if is_postgresql else sqlite.insert(StaffTries)
    session.execute(fresh.values(digest=name, tries=0, free_at=now).on_conflict_do_nothing())
    asked = select(StaffTries).where(StaffTries.digest == name).with_for_update()
    return session.scalars(asked, execution_options={"populate_existing": True}).one()


def _keyed(key: bytes, name: str) -> str:
    return hmac.digest(key, name.encode("utf-8", "surrogatepass"), "sha256").hex()
