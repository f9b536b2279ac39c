"""A file is begun by two persons, whatever its kind."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "import_file"
CORRECTIONS = "kind <> 'corrections' OR state NOT IN ('begun', 'done') OR approved_by IS NOT NULL"


def upgrade() -> None:
    """Bring the tables to this revision: what one person alone has begun stops, to be asked for."""
    op.execute(f"UPDATE {TABLE} SET state = 'checked' WHERE state = 'begun' AND approved_by IS NULL")
    _exchange("corrections_approved", "begun_by_two", "state <> 'begun' OR approved_by IS NOT NULL")


def downgrade() -> None:
    """Take this revision back: one person begins a file again, but for corrections."""
    _exchange("begun_by_two", "corrections_approved", CORRECTIONS)


def _exchange(old: str, new: str, condition: str) -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(f"ck_{TABLE}_{old}"), type_="check")
        table.create_check_constraint(op.f(f"ck_{TABLE}_{new}"), condition)
