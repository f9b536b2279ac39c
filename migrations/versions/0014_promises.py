"""Pending points may lapse, open days after an event, and live as their own rule says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("pending", sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pending", sa.Column("then_days", sa.Integer(), nullable=True))
    op.add_column("pending", sa.Column("expiry", JSON, nullable=True))


def downgrade() -> None:
    """Take this revision back; what could lapse then waits for its event however long."""
    for name in ("expiry", "then_days", "lapses_at"):
        op.drop_column("pending", name)
