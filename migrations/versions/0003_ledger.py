"""The points ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_account()
    create_lot()
    create_operation()
    create_operation_part()
    create_entry()
    create_hold()
    create_pending()
    create_tally()
    if op.get_bind().dialect.name == "postgresql":
        # Room beside each row, so that an update stays on its page and touches no index (HOT).
        op.execute("ALTER TABLE account SET (fillfactor = 75)")
        op.execute("ALTER TABLE lot SET (fillfactor = 75)")


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("tally")
    op.drop_table("pending")
    op.drop_table("hold")
    op.drop_table("entry")
    op.drop_table("operation_part")
    op.drop_table("operation")
    op.drop_table("lot")
    op.drop_table("account")


def create_account() -> None:
    """Make the table `account`."""
    op.create_table(
        "account",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("last_active_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("available >= 0", name=op.f("ck_account_available_not_negative")),
        sa.CheckConstraint("debt = 0 OR available = 0", name=op.f("ck_account_debt_is_paid_first")),
        sa.CheckConstraint("debt >= 0", name=op.f("ck_account_debt_not_negative")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_account_held_not_negative")),
        sa.CheckConstraint("pending >= 0", name=op.f("ck_account_pending_not_negative")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_account_member_id")),
        sa.PrimaryKeyConstraint("member_id", "unit", name=op.f("pk_account")),
    )


def create_lot() -> None:
    """Make the table `lot`."""
    op.create_table(
        "lot",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind <> 'debt'", name=op.f("ck_lot_debt_lives_in_entries")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_lot_held_not_negative")),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_lot_remaining_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id", "unit"], ["account.member_id", "account.unit"], name=op.f("fk_lot_member_id_unit")
        ),
        sa.PrimaryKeyConstraint("member_id", "unit", "expires_on", "kind", name=op.f("pk_lot")),
    )


def create_operation() -> None:
    """Make the table `operation`."""
    op.create_table(
        "operation",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("refers_to", sa.BigInteger(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('earn', 'open', 'hold', 'release', 'capture', 'void', 'redeem', 'reverse', 'return', 'adjust', 'expire')",
            name=op.f("ck_operation_kind_known"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_operation_member_id")),
        sa.PrimaryKeyConstraint("member_id", "op_id", name=op.f("pk_operation")),
    )


def create_operation_part() -> None:
    """Make the table `operation_part`."""
    op.create_table(
        "operation_part",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=False),
        sa.Column("shortfall", sa.BigInteger(), nullable=False),
        sa.Column("seq_from", sa.BigInteger(), nullable=True),
        sa.Column("seq_to", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("points >= 0", name=op.f("ck_operation_part_points_not_negative")),
        sa.CheckConstraint("shortfall >= 0", name=op.f("ck_operation_part_shortfall_not_negative")),
        sa.CheckConstraint(
            "undone >= 0 AND undone <= points", name=op.f("ck_operation_part_undone_within_points")
        ),
        sa.CheckConstraint(
            "withdrawn + shortfall <= points", name=op.f("ck_operation_part_taken_within_points")
        ),
        sa.CheckConstraint("withdrawn >= 0", name=op.f("ck_operation_part_withdrawn_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_operation_part_member_id_op_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "op_id", "unit", name=op.f("pk_operation_part")),
    )


def create_entry() -> None:
    """Make the table `entry`."""
    op.create_table(
        "entry",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("contra", sa.String(length=20), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "contra IN ('issued', 'redeemed', 'expired', 'returned', 'adjusted', 'transferred', 'merged', 'forfeited', 'imported', 'debt')",
            name=op.f("ck_entry_contra_known"),
        ),
        sa.CheckConstraint("points <> 0", name=op.f("ck_entry_points_moved")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_entry_seq_from_one")),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_entry_member_id_op_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "unit", "seq", name=op.f("pk_entry")),
    )


def create_hold() -> None:
    """Make the table `hold`."""
    op.create_table(
        "hold",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("pins", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_hold_open_until_closed")),
        sa.CheckConstraint(
            "state IN ('open', 'captured', 'voided', 'ended')", name=op.f("ck_hold_state_known")
        ),
        sa.CheckConstraint(
            "captured >= 0 AND captured <= points", name=op.f("ck_hold_captured_within_points")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_hold_points_positive")),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_hold_member_id_op_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "op_id", name=op.f("pk_hold")),
    )


def create_pending() -> None:
    """Make the table `pending`."""
    op.create_table(
        "pending",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("part_no", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("taken_back", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'opened') = (opened_by IS NOT NULL)", name=op.f("ck_pending_opened_by_an_operation")
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (closed_at IS NULL)", name=op.f("ck_pending_pending_until_closed")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'opened', 'taken_back')", name=op.f("ck_pending_state_known")
        ),
        sa.CheckConstraint("points <> 0", name=op.f("ck_pending_points_promised")),
        sa.CheckConstraint(
            "taken_back >= 0 AND taken_back <= abs(points)", name=op.f("ck_pending_taken_back_within_points")
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_pending_member_id_op_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "op_id", "unit", "part_no", name=op.f("pk_pending")),
    )


def create_tally() -> None:
    """Make the table `tally`."""
    op.create_table(
        "tally",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id", "unit"], ["account.member_id", "account.unit"], name=op.f("fk_tally_member_id_unit")
        ),
        sa.PrimaryKeyConstraint("member_id", "unit", "day", name=op.f("pk_tally")),
    )
