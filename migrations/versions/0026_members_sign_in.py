"""Who signs in to the members' pages: proven contacts, one-time codes, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "login",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("verified_at", moment, nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_login_kind_known")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_login_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login")),
    )
    op.create_index("ix_login_member_id", "login", ["member_id"], unique=False)
    op.create_table(
        "one_time_code",
        sa.Column("code_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("proven_at", moment, nullable=True),
        sa.Column("used_at", moment, nullable=True),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_one_time_code_kind_known")),
        sa.CheckConstraint("tries >= 0 AND tries <= 5", name=op.f("ck_one_time_code_tries_few")),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_one_time_code")),
    )
    for column in ("contact", "address", "sent_at"):
        op.create_index(f"ix_one_time_code_{column}", "one_time_code", [column], unique=False)
    op.create_table(
        "member_session",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("proven_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_member_session_member_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_member_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_member_session_digest")),
    )
    op.create_index("ix_member_session_member_id", "member_session", ["member_id"], unique=False)


def downgrade() -> None:
    """Take this revision back: everybody is signed out."""
    op.drop_table("member_session")
    op.drop_table("one_time_code")
    op.drop_table("login")
