"""A member whose books broke a law is stopped until an operator releases them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("standing", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "stop",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("stop_id", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("law", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)", name=op.f("ck_stop_released_by_somebody")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_stop_member_id")),
        sa.PrimaryKeyConstraint("member_id", "stop_id", name=op.f("pk_stop")),
    )


def downgrade() -> None:
    """Take this revision back; the release before it knows no stops, and writes of everybody."""
    op.drop_table("stop")
    op.drop_column("standing", "stopped_at")
