"""Tiers may cost points, make them forfeit, and start the day after they are reached."""

import sqlalchemy as sa
from alembic import context, op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = ("tier_price", "tier_refund", "forfeit")
COLUMNS = ("lifts_at", "lifts_booked_at", "lifts_closed_at")


def upgrade() -> None:
    """Bring the tables to this revision."""
    let_operations_be(*KINDS)
    for name in COLUMNS:
        op.add_column("term", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this revision back; books in which a tier took points do not fit the older schema."""
    for name in COLUMNS:
        op.drop_column("term", name)
    let_operations_be()


def let_operations_be(*more: str) -> None:
    """Let operations be of the kinds before this revision, and of these."""
    of_the_till, of_policies = (context.script.get_revision(number).module for number in ("0007", "0013"))
    of_the_till.let_operations_be((*of_the_till.KINDS, *of_the_till.MORE_KINDS, *of_policies.KINDS, *more))
