"""The rows of colleagues: who they are, their roles, what they sign in by."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from loyalty.errors import LastAdministrator, NotFound, StaffKnown
from loyalty.ids import from_text, new_id, to_text
from loyalty.staff.factors import digest, plain_code
from loyalty.staff.models import StaffAccount, StaffPasskey, StaffRecoveryCode, StaffRole
from loyalty.staff.passkeys import Made
from loyalty.staff.roles import ADMINISTRATOR, Role, known_roles

_ADMINISTRATORS_LOCK = 0x5354414646  # any number that nobody else locks; the trigger takes the same


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague as the list of people shows them."""

    account_id: int
    email: str
    name: str
    roles: tuple[Role, ...]
    created_at: datetime
    accepted_at: datetime | None
    disabled_at: datetime | None
    has_app: bool


def actor(account_id: int) -> str:
    """Who a colleague is in the chain of acts, and for what is asked by them."""
    return f"staff:{to_text(account_id)}"


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """What actors are called: a colleague by their name, anybody else by what they are known as."""
    told = set(actors)
    known = {found for one in told if (found := account_of(one)) is not None}
    if not known:
        return {one: one for one in told}
    query = select(StaffAccount.account_id, StaffAccount.name).where(StaffAccount.account_id.in_(known))
    names = {actor(account_id): name for account_id, name in session.execute(query)}
    return {one: names.get(one, one) for one in told}


def account_of(actor: str) -> int | None:
    """The account behind such a name; None where it names no colleague."""
    kind, _, name = actor.partition(":")
    return from_text(name) if kind == "staff" else None


def add_account(session: Session, email: str, name: str, roles: Collection[Role], now: datetime) -> int:
    """A colleague who has yet to choose what they sign in by. Raises StaffKnown."""
    account_id = new_id(now)
    row = {"account_id": account_id, "email": email, "name": name, "app_turn": 0, "created_at": now}
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    fresh = postgresql.insert(StaffAccount) if is_postgresql else sqlite.insert(StaffAccount)
    taken = fresh.values(row).on_conflict_do_nothing().returning(StaffAccount.account_id)
    if session.execute(taken).first() is None:
        raise StaffKnown
    _give(session, account_id, roles)
    return account_id


def account_by_email(session: Session, email: str) -> StaffAccount | None:
    """Whoever signs in by this address, in its one form."""
    return session.scalar(select(StaffAccount).where(StaffAccount.email == email))


def account(session: Session, account_id: int, *, lock: bool = False) -> StaffAccount:
    """A colleague's row, locked where it is to change. Raises NotFound."""
    asked = select(StaffAccount).where(StaffAccount.account_id == account_id)
    # Locked, it is read anew: what this transaction saw before may have changed since.
    found = session.scalar(
        asked.with_for_update() if lock else asked, execution_options={"populate_existing": lock}
    )
    if found is None:
        raise NotFound
    return found


def names(session: Session) -> dict[int, str]:
    """What everybody is called, by account."""
    return dict(session.execute(select(StaffAccount.account_id, StaffAccount.name)).tuples().all())


def colleagues(session: Session) -> list[Colleague]:
    """Everybody, by name."""
    given: dict[int, list[str]] = {}
    for row in session.execute(select(StaffRole.account_id, StaffRole.role)):
        given.setdefault(row.account_id, []).append(row.role)
    rows = session.scalars(select(StaffAccount).order_by(StaffAccount.name, StaffAccount.account_id))
    return [_colleague(row, given.get(row.account_id, [])) for row in rows]


def colleague(session: Session, account_id: int) -> Colleague:
    """One of them. Raises NotFound."""
    return _colleague(account(session, account_id), roles_of(session, account_id))


def roles_of(session: Session, account_id: int) -> tuple[Role, ...]:
    """The roles that a colleague has."""
    return known_roles(set(session.scalars(select(StaffRole.role).where(StaffRole.account_id == account_id))))


def set_roles(session: Session, account_id: int, roles: Collection[Role]) -> None:
    """Give a colleague these roles and no others. Raises LastAdministrator."""
    if ADMINISTRATOR not in roles:
        _keep_another(session, account_id)
    session.execute(delete(StaffRole).where(StaffRole.account_id == account_id, StaffRole.role.not_in(roles)))
    had = set(roles_of(session, account_id))
    _give(session, account_id, [role for role in roles if role not in had])


def disable(session: Session, account_id: int, now: datetime) -> None:
    """Let a colleague in no more. Raises LastAdministrator."""
    _keep_another(session, account_id)
    row = account(session, account_id, lock=True)
    row.disabled_at = row.disabled_at or now
    session.flush()


def enable(session: Session, account_id: int) -> None:
    """Let a colleague in again."""
    account(session, account_id, lock=True).disabled_at = None
    session.flush()


