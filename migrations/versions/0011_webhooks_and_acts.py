"""Events get a place in one line; webhook endpoints; the chained acts of staff."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("outbox_message", sa.Column("position", sa.BigInteger(), nullable=True))
    op.create_index("ix_outbox_message_position", "outbox_message", ["position"], unique=True)
    create_outbox_head()
    create_webhook_endpoint()
    create_act()
    create_act_head()
    context.script.get_revision("0006").module.guard("act", also_changes=True)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("act_head")
    op.drop_table("act")
    op.drop_table("webhook_endpoint")
    op.drop_table("outbox_head")
    op.drop_index("ix_outbox_message_position", "outbox_message")
    with op.batch_alter_table("outbox_message") as messages:
        messages.drop_column("position")


def create_outbox_head() -> None:
    """Make the table `outbox_head`, with its one row."""
    table = op.create_table(
        "outbox_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_outbox_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_head")),
    )
    op.bulk_insert(table, [{"id": 1, "position": 0}])


def create_webhook_endpoint() -> None:
    """Make the table `webhook_endpoint`."""
    op.create_table(
        "webhook_endpoint",
        sa.Column("endpoint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'failed')", name=op.f("ck_webhook_endpoint_state_known")
        ),
        sa.CheckConstraint("generation >= 1", name=op.f("ck_webhook_endpoint_generation_from_one")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_endpoint_failures_not_negative")),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_webhook_endpoint")),
    )


def create_act() -> None:
    """Make the table `act`."""
    op.create_table(
        "act",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_act_seq_from_one")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_act")),
    )


def create_act_head() -> None:
    """Make the table `act_head`, with its one row."""
    table = op.create_table(
        "act_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_act_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_head")),
    )
    op.bulk_insert(table, [{"id": 1, "seq": 0, "hash": ""}])
