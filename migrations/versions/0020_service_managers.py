"""Who looks after members."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    _create_manager()
    _create_assignment()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_assignment_manager", table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("manager")


def _create_manager() -> None:
    op.create_table(
        "manager",
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("in_pool", sa.Boolean(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_manager")),
    )


def _create_assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("manager", sa.String(length=100), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_assignment_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["manager"], ["manager.code"], name=op.f("fk_assignment_manager")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_assignment_member_id")),
        sa.PrimaryKeyConstraint("member_id", "benefit", "turn", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_manager", "assignment", ["manager"], unique=False)
