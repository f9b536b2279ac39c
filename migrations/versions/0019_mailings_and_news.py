"""What cards bring by post, and the news that they bring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    _create_mailing()
    _create_feed_item()
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("mail_returned_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("mail_returned_at")
    op.drop_index("ix_feed_item_published_at", table_name="feed_item")
    op.drop_table("feed_item")
    op.drop_index("ix_mailing_for_day", table_name="mailing")
    op.drop_table("mailing")


def _create_mailing() -> None:
    op.create_table(
        "mailing",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("use_id", sa.BigInteger(), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_at IS NOT NULL)", name=op.f("ck_mailing_returned_at_an_instant")
        ),
        sa.CheckConstraint(
            "state = 'made' OR written_at IS NOT NULL", name=op.f("ck_mailing_written_before_it_returns")
        ),
        sa.CheckConstraint("state IN ('made', 'written', 'returned')", name=op.f("ck_mailing_state_known")),
        sa.ForeignKeyConstraint(
            ["member_id", "use_id"], ["benefit_use.member_id", "benefit_use.use_id"], name="fk_mailing_use"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_mailing_member_id")),
        sa.PrimaryKeyConstraint("member_id", "benefit", "year", name=op.f("pk_mailing")),
    )
    op.create_index("ix_mailing_for_day", "mailing", ["for_day"], unique=False)


def _create_feed_item() -> None:
    op.create_table(
        "feed_item",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at > published_at", name=op.f("ck_feed_item_news_for_a_while")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_feed_item")),
    )
    op.create_index("ix_feed_item_published_at", "feed_item", ["published_at"], unique=False)
