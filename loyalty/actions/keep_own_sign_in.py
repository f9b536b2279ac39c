"""A colleague changes what they sign in by themselves, having told both factors a short while ago."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.actions.admit_staff import note_act
from loyalty.errors import AppCodeWrong, PasskeyRefused
from loyalty.staff import OnDuty, Site


def change_password(session: Session, who: OnDuty, kept: str, now: datetime) -> None:
    """Keep what was made of another password; they are signed out everywhere else."""
    staff.set_password(session, who.account_id, kept, now)
    staff.end_all(session, who.account_id, now, but=who.session_id)
    _note(session, who, "staff.password_changed", now)


def change_app(
    session: Session, who: OnDuty, app: str, code: str, keys: tuple[bytes, ...], now: datetime
) -> None:
    """Take another app, whose code is told; they are signed out everywhere else. Raises AppCodeWrong."""
    turn = staff.turn_of(staff.plain_code(code), app, keys, now, 0)
    if turn is None:
        raise AppCodeWrong
    staff.set_app(session, who.account_id, app, turn)
    staff.end_all(session, who.account_id, now, but=who.session_id)
    _note(session, who, "staff.app_changed", now)


def renew_recovery_codes(session: Session, who: OnDuty, now: datetime) -> list[str]:
    """Recovery codes instead of all earlier ones."""
    codes = staff.fresh_recovery_codes()
    staff.set_recovery_codes(session, who.account_id, codes)
    _note(session, who, "staff.recovery_codes_renewed", now)
    return codes


def add_passkey(
    session: Session,
    who: OnDuty,
    site: Site,
    challenge: bytes,
    answer: Mapping[str, Any],
    name: str,
    now: datetime,
) -> None:
    """Let a passkey that was made for this challenge sign them in. Raises PasskeyRefused."""
    found = staff.made(site, challenge, answer) if staff.take_challenge(session, challenge, now) else None
    if found is None:
        raise PasskeyRefused
    staff.add_passkey(session, who.account_id, found, name, now)
    _note(session, who, "staff.passkey_added", now)


def drop_passkey(session: Session, who: OnDuty, passkey_id: int, now: datetime) -> None:
    """Let a passkey of theirs sign nobody in any more. Raises NotFound for somebody else's."""
    staff.drop_passkey(session, who.account_id, passkey_id)
    _note(session, who, "staff.passkey_dropped", now)


def _note(session: Session, who: OnDuty, kind: str, now: datetime) -> None:
    note_act(session, who.actor, kind, who.account_id, now)
