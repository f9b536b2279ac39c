"""What keeps a member's points in; letters to members, and which of them are not wanted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the tables to this revision; of events that were told before, no letter is written."""
    for name in ("spend_locked_at", "frozen_at", "spend_paused_until"):
        op.add_column("member", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("unwanted_letters", JSON, server_default="[]", nullable=False))
    create_letter()
    create_letter_head()


def downgrade() -> None:
    """Take this revision back; nobody's points are kept in any more, and letters are not sent."""
    op.drop_table("letter_head")
    op.drop_index("ix_letter_state_due_at", table_name="letter")
    op.drop_table("letter")
    for name in ("unwanted_letters", "spend_paused_until", "frozen_at", "spend_locked_at"):
        op.drop_column("member", name)


def create_letter() -> None:
    """Make the table `letter`."""
    op.create_table(
        "letter",
        sa.Column("letter_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "kind IN ('contact_changed', 'expiring_soon', 'tier_changed', 'spent')",
            name=op.f("ck_letter_kind_known"),
        ),
        sa.CheckConstraint("channel IN ('email', 'phone')", name=op.f("ck_letter_channel_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'given_up', 'dropped')", name=op.f("ck_letter_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_letter_sent_at_an_instant")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_letter_tries_not_negative")),
        sa.CheckConstraint(
            "state = 'waiting' OR to_address IS NULL", name=op.f("ck_letter_address_only_until_settled")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_letter_member_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter")),
        sa.UniqueConstraint(
            "member_id", "kind", "channel", "about", name=op.f("uq_letter_member_id_kind_channel_about")
        ),
    )
    op.create_index("ix_letter_state_due_at", "letter", ["state", "due_at"], unique=False)


def create_letter_head() -> None:
    """Make the table `letter_head`, with its one row at the end of the line of events."""
    op.create_table(
        "letter_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_letter_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_head")),
    )
    op.execute("INSERT INTO letter_head (id, position) SELECT 1, position FROM outbox_head")
