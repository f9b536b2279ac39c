"""The rows of keys."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from loyalty.access.models import ApiKey
from loyalty.access.secrets import PREFIX_BYTES, SECRET_BYTES, Scope, digest, fresh_key
from loyalty.errors import NotFound
from loyalty.ids import new_id


def add_key(
    session: Session,
    now: datetime,
    *,
    client: str,
    terminal: str,
    scopes: Iterable[Scope],
    mode: str = "live",
    language: str = "zh",
    expires_at: datetime | None = None,
) -> str:
    """Make a key and keep its digest; the text is known to the caller alone, now and never again."""
    key = fresh_key(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
    session.add(
        ApiKey(
            key_id=new_id(now),
            prefix=key.prefix,
            digest=digest(key.whole),
            client=client,
            terminal=terminal,
            scopes=sorted(set(scopes)),
            mode=mode,
            language=language,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return key.whole


def key_by_prefix(session: Session, prefix: str) -> ApiKey | None:
    """The key that begins so, whatever its state."""
    return session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Every key ever made, oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.key_id)).all()


def revoke_key(session: Session, prefix: str, now: datetime) -> ApiKey:
    """Accept the key no more; revoking it again changes nothing. Raises NotFound."""
    key = key_by_prefix(session, prefix)
    if key is None:
        raise NotFound
    key.revoked_at = key.revoked_at or now
    session.flush()
    return key


def mark_used(session: Session, key_id: int, on: date) -> None:
    """Note the day a key was last used on."""
    session.execute(update(ApiKey).where(ApiKey.key_id == key_id).values(last_used_on=on))
