"""Where benefits are given, what members may have of them, and what they had."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    _create_place()
    _create_club_event()
    _create_entitlement()
    _create_benefit_use()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_benefit_use_place_at", table_name="benefit_use")
    op.drop_index("ix_benefit_use_member_id_benefit_at", table_name="benefit_use")
    op.drop_index("ix_benefit_use_event_id", table_name="benefit_use")
    op.drop_table("benefit_use")
    op.drop_table("entitlement")
    op.drop_index("ix_club_event_starts_at", table_name="club_event")
    op.drop_table("club_event")
    op.drop_index("ix_place_provider", table_name="place")
    op.drop_table("place")


def _create_place() -> None:
    op.create_table(
        "place",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place")),
    )
    op.create_index("ix_place_provider", "place", ["provider"], unique=False)


def _create_club_event() -> None:
    op.create_table(
        "club_event",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_club_event_somebody_may_come")),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= capacity", name=op.f("ck_club_event_no_more_than_may_come")
        ),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_club_event_place")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_club_event")),
    )
    op.create_index("ix_club_event_starts_at", "club_event", ["starts_at"], unique=False)


def _create_entitlement() -> None:
    op.create_table(
        "entitlement",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=70), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Integer(), nullable=True),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("first_booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "granted IS NULL OR reserved + used <= granted", name=op.f("ck_entitlement_no_more_than_granted")
        ),
        sa.CheckConstraint("reserved >= 0 AND used >= 0", name=op.f("ck_entitlement_nothing_below_nil")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_entitlement_member_id")),
        sa.PrimaryKeyConstraint("member_id", "benefit", "subject", "from_at", name=op.f("pk_entitlement")),
    )


def _create_benefit_use() -> None:
    op.create_table(
        "benefit_use",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("use_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=70), nullable=False),
        sa.Column("period_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("relation", sa.String(length=40), nullable=True),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("discount_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("attributes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        *_benefit_use_checks(),
        sa.ForeignKeyConstraint(["event_id"], ["club_event.event_id"], name=op.f("fk_benefit_use_event_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "benefit", "subject", "period_from"],
            ["entitlement.member_id", "entitlement.benefit", "entitlement.subject", "entitlement.from_at"],
            name="fk_benefit_use_entitlement",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_benefit_use_member_id")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_benefit_use_place")),
        sa.PrimaryKeyConstraint("member_id", "use_id", name=op.f("pk_benefit_use")),
    )
    op.create_index("ix_benefit_use_event_id", "benefit_use", ["event_id"], unique=False)
    op.create_index(
        "ix_benefit_use_member_id_benefit_at", "benefit_use", ["member_id", "benefit", "at"], unique=False
    )
    op.create_index("ix_benefit_use_place_at", "benefit_use", ["place", "at"], unique=False)


def _benefit_use_checks() -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(
            "(state IN ('waiting', 'reserved')) = (closed_at IS NULL)",
            name=op.f("ck_benefit_use_open_until_closed"),
        ),
        sa.CheckConstraint(
            "NOT (counts AND state IN ('waiting', 'cancelled'))",
            name=op.f("ck_benefit_use_what_is_let_go_counts_not"),
        ),
        sa.CheckConstraint(
            "counts OR state IN ('waiting', 'cancelled', 'no_show')",
            name=op.f("ck_benefit_use_what_is_had_counts"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'reserved', 'used', 'cancelled', 'no_show')",
            name=op.f("ck_benefit_use_state_known"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_benefit_use_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "reserved_at IS NOT NULL OR state IN ('waiting', 'cancelled')",
            name=op.f("ck_benefit_use_reserved_before_it_is_had"),
        ),
        sa.CheckConstraint(
            "reserved_at IS NULL OR state != 'waiting'",
            name=op.f("ck_benefit_use_nothing_reserved_while_it_waits"),
        ),
        sa.CheckConstraint("guests >= 0", name=op.f("ck_benefit_use_guests_not_negative")),
    ]
