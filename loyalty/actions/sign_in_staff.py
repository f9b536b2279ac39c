"""A colleague signs in: a password and then a second factor, or a passkey, which is both.

A try is counted in a transaction of its own before it is judged, so that tries at once are all counted; the
password is judged outside of any, for that takes long on purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, staff
from loyalty.errors import PasskeyRefused, SignInWrong
from loyalty.staff import Made, Site


@dataclass(frozen=True, slots=True)
class Browser:
    """What somebody signs in with: what it is called, where it asks from, and the keys of this copy."""

    device: str
    address: str
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Who an address is of, and what is kept of their password; nobody's where it is of nobody."""

    account_id: int | None
    password: str | None


def count_try(session: Session, email: str, browser: Browser, now: datetime) -> None:
    """Count a try before it is judged. Raises TriedTooOften."""
    staff.take_try(session, browser.keys[0], email, browser.address, now)


def known(session: Session, email: str) -> Known:
    """Whose password an address needs; nobody's for a colleague who may not sign in."""
    found = staff.account_by_email(session, email)
    if found is None or found.app is None or found.disabled_at is not None:
        return Known(None, None)
    return Known(found.account_id, found.password)


def begin(session: Session, who: Known, now: datetime) -> str:
    """The password was right: the secret by which the browser tells the second factor. Raises SignInWrong."""
    if who.account_id is None:
        raise SignInWrong
    row = staff.account(session, who.account_id, lock=True)
    if row.password != who.password or row.app is None or row.disabled_at is not None:
        raise SignInWrong
    return staff.begin_halfway(session, who.account_id, now)


def finish(session: Session, halfway: str, code: str, browser: Browser, now: datetime) -> str | None:
    """The second factor: the secret of a new session, or None for a wrong code, which was counted.

    The caller commits either way. Raises Unauthorised once the browser must begin anew, TriedTooOften.
    """
    account_id = staff.try_halfway(session, halfway, now)
    count_try(session, staff.account(session, account_id).email, browser, now)
    if not is_code_of(session, account_id, code, browser, now):
        return None
    staff.end_halfway(session, halfway)
    return come_in(session, account_id, browser, now)


def is_code_of(session: Session, account_id: int, code: str, browser: Browser, now: datetime) -> bool:
    """Whether this is a code of a colleague's app, or a recovery code; each is heard once."""
    row, told = staff.account(session, account_id, lock=True), staff.plain_code(code)
    if row.app is None or row.disabled_at is not None:
        return False
    turn = staff.turn_of(told, row.app, browser.keys, now, row.app_turn)
    if turn is not None:
        row.app_turn = turn
        session.flush()
        return True
    if not staff.use_recovery_code(session, account_id, told, now):
        return False
    who = staff.actor(account_id)
    acts.record(session, now, actor=who, kind="staff.recovery_code_used", subject=who)
    return True


def come_in_by_passkey(
    session: Session, site: Site, challenge: bytes, answer: Mapping[str, Any], browser: Browser, now: datetime
) -> str:
    """The secret of a new session for whoever's passkey was shown. Raises PasskeyRefused."""
    return come_in(session, passkey_shown(session, site, challenge, answer, now), browser, now)


def passkey_shown(
    session: Session, site: Site, challenge: bytes, answer: Mapping[str, Any], now: datetime
) -> int:
    """Whose passkey was shown for this challenge, which is then used up. Raises PasskeyRefused."""
    if not staff.take_challenge(session, challenge, now):
        raise PasskeyRefused
    name = str(answer.get("id", ""))
    key = staff.passkey_by_credential(session, name) if name.isascii() and name.isprintable() else None
    if key is None:
        raise PasskeyRefused
    uses = staff.shown(site, challenge, answer, Made(key.credential, key.public_key, key.uses))
    row = staff.account(session, key.account_id, lock=True)
    if uses is None or row.app is None or row.disabled_at is not None:
        raise PasskeyRefused
    key.uses, key.used_at = uses, now
    session.flush()
    return key.account_id


def prove_again(
    session: Session, secret: str, account_id: int, code: str, browser: Browser, now: datetime
) -> bool:
    """Who is signed in told the password again, and this code: their session is fresh if it is theirs."""
    if not is_code_of(session, account_id, code, browser, now):
        return False
    staff.forgive(session, browser.keys[0], staff.account(session, account_id).email, browser.address)
    staff.note(session, secret, now, proven=True)
    return True


def prove_by_passkey(
    session: Session,
    secret: str,
    account_id: int,
    site: Site,
    challenge: bytes,
    answer: Mapping[str, Any],
    now: datetime,
) -> None:
    """Who is signed in showed a passkey of theirs: their session is fresh. Raises PasskeyRefused."""
    if passkey_shown(session, site, challenge, answer, now) != account_id:
        raise PasskeyRefused
    staff.note(session, secret, now, proven=True)


def come_in(session: Session, account_id: int, browser: Browser, now: datetime) -> str:
    """The secret of a new session for who told both factors, or has just chosen them."""
    email = staff.account(session, account_id).email
    staff.forgive(session, browser.keys[0], email, browser.address)
    return staff.begin(session, account_id, browser.device, now)
