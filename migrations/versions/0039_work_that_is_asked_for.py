"""Long work that somebody asked for: who did, what it is about, in whose hand it is; it can be stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STATES = ("running", "done", "failed")
STOPPED = "UPDATE work SET state = 'failed', fault = 'stopped' WHERE state = 'stopped'"


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("work") as work:
        work.add_column(sa.Column("about", sa.String(length=64), nullable=True))
        work.add_column(sa.Column("asked_by", sa.String(length=120), nullable=True))
        work.add_column(sa.Column("in_hand_until", sa.DateTime(timezone=True), nullable=True))
    let_states_be("running", "stopped", "done", "failed")
    op.create_index("ix_work_kind_about", "work", ["kind", "about"])


def downgrade() -> None:
    """Take this revision back: what was stopped counts as failed."""
    op.execute(STOPPED)
    op.drop_index("ix_work_kind_about", "work")
    let_states_be(*STATES)
    with op.batch_alter_table("work") as work:
        work.drop_column("in_hand_until")
        work.drop_column("asked_by")
        work.drop_column("about")


def let_states_be(*states: str) -> None:
    """Let work be in one of these states."""
    name = op.f("ck_work_state_known")
    with op.batch_alter_table("work") as work:
        work.drop_constraint(name, type_="check")
        work.create_check_constraint(name, f"state IN ({', '.join(repr(state) for state in states)})")
