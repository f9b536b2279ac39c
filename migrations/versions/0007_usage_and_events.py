"""Counters of limits; points that wait for an event; the kinds of operation that the whole till contract knows."""

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    "earn",
    "open",
    "hold",
    "release",
    "capture",
    "void",
    "redeem",
    "reverse",
    "return",
    "adjust",
    "expire",
)
MORE_KINDS = ("cancel", "import", "transfer_in", "transfer_out")


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_usage()
    let_operations_be((*KINDS, *MORE_KINDS))
    with op.batch_alter_table("pending") as pending:
        pending.alter_column("opens_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        pending.add_column(sa.Column("opens_on_event", sa.String(length=40), nullable=True))
        pending.create_check_constraint(
            op.f("ck_pending_opens_some_day"), "opens_at IS NOT NULL OR opens_on_event IS NOT NULL"
        )


def downgrade() -> None:
    """Take this revision back; what waits for an event alone has no place in the older schema."""
    op.execute("DELETE FROM pending WHERE opens_at IS NULL")
    with op.batch_alter_table("pending") as pending:
        pending.drop_constraint(op.f("ck_pending_opens_some_day"), type_="check")
        pending.drop_column("opens_on_event")
        pending.alter_column("opens_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    let_operations_be(KINDS)
    op.drop_table("usage")


def create_usage() -> None:
    """Make the table `usage`."""
    op.create_table(
        "usage",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_usage_amount_not_negative")),
        sa.CheckConstraint("times >= 0", name=op.f("ck_usage_times_not_negative")),
        sa.PrimaryKeyConstraint("name", "subject", "period", name=op.f("pk_usage")),
    )


def let_operations_be(kinds: tuple[str, ...]) -> None:
    """Let operations be of these kinds, and no other."""
    name = op.f("ck_operation_kind_known")
    with op.batch_alter_table("operation") as operation:
        operation.drop_constraint(name, type_="check")
        operation.create_check_constraint(name, f"kind IN ({', '.join(repr(kind) for kind in kinds)})")
    if op.get_bind().dialect.name == "sqlite":
        context.script.get_revision("0006").module.guard("operation")  # a rebuilt table has lost its triggers
