"""Tiers may cost points, make them forfeit, and start the day after they are reached."""

import sqlalchemy as sa
from alembic import context, op

revision = "0013"
down_revision = "0012"
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
    "cancel",
    "import",
    "transfer_in",
    "transfer_out",
)
MORE_KINDS = ("tier_price", "tier_refund", "forfeit")
COLUMNS = ("lifts_at", "lifts_booked_at", "lifts_closed_at")


def upgrade() -> None:
    """Bring the tables to this revision."""
    let_operations_be((*KINDS, *MORE_KINDS))
    for name in COLUMNS:
        op.add_column("term", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this revision back; books in which a tier took points do not fit the older schema."""
    for name in COLUMNS:
        op.drop_column("term", name)
    let_operations_be(KINDS)


def let_operations_be(kinds: tuple[str, ...]) -> None:
    """Let operations be of these kinds, and no other."""
    name = op.f("ck_operation_kind_known")
    with op.batch_alter_table("operation") as operation:
        operation.drop_constraint(name, type_="check")
        operation.create_check_constraint(name, f"kind IN ({', '.join(repr(kind) for kind in kinds)})")
    if op.get_bind().dialect.name == "sqlite":
        context.script.get_revision("0006").module.guard("operation")  # a rebuilt table has lost its triggers
