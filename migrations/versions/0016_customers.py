"""Persons as a core system tells of them; what a deceased member was; a member's premiums are found."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_customer()
    op.add_column("member", sa.Column("alive_as", sa.String(length=10), nullable=True))
    op.create_index(op.f("ix_premium_member_id"), "premium", ["member_id"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(op.f("ix_premium_member_id"), "premium")
    op.drop_column("member", "alive_as")
    op.drop_table("customer")


def create_customer() -> None:
    """Make the table `customer`."""
    op.create_table(
        "customer",
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_customer_version_from_one")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_customer_member_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_customer")),
    )
    op.create_index(op.f("ix_customer_member_id"), "customer", ["member_id"])
