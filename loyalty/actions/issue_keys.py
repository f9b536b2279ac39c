"""Keys are made, changed, ended by an operator; each act is a line in the chain of acts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import access, acts, benefits
from loyalty.access import ApiKey, Wanted
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.errors import NotFound


def issue_keys(session: Session, asked: Sequence[Wanted], by: str, now: datetime) -> list[str]:
    """Make these keys, all or none; their texts, in order, are known to the caller alone.

    Raises NotFound for the key of a place that is not open.
    """
    made = []
    for one in asked:
        _check_place(session, one.grant.place)
        row, key = access.add_key(session, now, one.grant, one.expires_at)
        _record(session, "key.made", row, by, now, terminals=row.terminals, scopes=row.scopes, mode=row.mode)
        made.append(key)
    return made


def issue_key(session: Session, one: Wanted, asking: Asking) -> str | None:
    """Make a key, once for the asking's key; its text, or None where it was made before: it is not kept.

    Raises NotFound for the key of a place that is not open, KeyMissing, KeyReused.
    """
    made: list[str] = []

    def do() -> Told:
        made.extend(issue_keys(session, [one], asking.client, asking.now))
        return Told({})

    once(session, Wish("key", asking, None, asdict(one)), do)
    return made[0] if made else None


def rotate_key(
    session: Session, prefix: str, overlap: timedelta, by: str, now: datetime
) -> tuple[ApiKey, str]:
    """A second key like the one that begins so, which ends after the overlap; both.

    Raises NotFound, TwoLiveKeys.
    """
    old, new, key = access.rotate_key(session, prefix, now, overlap)
    _record(session, "key.rotated", old, by, now, to=new.prefix, accepted_until=old.expires_at)
    return old, key


def revoke_key(session: Session, prefix: str, by: str, now: datetime) -> None:
    """Accept a key no more; doing it again changes nothing. Raises NotFound."""
    row, fresh = access.revoke_key(session, prefix, now)
    if fresh:
        _record(session, "key.revoked", row, by, now)


def _check_place(session: Session, code: str | None) -> None:
    try:
        if code is not None:
            benefits.place(session, code)
    except NotFound:
        raise NotFound(place=code) from None


def _record(session: Session, kind: str, row: ApiKey, by: str, now: datetime, **more: object) -> None:
    told = {"client": row.client, "store": row.store, "place": row.place, **more}
    acts.record(session, now, actor=by, kind=kind, subject=row.prefix, content=told)
