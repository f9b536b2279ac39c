"""Notes have a salt: the chain of acts seals their words by a digest that tells nothing once they are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision: earlier notes have no seal."""
    op.add_column("member_note", sa.Column("salt", sa.String(32), nullable=True))


def downgrade() -> None:
    """Take this revision back: notes stay, and the seals of acts can be held against nothing."""
    op.drop_column("member_note", "salt")
