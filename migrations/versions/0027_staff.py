"""Staff: who works on the club's pages, their roles, what they sign in by, where they are signed in.

Somebody stays administrator: a trigger refuses to disable the last one, or to take the role away.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OF_ACCOUNTS = ("staff_recovery_code", "staff_passkey", "staff_session", "staff_sign_in", "staff_link")
OTHERS = """
    SELECT 1 FROM staff_role JOIN staff_account USING (account_id)
    WHERE role = 'administrator' AND accepted_at IS NOT NULL AND disabled_at IS NULL
    AND account_id <> OLD.account_id
"""
IS_ONE = "SELECT 1 FROM staff_role WHERE role = 'administrator' AND account_id = OLD.account_id"


def upgrade() -> None:
    """Bring the tables to this revision."""
    _who()
    _factors()
    _sessions()
    _links()
    for table in OF_ACCOUNTS:
        op.create_index(f"ix_{table}_account_id", table, ["account_id"], unique=False)
    for table, column in (
        ("staff_sign_in", "began_at"),
        ("staff_challenge", "expires_at"),
        ("staff_tries", "free_at"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)
    _keep_an_administrator()


def downgrade() -> None:
    """Take this revision back: there is no staff, and nobody is signed in."""
    for table in ("staff_tries", "staff_challenge", *reversed(OF_ACCOUNTS), "staff_role", "staff_account"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_an_administrator()")


def _who() -> None:
    """Colleagues and their roles."""
    op.create_table(
        "staff_account",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("app", sa.String(length=400), nullable=True),
        sa.Column("app_turn", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (password IS NULL)", name=op.f("ck_staff_account_accepted_with_password")
        ),
        sa.CheckConstraint(
            "app IS NULL OR password IS NOT NULL", name=op.f("ck_staff_account_app_with_password")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_account_email")),
    )
    op.create_table(
        "staff_role",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('desk', 'marketing', 'configuration', 'finance', 'auditor', 'administrator')",
            name=op.f("ck_staff_role_role_known"),
        ),
        _of_account("staff_role"),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_staff_role")),
    )


def _factors() -> None:
    """What they sign in by besides a password."""
    op.create_table(
        "staff_recovery_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_account("staff_recovery_code"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_recovery_code")),
    )
    op.create_table(
        "staff_passkey",
        sa.Column("passkey_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("credential", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.String(length=4000), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_account("staff_passkey"),
        sa.PrimaryKeyConstraint("passkey_id", name=op.f("pk_staff_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_staff_passkey_credential")),
    )


def _sessions() -> None:
    """Where they are signed in, or are about to be."""
    op.create_table(
        "staff_session",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("proven_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _of_account("staff_session"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_session_digest")),
    )
    op.create_table(
        "staff_sign_in",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _of_account("staff_sign_in"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_sign_in")),
    )


def _links() -> None:
    """What is good once, and who waits."""
    op.create_table(
        "staff_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('set_up', 'invitation', 'reset')", name=op.f("ck_staff_link_kind_known")
        ),
        sa.CheckConstraint(
            "(kind = 'set_up') = (account_id IS NULL)", name=op.f("ck_staff_link_set_up_is_of_nobody")
        ),
        _of_account("staff_link"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_link")),
    )
    op.create_table(
        "staff_challenge",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_challenge")),
    )
    op.create_table(
        "staff_tries",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_staff_tries_tries_not_negative")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_tries")),
    )


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["staff_account.account_id"], name=op.f(f"fk_{table}_account_id")
    )


def _keep_an_administrator() -> None:
    """Refuse what would leave nobody to keep the accounts; two at once wait for one another."""
    refusal = "somebody must stay administrator"
    ends = "OLD.disabled_at IS NULL AND OLD.accepted_at IS NOT NULL AND (NEW.disabled_at IS NOT NULL OR NEW.accepted_at IS NULL)"
    gives_up = "OLD.role = 'administrator'"
    counts = "SELECT 1 FROM staff_account WHERE account_id = OLD.account_id AND accepted_at IS NOT NULL AND disabled_at IS NULL"
    if op.get_bind().dialect.name != "postgresql":
        for name, when, where, condition in (
            ("account", "BEFORE UPDATE ON staff_account", ends, IS_ONE),
            ("role", "BEFORE DELETE ON staff_role", gives_up, counts),
            ("role_change", "BEFORE UPDATE ON staff_role", gives_up, counts),
        ):
            op.execute(
                f"CREATE TRIGGER staff_{name}_keeps_administrator {when} WHEN {where}"
                f" AND EXISTS ({condition}) AND NOT EXISTS ({OTHERS})"
                f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        f"""
        CREATE FUNCTION keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE counted boolean;
        BEGIN
            PERFORM pg_advisory_xact_lock({0x5354414646});
            IF TG_TABLE_NAME = 'staff_account' THEN
                counted := EXISTS ({IS_ONE});
            ELSE
                counted := EXISTS ({counts});
            END IF;
            IF counted AND NOT EXISTS ({OTHERS}) THEN
                RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$
        """
    )
    for name, when, where in (
        ("account", "BEFORE UPDATE ON staff_account", ends),
        ("role", "BEFORE DELETE ON staff_role", gives_up),
        ("role_change", "BEFORE UPDATE ON staff_role", gives_up),
    ):
        op.execute(
            f"CREATE TRIGGER staff_{name}_keeps_administrator {when} FOR EACH ROW WHEN ({where})"
            " EXECUTE FUNCTION keep_an_administrator()"
        )
