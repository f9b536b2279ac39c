"""Files that staff hand in to be imported."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "import_file",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("encoding", sa.String(length=40), nullable=True),
        sa.Column("columns", DOCUMENT, nullable=False),
        sa.Column("constants", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("found", DOCUMENT, nullable=True),
        sa.Column("faults", DOCUMENT, nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("result_form", sa.String(length=4), nullable=True),
        sa.Column("in_hand_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('members', 'purchases', 'policies', 'corrections')",
            name=op.f("ck_import_file_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'checked', 'begun', 'done')", name=op.f("ck_import_file_state_known")
        ),
        sa.CheckConstraint("approved_by <> asked_by", name=op.f("ck_import_file_approved_by_another")),
        sa.CheckConstraint(
            "kind <> 'corrections' OR state NOT IN ('begun', 'done') OR approved_by IS NOT NULL",
            name=op.f("ck_import_file_corrections_approved"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('begun', 'done') OR digest IS NOT NULL",
            name=op.f("ck_import_file_begun_by_digest"),
        ),
        sa.CheckConstraint(
            "done >= 0 AND total >= 0 AND fault_count >= 0",
            name=op.f("ck_import_file_counts_not_negative"),
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_file")),
    )
    op.create_index("ix_import_file_state_asked_at", "import_file", ["state", "asked_at"], unique=False)


def downgrade() -> None:
    """Take this revision back; files handed in are gone, and what was imported of them stays."""
    op.drop_index("ix_import_file_state_asked_at", table_name="import_file")
    op.drop_table("import_file")
