"""Names are looked for by their start: their key is ordered by its letters' numbers, as SQLite does it."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    _order("C")


def downgrade() -> None:
    """Take this revision back: what is known stays."""
    _order("default")


def _order(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE person ALTER COLUMN name_key TYPE varchar(254) COLLATE "{collation}"')
