"""When an answer was cut to what the books do not tell (P2), and where those are that are whole."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WHOLE = sa.text("cut_at IS NULL")


def upgrade() -> None:
    """Bring the tables to this revision; a column added in place leaves the table its triggers."""
    op.add_column("claim", sa.Column("cut_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_claim_whole", "claim", ["taken_at"], sqlite_where=WHOLE, postgresql_where=WHOLE)


def downgrade() -> None:
    """Take this revision back; answers that were cut stay so."""
    op.drop_index("ix_claim_whole", "claim")
    op.drop_column("claim", "cut_at")
