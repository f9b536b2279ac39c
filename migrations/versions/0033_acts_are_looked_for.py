"""Indexes by which acts are looked for: by who, kind, subject and day."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_act_actor_seq": ["actor", "seq"],
    "ix_act_kind_seq": ["kind", "seq"],
    "ix_act_subject_seq": ["subject", "seq"],
    "ix_act_at": ["at"],
}


def upgrade() -> None:
    """Bring the tables to this revision."""
    for name, columns in INDEXES.items():
        op.create_index(name, "act", columns)


def downgrade() -> None:
    """Take this revision back: what is known stays."""
    for name in INDEXES:
        op.drop_index(name, "act")
