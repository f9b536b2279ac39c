"""Members, the persons behind them, and what speaks for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_member()
    create_person()
    create_card()
    create_consent()
    create_identity_document()
    create_member_reference()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("member_reference")
    op.drop_table("identity_document")
    op.drop_table("consent")
    op.drop_table("card")
    op.drop_table("person")
    op.drop_table("member")


def create_member() -> None:
    """Make the table `member`."""
    op.create_table(
        "member",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=True),
        sa.Column("attributes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('enrolled', 'active', 'suspended', 'left', 'deceased')",
            name=op.f("ck_member_state_known"),
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member")),
    )


def create_person() -> None:
    """Make the table `person`."""
    op.create_table(
        "person",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("phone_e164", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_mmdd", sa.Integer(), nullable=True),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_person_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_birth_mmdd"), "person", ["birth_mmdd"], unique=False)
    op.create_index(op.f("ix_person_email_key"), "person", ["email_key"], unique=False)
    op.create_index(op.f("ix_person_name_key"), "person", ["name_key"], unique=False)
    op.create_index(op.f("ix_person_phone_e164"), "person", ["phone_e164"], unique=False)


def create_card() -> None:
    """Make the table `card`."""
    op.create_table(
        "card",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_reason IS NULL)", name=op.f("ck_card_end_has_reason")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_card_member_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_card")),
    )
    op.create_index(op.f("ix_card_member_id"), "card", ["member_id"], unique=False)
    op.create_index(
        "uq_card_one_active",
        "card",
        ["member_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def create_consent() -> None:
    """Make the table `consent`."""
    op.create_table(
        "consent",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consent_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("data", sa.String(length=200), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act IN ('given', 'withdrawn')", name=op.f("ck_consent_act_known")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_consent_member_id")),
        sa.PrimaryKeyConstraint("member_id", "consent_id", name=op.f("pk_consent")),
    )


def create_identity_document() -> None:
    """Make the table `identity_document`."""
    op.create_table(
        "identity_document",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_four", sa.String(length=4), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_identity_document_member_id")
        ),
        sa.PrimaryKeyConstraint("kind", "digest", name=op.f("pk_identity_document")),
    )
    op.create_index(op.f("ix_identity_document_member_id"), "identity_document", ["member_id"], unique=False)


def create_member_reference() -> None:
    """Make the table `member_reference`."""
    op.create_table(
        "member_reference",
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_member_reference_member_id")
        ),
        sa.PrimaryKeyConstraint("value", name=op.f("pk_member_reference")),
    )
    op.create_index(op.f("ix_member_reference_member_id"), "member_reference", ["member_id"], unique=False)
