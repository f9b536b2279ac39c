"""Keys of places, and who is signed in to a page by one."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("api_key") as api_key:
        api_key.add_column(sa.Column("place", sa.String(length=40), nullable=True))
    op.create_table(
        "page_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.key_id"], name=op.f("fk_page_session_key_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_page_session")),
    )
    op.create_index("ix_page_session_key_id", "page_session", ["key_id"], unique=False)


def downgrade() -> None:
    """Take this revision back; keys of places speak for none any more, so they are ended."""
    op.drop_index("ix_page_session_key_id", table_name="page_session")
    op.drop_table("page_session")
    op.execute("UPDATE api_key SET revoked_at = created_at WHERE place IS NOT NULL AND revoked_at IS NULL")
    with op.batch_alter_table("api_key") as api_key:
        api_key.drop_column("place")
