"""Sales under review, and cashiers' own cards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_review()
    op.create_index(op.f("ix_review_state_review_id"), "review", ["state", "review_id"])
    op.create_table(
        "staff_card",
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("cashier", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_staff_card_member_id")),
        sa.PrimaryKeyConstraint("store", "cashier", "member_id", name=op.f("pk_staff_card")),
    )


def downgrade() -> None:
    """Take this revision back; the claims of sales that were never booked stay."""
    op.drop_table("staff_card")
    op.drop_index(op.f("ix_review_state_review_id"), table_name="review")
    op.drop_table("review")


def create_review() -> None:
    """Make the table `review`."""
    op.create_table(
        "review",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("receipt", sa.String(length=60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.Column("op_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'released', 'rejected', 'cancelled')", name=op.f("ck_review_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_review_open_until_closed")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_review_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'released') = (op_id IS NOT NULL)", name=op.f("ck_review_released_by_an_operation")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_review_member_id")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review")),
        sa.UniqueConstraint("store", "business_date", "terminal", "receipt", name=op.f("uq_review_receipt")),
    )
