"""Visits of the whole club are read in the order of their instants, without looking at each."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("ix_benefit_use_at", "benefit_use", ["at"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_benefit_use_at", "benefit_use")
