"""Where members stand, and news for the outside."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_standing()
    create_term()
    create_outbox_message()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE standing SET (fillfactor = 75)")  # updated with every event: keep it HOT


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("outbox_message")
    op.drop_table("term")
    op.drop_table("standing")


def create_standing() -> None:
    """Make the table `standing`."""
    op.create_table(
        "standing",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("term_no", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_standing_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_standing")),
    )


def create_term() -> None:
    """Make the table `term`."""
    op.create_table(
        "term",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("term_no", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("measured", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("measured_booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('joined', 'lift', 'review', 'fall', 'by_hand')", name=op.f("ck_term_reason_known")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= from_at", name=op.f("ck_term_never_ends_before_it_begins")
        ),
        sa.CheckConstraint("tier IS NULL OR until_at IS NOT NULL", name=op.f("ck_term_a_tier_has_an_end")),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at > from_at", name=op.f("ck_term_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_term_member_id")),
        sa.PrimaryKeyConstraint("member_id", "term_no", name=op.f("pk_term")),
    )


def create_outbox_message() -> None:
    """Make the table `outbox_message`."""
    op.create_table(
        "outbox_message",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_outbox_message_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "seq", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_message_event_id")),
    )
