"""The rows of one-time codes and of the logins they prove."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from loyalty.access.contacts import (
    AGAIN_WITHIN,
    CODE_LASTS,
    COUNTED,
    MOST_TRIES,
    PROOF_LASTS,
    Kind,
    free_at,
    fresh_digits,
    keyed,
)
from loyalty.access.models import Login, MemberSession, OneTimeCode
from loyalty.access.secrets import digest
from loyalty.errors import CodeExpired, LoginTaken, TooSoon
from loyalty.ids import new_id
from loyalty.tables import drop_some


@dataclass(frozen=True, slots=True)
class Asker:
    """Which browser asks for a code, from where; both are kept as digests alone."""

    browser: str  #: a secret that it alone holds
    address: str


def ask_code(
    session: Session, kind: Kind, contact: str, asker: Asker, key: bytes, now: datetime
) -> tuple[int, str]:
    """A code for a contact, in its one form, whoever's it is: the id of the asking, and the six digits.

    Raises TooSoon, with `seconds`; the same for contacts that are known and that are not.
    """
    of_contact, of_address = keyed(key, kind, contact), keyed(key, "address", asker.address)
    since = OneTimeCode.sent_at > now - COUNTED
    found = select(OneTimeCode.sent_at, OneTimeCode.contact, OneTimeCode.address).where(
        since, (OneTimeCode.contact == of_contact) | (OneTimeCode.address == of_address)
    )
    asked = session.execute(found).all()
    here = [one.sent_at for one in asked if (one.contact, one.address) == (of_contact, of_address)]
    elsewhere = [one.sent_at for one in asked if one.address != of_address]
    free = free_at(here, elsewhere, [one.sent_at for one in asked if one.address == of_address])
    if free is not None and now < free:
        raise TooSoon(seconds=ceil((free - now).total_seconds()))
    code_id, digits = new_id(now), fresh_digits(secrets.randbelow)
    session.add(
        OneTimeCode(
            code_id=code_id,
            browser=digest(asker.browser),
            contact=of_contact,
            address=of_address,
            kind=kind,
            code=_of(key, code_id, digits),
            sent_at=now,
            expires_at=now + CODE_LASTS,
            tries=0,
        )
    )
    return code_id, digits


def tell_code(
    session: Session, code_id: int, browser: str, digits: str, key: bytes, now: datetime
) -> int | None:
    """None if these are the digits of an asking of this browser; else how many tries are left.

    The caller commits either way: a wrong try counts. Raises CodeExpired where no try counts any more.
    """
    row = _asking(session, code_id, browser)
    if row.proven_at is not None or row.tries >= MOST_TRIES or now >= row.expires_at:
        raise CodeExpired
    row.tries += 1
    if not secrets.compare_digest(row.code, _of(key, code_id, digits)):
        return MOST_TRIES - row.tries
    row.proven_at = now
    return None


def check_proof(
    session: Session, code_id: int, browser: str, kind: Kind, contact: str, key: bytes, now: datetime
) -> OneTimeCode:
    """That this browser proved this contact, and did not use that yet. Raises CodeExpired."""
    row = _asking(session, code_id, browser)
    if row.proven_at is None or row.used_at is not None or now >= row.proven_at + PROOF_LASTS:
        raise CodeExpired
    if row.contact != keyed(key, kind, contact):
        raise CodeExpired
    return row


def use_proof(
    session: Session, code_id: int, browser: str, kind: Kind, contact: str, key: bytes, now: datetime
) -> None:
    """Use up, once, that this browser proved this contact. Raises CodeExpired."""
    check_proof(session, code_id, browser, kind, contact, key, now).used_at = now


def use_proof_again(
    session: Session, code_id: int, browser: str, kind: Kind, contact: str, key: bytes, now: datetime
) -> None:
    """The browser used its proof less than a minute ago, for the same. Raises CodeExpired."""
    row = _asking(session, code_id, browser)
    if row.used_at is None or now >= row.used_at + AGAIN_WITHIN or row.contact != keyed(key, kind, contact):
        raise CodeExpired


def login_of(session: Session, kind: Kind, contact: str, key: bytes) -> int | None:
    """The member who proved this contact to be theirs."""
    row = session.get(Login, keyed(key, kind, contact))
    return row.member_id if row else None


def take_login(
    session: Session,
    member_id: int,
    kind: Kind,
    contact: str,
    key: bytes,
    now: datetime,
    *,
    before: int | None,
) -> None:
    """Let a proven contact sign this member in, and nobody else; their earlier ones of the kind end.

    `before` is whose login it was when the caller judged that it may be taken. Raises LoginTaken where it
    has become somebody else's meanwhile.
    """
    session.execute(delete(Login).where(Login.member_id == member_id, Login.kind == kind))
    value = keyed(key, kind, contact)
    session.execute(delete(Login).where(Login.digest == value, Login.member_id == before))
    row = {"digest": value, "member_id": member_id, "kind": kind, "verified_at": now}
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(Login) if is_postgresql else sqlite.insert(Login)
    taken = insert.values(row).on_conflict_do_nothing().returning(Login.digest)
    if session.execute(taken).first() is None:
        raise LoginTaken


def forget_person(session: Session, member_id: int) -> None:
    """Nothing signs this member in any more; no device of theirs is known."""
    session.execute(delete(Login).where(Login.member_id == member_id))
    session.execute(delete(MemberSession).where(MemberSession.member_id == member_id))


def forget_one_time_codes(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` askings that neither can be told nor make others wait; how many."""
    return drop_some(session, OneTimeCode, limit, OneTimeCode.sent_at <= now - COUNTED)


def _asking(session: Session, code_id: int, browser: str) -> OneTimeCode:
    """An asking of this browser, locked. Raises CodeExpired."""
    asked = select(OneTimeCode).where(OneTimeCode.code_id == code_id).with_for_update()
    row = session.scalar(asked, execution_options={"populate_existing": True})
    if row is None or not secrets.compare_digest(row.browser, digest(browser)):
        raise CodeExpired
    return row


def _of(key: bytes, code_id: int, digits: str) -> str:
    return keyed(key, str(code_id), digits)