def has_administrator(session: Session) -> bool:
    """Whether somebody can sign in who keeps the others' accounts."""
    return bool(_administrators(session))


def lock_administrators(session: Session) -> None:
    """Let nobody else change who the administrators are until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_ADMINISTRATORS_LOCK})"))


def set_password(session: Session, account_id: int, kept: str, now: datetime) -> None:
    """Keep what was made of a colleague's password; with it they have accepted."""
    row = account(session, account_id, lock=True)
    row.password, row.accepted_at = kept, row.accepted_at or now
    session.flush()


def set_app(session: Session, account_id: int, app: str, turn: int) -> None:
    """Keep the sealed key of a colleague's app, whose code of this turn was told."""
    row = account(session, account_id, lock=True)
    row.app, row.app_turn = app, turn
    session.flush()


def take_factors(session: Session, account_id: int) -> None:
    """Take a colleague's second factors away: app, recovery codes, passkeys."""
    account(session, account_id, lock=True).app = None
    session.flush()
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.account_id == account_id))
    session.execute(delete(StaffPasskey).where(StaffPasskey.account_id == account_id))


def set_recovery_codes(session: Session, account_id: int, codes: Iterable[str]) -> None:
    """Keep the digests of a colleague's recovery codes, instead of all earlier ones."""
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.account_id == account_id))
    rows = [{"digest": digest(plain_code(code)), "account_id": account_id, "used_at": None} for code in codes]
    session.execute(insert(StaffRecoveryCode), rows)


def use_recovery_code(session: Session, account_id: int, code: str, now: datetime) -> bool:
    """Use up a recovery code of a colleague; False where it is none, or was used before."""
    mine = (StaffRecoveryCode.digest == digest(plain_code(code))) & (
        StaffRecoveryCode.account_id == account_id
    )
    unused = update(StaffRecoveryCode).where(mine, StaffRecoveryCode.used_at.is_(None))
    taken = session.execute(unused.values(used_at=now).returning(StaffRecoveryCode.digest))
    return taken.first() is not None


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes a colleague has not used yet."""
    unused = select(func.count()).where(
        StaffRecoveryCode.account_id == account_id, StaffRecoveryCode.used_at.is_(None)
    )
    return session.execute(unused).scalar_one()


def add_passkey(session: Session, account_id: int, made: Made, name: str, now: datetime) -> None:
    """Let a passkey sign a colleague in; one that is known already stays whose it is."""
    known = select(StaffPasskey.passkey_id).where(StaffPasskey.credential == made.credential)
    if session.scalar(known) is not None:
        return
    told = {"credential": made.credential, "public_key": made.public_key, "uses": made.uses, "name": name}
    session.add(StaffPasskey(passkey_id=new_id(now), account_id=account_id, added_at=now, **told))
    session.flush()


def passkeys_of(session: Session, account_id: int) -> Sequence[StaffPasskey]:
    """A colleague's passkeys, the first one first."""
    mine = select(StaffPasskey).where(StaffPasskey.account_id == account_id)
    return session.scalars(mine.order_by(StaffPasskey.passkey_id)).all()


def passkey_by_credential(session: Session, credential: str) -> StaffPasskey | None:
    """A passkey by the name that browsers know it by, locked."""
    asked = select(StaffPasskey).where(StaffPasskey.credential == credential)
    return session.scalar(asked.with_for_update())


def drop_passkey(session: Session, account_id: int, passkey_id: int) -> None:
    """Let a passkey of a colleague sign nobody in any more. Raises NotFound for somebody else's."""
    mine = (StaffPasskey.passkey_id == passkey_id) & (StaffPasskey.account_id == account_id)
    if session.execute(delete(StaffPasskey).where(mine).returning(StaffPasskey.passkey_id)).first() is None:
        raise NotFound


def _give(session: Session, account_id: int, roles: Collection[Role]) -> None:
    if roles:
        session.execute(insert(StaffRole), [{"account_id": account_id, "role": role} for role in roles])


def _keep_another(session: Session, account_id: int) -> None:
    """Raises LastAdministrator unless somebody else is one, or this colleague is none that counts."""
    lock_administrators(session)
    if _administrators(session) == {account_id}:
        raise LastAdministrator


def _administrators(session: Session) -> set[int]:
    able = (
        select(StaffAccount.account_id)
        .join(StaffRole, StaffRole.account_id == StaffAccount.account_id)
        .where(StaffRole.role == ADMINISTRATOR)
        .where(StaffAccount.accepted_at.is_not(None), StaffAccount.disabled_at.is_(None))
    )
    return set(session.scalars(able))


def _colleague(row: StaffAccount, roles: Collection[str]) -> Colleague:
    return Colleague(
        row.account_id,
        row.email,
        row.name,
        known_roles(roles),
        row.created_at,
        row.accepted_at,
        row.disabled_at,
        row.app is not None,
    )
