"""The rows of keys, and of the nonces of signed requests."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from loyalty.access.models import ApiKey, Nonce
from loyalty.access.secrets import PREFIX_BYTES, SECRET_BYTES, Grant, digest, fresh_key
from loyalty.errors import NotFound, TwoLiveKeys
from loyalty.ids import new_id
from loyalty.tables import drop_some

MOST_LIVE_KEYS = 2  #: of a client that rotates: one in use and one to change to
MOST_GUESSES = 100  #: a key that asked for so many unknown cards is locked until its ten minutes end
GUESSING_LASTS = timedelta(minutes=10)  #: for so long guesses are counted together


def add_key(
    session: Session, now: datetime, grant: Grant, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key and keep its digest; the text is known to the caller alone, now and never again."""
    key = fresh_key(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
    row = ApiKey(key_id=new_id(now), prefix=key.prefix, digest=digest(key.whole), **asdict(grant))
    row.terminals, row.scopes = list(grant.terminals), sorted(set(grant.scopes))
    row.created_at, row.expires_at, row.guesses = now, expires_at, 0
    session.add(row)
    session.flush()
    return row, key.whole


def key_by_prefix(session: Session, prefix: str) -> ApiKey | None:
    """The key that begins so, whatever its state."""
    return session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Every key ever made, oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.key_id)).all()


def newest_keys(
    session: Session, live_at: datetime | None, before: int | None, limit: int
) -> Sequence[ApiKey]:
    """Up to `limit` keys, the newest first, below the id `before`; those accepted at an instant, or any."""
    found = select(ApiKey).order_by(ApiKey.key_id.desc()).limit(limit)
    if live_at is not None:
        lasts = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > live_at)
        found = found.where(ApiKey.revoked_at.is_(None), lasts)
    return session.scalars(found if before is None else found.where(ApiKey.key_id < before)).all()


def live_at_places(session: Session, places: Sequence[str], now: datetime) -> dict[str, list[ApiKey]]:
    """The keys of some places that are accepted at an instant, by place, the newest first."""
    lasts = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    live = select(ApiKey).where(ApiKey.place.in_(places), ApiKey.revoked_at.is_(None), lasts)
    found: dict[str, list[ApiKey]] = {}
    for key in session.scalars(live.order_by(ApiKey.key_id.desc())):
        found.setdefault(key.place or "", []).append(key)
    return found


def key_by_id(session: Session, key_id: int) -> ApiKey:
    """A key, whatever its state. Raises NotFound."""
    found = session.get(ApiKey, key_id)
    if found is None:
        raise NotFound
    return found


def rotate_key(
    session: Session, prefix: str, now: datetime, overlap: timedelta
) -> tuple[ApiKey, ApiKey, str]:
    """A second key like the live one that begins so, which dies when the overlap is over; both, and its text.

    The new key lives as long as the old one was given. Raises NotFound; TwoLiveKeys for a client that is
    changing its key already.
    """
    old = session.scalar(select(ApiKey).where(ApiKey.prefix == prefix).with_for_update())
    if old is None or not is_live(old, now):
        raise NotFound
    of_client = session.scalars(select(ApiKey).where(ApiKey.client == old.client, ApiKey.mode == old.mode))
    live = [key.prefix for key in of_client if is_live(key, now)]
    if len(live) >= MOST_LIVE_KEYS:
        raise TwoLiveKeys(client=old.client, prefixes=sorted(live))
    expires_at = None if old.expires_at is None else now + (old.expires_at - old.created_at)
    new, whole = add_key(session, now, grant_of(old), expires_at)
    old.expires_at = min(old.expires_at or now + overlap, now + overlap)
    session.flush()
    return old, new, whole


def grant_of(key: ApiKey) -> Grant:
    """What a key may do, for whom."""
    return Grant(
        key.client,
        key.store,
        tuple(key.terminals),
        tuple(key.scopes),
        key.mode,
        key.language,
        key.signed,
        key.place,
    )


def revoke_key(session: Session, prefix: str, now: datetime) -> tuple[ApiKey, bool]:
    """Accept the key no more, and whether it was accepted before. Raises NotFound."""
    key = key_by_prefix(session, prefix)
    if key is None:
        raise NotFound
    fresh = key.revoked_at is None
    key.revoked_at = key.revoked_at or now
    session.flush()
    return key, fresh


def mark_used(session: Session, key_id: int, on: date) -> None:
    """Note the day a key was last used on."""
    session.execute(update(ApiKey).where(ApiKey.key_id == key_id).values(last_used_on=on))


def count_guess(session: Session, key_id: int, now: datetime) -> tuple[int, datetime]:
    """Count one more unknown card of a key: how many there are in these ten minutes, and when they end."""
    over = or_(ApiKey.guessing_since.is_(None), ApiKey.guessing_since <= now - GUESSING_LASTS)
    counted = (
        update(ApiKey)
        .where(ApiKey.key_id == key_id)
        .values(
            guesses=case((over, 1), else_=ApiKey.guesses + 1),
            guessing_since=case((over, now), else_=ApiKey.guessing_since),
        )
        .returning(ApiKey.guesses, ApiKey.guessing_since)
    )
    guesses, since = session.execute(counted).one()
    return guesses, since + GUESSING_LASTS


def take_nonce(session: Session, key_id: int, value: str, now: datetime) -> bool:
    """Keep the nonce of a signed request; false when this key sent it before."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(Nonce) if dialect == "postgresql" else sqlite.insert(Nonce)
    kept = insert.values(key_id=key_id, value=value, seen_at=now).on_conflict_do_nothing()
    return session.execute(kept.returning(Nonce.key_id)).first() is not None


def forget_nonces(session: Session, before: datetime, limit: int) -> int:
    """Drop up to `limit` nonces of requests whose stamps pass no more; how many."""
    return drop_some(session, Nonce, limit, Nonce.seen_at < before)


def locked_until(key: ApiKey) -> datetime | None:
    """Until when a key asks for no member, after too many unknown ones; it may be over."""
    if key.guessing_since is None or key.guesses < MOST_GUESSES:
        return None
    return key.guessing_since + GUESSING_LASTS


def is_live(key: ApiKey, now: datetime) -> bool:
    """Whether a key is accepted at an instant."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
