"""What points buy."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    _create_reward_stock()
    _create_reward_order()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_reward_order_reward_member_id", table_name="reward_order")
    op.drop_table("reward_order")
    op.drop_table("reward_stock")


def _create_reward_stock() -> None:
    op.create_table(
        "reward_stock",
        sa.Column("reward", sa.String(length=40), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("sold >= 0 AND sold <= most", name=op.f("ck_reward_stock_no_more_than_there_is")),
        sa.PrimaryKeyConstraint("reward", name=op.f("pk_reward_stock")),
    )


def _create_reward_order() -> None:
    op.create_table(
        "reward_order",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("reward", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("voucher", sa.String(length=16), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_reward_order_open_until_closed")
        ),
        sa.CheckConstraint(
            "state <> 'sent' OR voucher IS NULL", name=op.f("ck_reward_order_an_order_is_sent")
        ),
        sa.CheckConstraint(
            "state <> 'used' OR voucher IS NOT NULL", name=op.f("ck_reward_order_a_voucher_is_used")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'used', 'sent', 'cancelled')", name=op.f("ck_reward_order_state_known")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_reward_order_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR voucher IS NOT NULL", name=op.f("ck_reward_order_a_voucher_is_valid")
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_reward_order_member_id_op_id"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_reward_order_member_id")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_reward_order_place")),
        sa.PrimaryKeyConstraint("member_id", "op_id", name=op.f("pk_reward_order")),
        sa.UniqueConstraint("voucher", name=op.f("uq_reward_order_voucher")),
    )
    op.create_index("ix_reward_order_reward_member_id", "reward_order", ["reward", "member_id"], unique=False)
