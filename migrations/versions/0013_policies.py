"""Policies, what each gives its holders, premiums paid; points that a policy will take by the clock."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KINDS = ("policy", "position")
CONTRAS = (
    "issued",
    "redeemed",
    "expired",
    "returned",
    "adjusted",
    "transferred",
    "merged",
    "forfeited",
    "imported",
    "debt",
)
PENDING_STATES = ("pending", "opened", "taken_back")
STATUSES = (
    "proposed",
    "in_force",
    "grace",
    "lapsed",
    "lapse_terminated",
    "paid_up",
    "reduced_paid_up",
    "premium_waived",
    "surrendered",
    "matured",
    "claim_terminated",
    "cancelled",
    "rescinded",
    "expired",
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    create_policy()
    create_policy_version()
    create_policy_share()
    create_premium()
    module("0006").guard("policy_version", also_changes=True)
    module("0007").let_operations_be((*module("0007").KINDS, *module("0007").MORE_KINDS, *KINDS))
    let_entries_be_against((*CONTRAS, "position"))
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("lowering", sa.BigInteger(), server_default="0", nullable=False))
        account.create_check_constraint(op.f("ck_account_lowering_not_negative"), "lowering >= 0")
    with op.batch_alter_table("pending") as pending:
        pending.add_column(sa.Column("contra", sa.String(length=20), server_default="issued", nullable=False))
        pending.create_check_constraint(op.f("ck_pending_contra_known"), "contra IN ('issued', 'position')")
        pending.create_check_constraint(
            op.f("ck_pending_only_positions_lower"), "points > 0 OR contra = 'position'"
        )
    let_pending_be((*PENDING_STATES, "superseded"))


def downgrade() -> None:
    """Take this revision back; what policies gave stays as adjustments, what they promised is gone."""
    op.execute("DELETE FROM pending WHERE contra = 'position'")
    let_pending_be(PENDING_STATES)
    with op.batch_alter_table("pending") as pending:
        pending.drop_constraint(op.f("ck_pending_only_positions_lower"), type_="check")
        pending.drop_constraint(op.f("ck_pending_contra_known"), type_="check")
        pending.drop_column("contra")
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("ck_account_lowering_not_negative"), type_="check")
        account.drop_column("lowering")
    drop_tables()
    rewrite("entry", "UPDATE entry SET contra = 'adjusted' WHERE contra = 'position'")
    rewrite("operation", "UPDATE operation SET kind = 'adjust' WHERE kind IN ('policy', 'position')")
    let_entries_be_against(CONTRAS)
    module("0007").let_operations_be((*module("0007").KINDS, *module("0007").MORE_KINDS))


def module(revision: str):
    """What another revision offers."""
    return context.script.get_revision(revision).module


def drop_tables() -> None:
    """Remove the tables of this revision."""
    op.drop_table("premium")
    op.drop_table("policy_share")
    op.drop_table("policy_version")
    op.drop_table("policy")


def rewrite(table: str, words: str) -> None:
    """Change rows past the guard of their table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(words)
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    else:
        op.execute(f"DROP TRIGGER {table}_refuses_update")
        op.execute(words)


def let_entries_be_against(contras: tuple[str, ...]) -> None:
    """Let entries have these contras, and no other."""
    name = op.f("ck_entry_contra_known")
    with op.batch_alter_table("entry") as entry:
        entry.drop_constraint(name, type_="check")
        entry.create_check_constraint(name, f"contra IN ({', '.join(repr(contra) for contra in contras)})")
    if op.get_bind().dialect.name == "sqlite":
        module("0006").guard("entry")  # a rebuilt table has lost its triggers


def let_pending_be(states: tuple[str, ...]) -> None:
    """Let promises be in these states, and no other."""
    name = op.f("ck_pending_state_known")
    with op.batch_alter_table("pending") as pending:
        pending.drop_constraint(name, type_="check")
        pending.create_check_constraint(name, f"state IN ({', '.join(repr(state) for state in states)})")


def create_policy() -> None:
    """Make the table `policy`."""
    op.create_table(
        "policy",
        sa.Column("policy_no", sa.String(length=60), nullable=False),
        sa.Column("rebases", JSON, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("policy_no", name=op.f("pk_policy")),
    )


def create_policy_version() -> None:
    """Make the table `policy_version`."""
    op.create_table(
        "policy_version",
        sa.Column("policy_no", sa.String(length=60), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_policy_version_version_from_one")),
        sa.CheckConstraint(
            f"status IN ({', '.join(repr(status) for status in STATUSES)})",
            name=op.f("ck_policy_version_status_known"),
        ),
        sa.ForeignKeyConstraint(["holder"], ["member.member_id"], name=op.f("fk_policy_version_holder")),
        sa.ForeignKeyConstraint(
            ["policy_no"], ["policy.policy_no"], name=op.f("fk_policy_version_policy_no")
        ),
        sa.PrimaryKeyConstraint("policy_no", "version", name=op.f("pk_policy_version")),
    )
    op.create_index(op.f("ix_policy_version_holder"), "policy_version", ["holder"])


def create_policy_share() -> None:
    """Make the table `policy_share`."""
    op.create_table(
        "policy_share",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_no", sa.String(length=60), nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("promises", sa.Integer(), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("promises >= 0", name=op.f("ck_policy_share_promises_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_policy_share_member_id_op_id"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_policy_share_member_id")),
        sa.ForeignKeyConstraint(["policy_no"], ["policy.policy_no"], name=op.f("fk_policy_share_policy_no")),
        sa.PrimaryKeyConstraint("member_id", "policy_no", name=op.f("pk_policy_share")),
    )
    op.create_index(op.f("ix_policy_share_policy_no"), "policy_share", ["policy_no"])


def create_premium() -> None:
    """Make the table `premium`."""
    op.create_table(
        "premium",
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("policy_no", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("award", JSON, nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_premium_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id", "op_id"],
            ["operation.member_id", "operation.op_id"],
            name=op.f("fk_premium_member_id_op_id"),
        ),
        sa.ForeignKeyConstraint(["policy_no"], ["policy.policy_no"], name=op.f("fk_premium_policy_no")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_premium")),
    )
    op.create_index(op.f("ix_premium_policy_no"), "premium", ["policy_no"])
