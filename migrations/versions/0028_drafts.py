"""The draft of a programme, and each revision of it."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "draft",
        sa.Column("draft_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by", sa.String(length=120), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("became", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(is_open IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_draft_open_until_ended")
        ),
        sa.CheckConstraint("became IS NULL OR ended_at IS NOT NULL", name=op.f("ck_draft_became_when_ended")),
        sa.CheckConstraint("draft_no >= 1", name=op.f("ck_draft_draft_no_from_one")),
        sa.CheckConstraint("is_open IS NULL OR is_open", name=op.f("ck_draft_is_open_or_none")),
        sa.ForeignKeyConstraint(["base"], ["edition.number"], name=op.f("fk_draft_base")),
        sa.ForeignKeyConstraint(["became"], ["edition.number"], name=op.f("fk_draft_became")),
        sa.PrimaryKeyConstraint("draft_no", name=op.f("pk_draft")),
        sa.UniqueConstraint("is_open", name=op.f("uq_draft_is_open")),
    )
    op.create_table(
        "draft_revision",
        sa.Column("draft_no", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_draft_revision_revision_from_one")),
        sa.ForeignKeyConstraint(["draft_no"], ["draft.draft_no"], name=op.f("fk_draft_revision_draft_no")),
        sa.PrimaryKeyConstraint("draft_no", "revision", name=op.f("pk_draft_revision")),
    )
    context.script.get_revision("0006").module.guard("draft_revision", also_changes=True)


def downgrade() -> None:
    """Take this revision back; what was being edited goes."""
    op.drop_table("draft_revision")
    op.drop_table("draft")
