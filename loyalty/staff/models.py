"""The tables of staff: who they are, what they may do, what they sign in by, where they are signed in."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.staff.roles import ROLES
from loyalty.tables import Base, Moment, one_of

LINKS = ("set_up", "invitation", "reset")


class StaffAccount(Base):
    """A colleague. Without a password until they have accepted; an app's key says that it is set up."""

    __tablename__ = "staff_account"

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # in its one form: what they sign in by
    name: Mapped[str] = mapped_column(String(80))
    password: Mapped[str | None] = mapped_column(String(200))  # argon2id
    app: Mapped[str | None] = mapped_column(String(400))  # the key of the codes' app, sealed
    app_turn: Mapped[int] = mapped_column(BigInteger)  # of the last code told: none is heard twice
    created_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("(accepted_at IS NULL) = (password IS NULL)", name="accepted_with_password"),
        CheckConstraint("app IS NULL OR password IS NOT NULL", name="app_with_password"),
    )


class StaffRole(Base):
    """A role that a colleague has. The last administrator's stays, for as long as nobody else has it."""

    __tablename__ = "staff_role"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("staff_account.account_id"), primary_key=True, autoincrement=False
    )
    role: Mapped[str] = mapped_column(String(20), primary_key=True)

    __table_args__ = (CheckConstraint(one_of("role", ROLES), name="role_known"),)


class StaffRecoveryCode(Base):
    """A code that stands in for the app, once; its digest alone is kept."""

    __tablename__ = "staff_recovery_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff_account.account_id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffPasskey(Base):
    """A passkey of a colleague: its name and its public key in base64url."""

    __tablename__ = "staff_passkey"

    passkey_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff_account.account_id"), index=True)
    credential: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(4000))
    uses: Mapped[int] = mapped_column(BigInteger)  # as the passkey itself counts; many never do
    name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffSession(Base):
    """A colleague is signed in by a browser, which holds a secret; its digest alone is kept."""

    __tablename__ = "staff_session"

    session_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff_account.account_id"), index=True)
    device: Mapped[str] = mapped_column(String(80))
    began_at: Mapped[datetime] = mapped_column(Moment)
    proven_at: Mapped[datetime] = mapped_column(Moment)  # when both factors were told last
    seen_at: Mapped[datetime] = mapped_column(Moment)  # to the minute
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffSignIn(Base):
    """A browser told a colleague's password; the second factor is awaited."""

    __tablename__ = "staff_sign_in"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff_account.account_id"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment, index=True)
    tries: Mapped[int]


class StaffLink(Base):
    """A link that lets somebody choose what they sign in by, once; its token's digest alone is kept."""

    __tablename__ = "staff_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("staff_account.account_id"), index=True
    )  # none: of whoever becomes the first administrator
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(one_of("kind", LINKS), name="kind_known"),
        CheckConstraint("(kind = 'set_up') = (account_id IS NULL)", name="set_up_is_of_nobody"),
    )


class StaffChallenge(Base):
    """What a passkey is asked to sign, while it was not answered; its digest alone is kept."""

    __tablename__ = "staff_challenge"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class StaffTries(Base):
    """How often an account was tried, or a colleague looked for nobody; by a keyed digest of which it is."""

    __tablename__ = "staff_tries"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    free_at: Mapped[datetime] = mapped_column(Moment, index=True)  # nothing is heard before

    __table_args__ = (CheckConstraint("tries >= 0", name="tries_not_negative"),)
