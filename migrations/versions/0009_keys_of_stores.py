"""Keys of store servers, signed requests, members' codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MODE = "ck_api_key_mode_known"
TERMINALS = {"sqlite": "json_array(terminal)", "postgresql": "jsonb_build_array(terminal)"}
TERMINAL = {"sqlite": "json_extract(terminals, '$[0]')", "postgresql": "terminals ->> 0"}


def upgrade() -> None:
    """Bring the tables to this revision."""
    let_keys_speak_for_stores()
    create_nonce()
    create_member_code()


def downgrade() -> None:
    """Take this revision back; keys of other modes and signed ones have no place in the older schema."""
    op.drop_table("member_code")
    op.drop_table("nonce")
    op.execute("DELETE FROM api_key WHERE mode <> 'live' OR signed")
    with op.batch_alter_table("api_key") as key:
        key.add_column(sa.Column("terminal", sa.String(length=40), nullable=True))
    op.execute(f"UPDATE api_key SET terminal = COALESCE({TERMINAL[op.get_bind().dialect.name]}, client)")
    with op.batch_alter_table("api_key") as key:
        key.alter_column("terminal", existing_type=sa.String(length=40), nullable=False)
        key.drop_constraint(op.f("ck_api_key_guesses_not_negative"), type_="check")
        for column in ("terminals", "store", "signed", "guesses", "guessing_since"):
            key.drop_column(column)
        key.drop_constraint(op.f(MODE), type_="check")
        key.create_check_constraint(op.f(MODE), "mode IN ('live')")


def let_keys_speak_for_stores() -> None:
    """Give keys several terminals or any, a store, two more modes, signatures, and a count of guesses."""
    with op.batch_alter_table("api_key") as key:
        key.add_column(sa.Column("terminals", document(), nullable=True))
        key.add_column(sa.Column("store", sa.String(length=40), nullable=True))
        key.add_column(sa.Column("signed", sa.Boolean(), nullable=False, server_default=sa.false()))
        key.add_column(sa.Column("guesses", sa.Integer(), nullable=False, server_default="0"))
        key.add_column(sa.Column("guessing_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE api_key SET terminals = {TERMINALS[op.get_bind().dialect.name]}")
    with op.batch_alter_table("api_key") as key:
        key.alter_column("terminals", existing_type=document(), nullable=False)
        key.alter_column("signed", existing_type=sa.Boolean(), server_default=None)
        key.alter_column("guesses", existing_type=sa.Integer(), server_default=None)
        key.drop_column("terminal")
        key.drop_constraint(op.f(MODE), type_="check")
        key.create_check_constraint(op.f(MODE), "mode IN ('live', 'training', 'test')")
        key.create_check_constraint(op.f("ck_api_key_guesses_not_negative"), "guesses >= 0")


def create_nonce() -> None:
    """Make the table `nonce`."""
    op.create_table(
        "nonce",
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.key_id"], name=op.f("fk_nonce_key_id")),
        sa.PrimaryKeyConstraint("key_id", "value", name=op.f("pk_nonce")),
    )
    op.create_index("ix_nonce_seen_at", "nonce", ["seen_at"], unique=False)


def create_member_code() -> None:
    """Make the table `member_code`."""
    op.create_table(
        "member_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('earn', 'spend')", name=op.f("ck_member_code_purpose_known")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_member_code_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_member_code")),
    )
    op.create_index("ix_member_code_expires_at", "member_code", ["expires_at"], unique=False)
    op.create_index("ix_member_code_member_id", "member_code", ["member_id"], unique=False)


def document() -> sa.types.TypeEngine:
    """A JSON value; JSONB where there is one."""
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
