"""Whom a place was shown, for some minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "recognition",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.String(length=16), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_recognition_member_id")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_recognition_place")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recognition")),
    )
    op.create_index("ix_recognition_member_id", "recognition", ["member_id"], unique=False)
    op.create_index("ix_recognition_shown_at", "recognition", ["shown_at"], unique=False)


def downgrade() -> None:
    """Take this revision back; whoever was shown is shown again."""
    op.drop_index("ix_recognition_shown_at", table_name="recognition")
    op.drop_index("ix_recognition_member_id", table_name="recognition")
    op.drop_table("recognition")
