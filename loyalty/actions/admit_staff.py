"""Somebody comes to work for the club: a link lets them choose what they sign in by, once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, staff
from loyalty.errors import AppCodeWrong, LinkOver, OwnAccount, PasswordWeak
from loyalty.staff import ROLES, Role, StaffLink


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody signs in by from now on: a password, and a code of the app they have just set up."""

    password: str
    app: str  #: its key, sealed
    code: str


def open_set_up(session: Session, by: str, now: datetime) -> str:
    """The token of a link for the first administrator; an earlier one is over. Raises LinkOver."""
    staff.lock_administrators(session)
    if staff.has_administrator(session):
        raise LinkOver
    acts.record(session, now, actor=by, kind="staff.set_up_opened", subject="staff")
    return staff.make_link(session, "set_up", None, now)


def invited_by(session: Session, token: str, now: datetime) -> StaffLink:
    """The link of a token, still to be used. Raises LinkOver, for set-up once there is an administrator."""
    found = staff.link(session, token, now)
    if found.account_id is None and staff.has_administrator(session):
        raise LinkOver
    return found


def set_up(
    session: Session,
    token: str,
    email: str,
    name: str,
    chosen: Chosen,
    keys: tuple[bytes, ...],
    now: datetime,
) -> tuple[int, list[str]]:
    """The first administrator, who has every role, and their recovery codes.

    Raises LinkOver, PasswordWeak, AppCodeWrong, StaffKnown.
    """
    staff.lock_administrators(session)
    if staff.has_administrator(session) or staff.link(session, token, now, use=True).account_id is not None:
        raise LinkOver
    account_id = staff.add_account(session, email, name, ROLES, now)
    codes = _choose(session, account_id, chosen, keys, now)
    note_act(session, staff.actor(account_id), "staff.set_up", account_id, now)
    return account_id, codes


def accept(
    session: Session, token: str, chosen: Chosen, keys: tuple[bytes, ...], now: datetime
) -> tuple[int, list[str]]:
    """Whoever was invited, or is to choose anew, and their recovery codes.

    Raises LinkOver, PasswordWeak, AppCodeWrong.
    """
    account_id = staff.link(session, token, now, use=True).account_id
    if account_id is None:
        raise LinkOver
    codes = _choose(session, account_id, chosen, keys, now)
    staff.end_all(session, account_id, now)
    note_act(session, staff.actor(account_id), "staff.accepted", account_id, now)
    return account_id, codes


def invite(
    session: Session, email: str, name: str, roles: tuple[Role, ...], by: str, now: datetime
) -> tuple[int, str]:
    """A colleague who has yet to accept, and the token of their link. Raises StaffKnown."""
    account_id = staff.add_account(session, email, name, roles, now)
    note_act(session, by, "staff.invited", account_id, now, roles=list(roles))
    return account_id, staff.make_link(session, "invitation", account_id, now)


def reset(session: Session, account_id: int, by: str, now: datetime) -> str:
    """Take what a colleague signs in by, and end where they are: the token of a link to choose anew.

    Their password stays, and opens nothing by itself. Raises NotFound, OwnAccount.
    """
    has_accepted = staff.account(session, account_id, lock=True).accepted_at is not None
    if by == staff.actor(account_id):
        raise OwnAccount
    staff.take_factors(session, account_id)
    staff.end_all(session, account_id, now)
    note_act(session, by, "staff.reset", account_id, now)
    return staff.make_link(session, "reset" if has_accepted else "invitation", account_id, now)


def check_password(password: str, *about: str) -> None:
    """That a password will do. Raises PasswordWeak."""
    if (why := staff.weakness(password, *about)) is not None:
        raise PasswordWeak(why=why)


def note_act(session: Session, by: str, kind: str, whom: int, now: datetime, **content: object) -> None:
    """Add what was done to a colleague to the chain of acts."""
    acts.record(session, now, actor=by, kind=kind, subject=staff.actor(whom), content=content)


def _choose(
    session: Session, account_id: int, chosen: Chosen, keys: tuple[bytes, ...], now: datetime
) -> list[str]:
    row = staff.account(session, account_id, lock=True)
    check_password(chosen.password, row.email, row.name)
    turn = staff.turn_of(staff.plain_code(chosen.code), chosen.app, keys, now, 0)
    if turn is None:
        raise AppCodeWrong
    staff.take_factors(session, account_id)
    staff.set_password(session, account_id, staff.sealed(chosen.password), now)
    staff.set_app(session, account_id, chosen.app, turn)
    codes = staff.fresh_recovery_codes()
    staff.set_recovery_codes(session, account_id, codes)
    return codes
