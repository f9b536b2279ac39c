"""Answers are kept packed; what a law of the books proves is not asked of the database row by row (ADR 0064).

Claims are written anew, row by row: the service stands still meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from loyalty.ledger.packing import packed, unpacked

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

CHUNK = 1000
PROVEN = {  #: foreign keys that go: the columns of a table, and what they refer to
    "lot": (["member_id", "unit"], "account"),
    "operation": (["member_id"], "member"),
    "tally": (["member_id", "unit"], "account"),
}
WORDS = {  #: what a column holds one of, on PostgreSQL as one constant: dozens are read anew with each statement
    "entry": ("contra", "issued redeemed expired returned adjusted transferred merged forfeited imported debt position"),
    "operation": (
        "kind",
        "earn open hold release capture void redeem reverse return adjust expire cancel import transfer_in transfer_out"
        " policy position tier_price tier_refund forfeit merge_out merge_in hold_out hold_in promise_out promise_in"
        " pass_on pool_out pool_back",
    ),
}  # fmt: skip
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
COLUMNS = {  #: of a claim, but for its outcome; the wide ones first, so that nothing is padded
    "member_id": (sa.BigInteger(), True),
    "op_id": (sa.BigInteger(), True),
    "taken_at": (sa.DateTime(timezone=True), False),
    "cut_at": (sa.DateTime(timezone=True), True),
    "scope": (sa.String(length=120), False),
    "key": (sa.String(length=400), False),
    "request_hash": (sa.String(length=64), False),
}
WHOLE = sa.text("cut_at IS NULL")


def upgrade() -> None:
    """Bring the tables to this revision."""
    write_anew(JSON, sa.Text(), packed)
    for table, (columns, _) in PROVEN.items():
        with rebuilt(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{'_'.join(columns)}"), type_="foreignkey")
    if op.get_bind().dialect.name == "postgresql":
        for table, (column, words) in WORDS.items():
            let_be(table, column, f"{column} = ANY ('{{{','.join(words.split())}}}'::text[])")


def downgrade() -> None:
    """Take this revision back."""
    if op.get_bind().dialect.name == "postgresql":
        for table, (column, words) in WORDS.items():
            let_be(table, column, f"{column} IN ({', '.join(map(repr, words.split()))})")
    for table, (columns, other) in PROVEN.items():
        with rebuilt(table) as batch:
            batch.create_foreign_key(op.f(f"fk_{table}_{'_'.join(columns)}"), other, columns, columns)
    write_anew(sa.Text(), JSON, unpacked)


def write_anew(before: Any, after: Any, told: Callable[[Any], Any]) -> None:
    """Write all claims into a table whose outcomes are of another type."""
    op.drop_index("ix_claim_whole", "claim")
    op.rename_table("claim", "claim_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE claim_before RENAME CONSTRAINT pk_claim TO pk_claim_before")
    columns = [sa.Column(name, kind, nullable=may_lack) for name, (kind, may_lack) in COLUMNS.items()]
    outcome, key = (
        sa.Column("outcome", after, nullable=True),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_claim")),
    )
    claim = op.create_table("claim", *columns, outcome, key)
    old = sa.table(
        "claim_before",
        *(sa.column(name, kind) for name, (kind, _) in COLUMNS.items()),
        sa.column("outcome", before),
    )
    found = op.get_bind().execute(sa.select(old), execution_options={"yield_per": CHUNK})
    for rows in found.mappings().partitions():
        told_anew = ({"outcome": row["outcome"] and told(row["outcome"])} for row in rows)
        op.bulk_insert(claim, [dict(row) | anew for row, anew in zip(rows, told_anew, strict=True)])
    op.drop_table("claim_before")
    op.create_index("ix_claim_whole", "claim", ["taken_at"], sqlite_where=WHOLE, postgresql_where=WHOLE)
    context.script.get_revision("0006").module.guard("claim")


@contextmanager
def rebuilt(table: str) -> Iterator[Any]:
    """Change a table; SQLite makes it anew, which then gets the triggers that it had."""
    bind = op.get_bind()
    triggers = []
    if bind.dialect.name == "sqlite":
        found = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
        triggers = bind.execute(found, {"name": table}).scalars().all()
    with op.batch_alter_table(table) as batch:
        yield batch
    for trigger in triggers:
        op.execute(sa.text(trigger.replace(":", r"\:")))


def let_be(table: str, column: str, condition: str) -> None:
    """Let a column hold what meets a condition, and nothing else."""
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, condition)
