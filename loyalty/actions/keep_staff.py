"""An administrator keeps the accounts of colleagues; nobody their own, and somebody always stays one."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.actions.admit_staff import note_act
from loyalty.errors import OwnAccount
from loyalty.staff import Role


def change_roles(session: Session, account_id: int, roles: tuple[Role, ...], by: str, now: datetime) -> None:
    """Give a colleague these roles; where one goes, they are signed out everywhere.

    Raises NotFound, OwnAccount, LastAdministrator.
    """
    before = _others(session, account_id, by)
    if set(before) == set(roles):
        return
    staff.set_roles(session, account_id, roles)
    if set(before) - set(roles):
        staff.end_all(session, account_id, now)
    note_act(session, by, "staff.roles_changed", account_id, now, before=list(before), after=list(roles))


def disable(session: Session, account_id: int, by: str, now: datetime) -> None:
    """Let a colleague in no more, from the next request on.

    Raises NotFound, OwnAccount, LastAdministrator.
    """
    _others(session, account_id, by)
    staff.disable(session, account_id, now)
    staff.end_all(session, account_id, now)
    note_act(session, by, "staff.disabled", account_id, now)


def enable(session: Session, account_id: int, by: str, now: datetime) -> None:
    """Let a colleague in again, by what they signed in by before. Raises NotFound, OwnAccount."""
    _others(session, account_id, by)
    staff.enable(session, account_id)
    note_act(session, by, "staff.enabled", account_id, now)


def _others(session: Session, account_id: int, by: str) -> tuple[Role, ...]:
    """The roles of a colleague who is not who asks; nobody else changes administrators meanwhile."""
    staff.lock_administrators(session)
    staff.account(session, account_id, lock=True)
    if by == staff.actor(account_id):
        raise OwnAccount
    return staff.roles_of(session, account_id)
