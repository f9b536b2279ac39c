"""Sales and returns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_sale()
    create_sale_return()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("sale_return")
    op.drop_table("sale")


def create_sale() -> None:
    """Make the table `sale`."""
    op.create_table(
        "sale",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("receipt", sa.String(length=60), nullable=False),
        sa.Column("cashier", sa.String(length=40), nullable=True),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("returned_minor", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("award", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "returned_minor >= 0 AND returned_minor <= amount_minor",
            name=op.f("ck_sale_returned_within_sale"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_sale_member_id_op_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "op_id", name=op.f("pk_sale")),
    )


def create_sale_return() -> None:
    """Make the table `sale_return`."""
    op.create_table(
        "sale_return",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("sale_op_id", sa.BigInteger(), nullable=False),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("return_ref", sa.String(length=60), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_sale_return_member_id_op_id"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "sale_op_id"],
            ["sale.member_id", "sale.op_id"],
            name=op.f("fk_sale_return_member_id_sale_op_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "op_id", name=op.f("pk_sale_return")),
    )
