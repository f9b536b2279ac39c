"""Sales keep their tenders and refunds; goods may come back without a receipt."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DAY = ["store", "business_date"]


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("sale", sa.Column("tenders", JSON, server_default="[]", nullable=False))
    op.add_column("sale", sa.Column("rounding_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sale", sa.Column("flags", JSON, server_default="[]", nullable=False))
    op.add_column("sale", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_sale_store_business_date"), "sale", DAY)
    op.add_column("sale_return", sa.Column("refund", JSON, server_default="{}", nullable=False))
    ask_for_the_sale(nullable=True)
    op.create_index(op.f("ix_sale_return_store_business_date"), "sale_return", DAY)


def downgrade() -> None:
    """Take this revision back; a return without a receipt has no place in the older schema."""
    op.drop_index(op.f("ix_sale_return_store_business_date"), table_name="sale_return")
    forget_returns_without_a_sale()
    ask_for_the_sale(nullable=False)
    op.drop_column("sale_return", "refund")
    op.drop_index(op.f("ix_sale_store_business_date"), table_name="sale")
    for name in ("cancelled_at", "flags", "rounding_minor", "tenders"):
        op.drop_column("sale", name)


def ask_for_the_sale(nullable: bool) -> None:
    """Let a return name no sale, or not."""
    with op.batch_alter_table("sale_return") as table:
        table.alter_column("sale_op_id", existing_type=sa.BigInteger(), nullable=nullable)
    if op.get_bind().dialect.name == "sqlite":
        context.script.get_revision("0006").module.guard(
            "sale_return"
        )  # a rebuilt table has lost its triggers


def forget_returns_without_a_sale() -> None:
    """Remove them past the guard of the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE sale_return DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER sale_return_refuses_delete")
    op.execute("DELETE FROM sale_return WHERE sale_op_id IS NULL")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE sale_return ENABLE TRIGGER USER")
