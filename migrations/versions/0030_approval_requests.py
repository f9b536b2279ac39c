"""Approval requests: what is asked never changes, and is decided once, by somebody else."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "approval_request"
DECIDED = ("state", "because", "checker", "decided_at", "op_id", "edition")  #: what a decision writes
CHECKS = {
    "kind_known": "kind IN ('adjustment', 'publication', 'bulk_file')",
    "state_known": "state IN ('waiting', 'approved', 'refused', 'withdrawn', 'void')",
    "because_known": "because IS NULL OR because IN ('too_old', 'too_late', 'another_edition', 'member_erased')",
    "digest_whole": "length(digest) = 64",
    "two_persons": "checker IS NULL OR checker <> maker",
    "checked_by_one": "(state IN ('approved', 'refused')) = (checker IS NOT NULL)",
    "waits_until_decided": "(state = 'waiting') = (decided_at IS NULL)",
    "void_for_a_reason": "(state = 'void') = (because IS NOT NULL)",
    "approved_in_time": "state <> 'approved' OR decided_at < void_at",
    "corrects_a_member": "(kind = 'adjustment') = (member_id IS NOT NULL)",
    "approved_is_booked": "(kind = 'adjustment' AND state = 'approved') = (op_id IS NOT NULL)",
    "approved_is_published": "(kind = 'publication' AND state = 'approved') = (edition IS NOT NULL)",
}


def upgrade() -> None:
    """Bring the tables to this revision."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("approval_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("maker", sa.String(length=80), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("void_at", moment, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("because", sa.String(length=20), nullable=True),
        sa.Column("checker", sa.String(length=80), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("op_id", sa.BigInteger(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=True),
        *(sa.CheckConstraint(words, name=op.f(f"ck_{TABLE}_{name}")) for name, words in CHECKS.items()),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f(f"fk_{TABLE}_member_id")),
        sa.PrimaryKeyConstraint("approval_id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_member_id"), TABLE, ["member_id"])
    op.create_index(op.f(f"ix_{TABLE}_state_approval_id"), TABLE, ["state", "approval_id"])
    guard()


def downgrade() -> None:
    """Take this revision back: what waits is not asked for any more; what was approved stays done."""
    op.drop_table(TABLE)


def guard() -> None:
    """Refuse to change what is asked (its note may be emptied, M7), to decide twice, to remove a row."""
    decided = ", ".join(DECIDED)
    if op.get_bind().dialect.name == "postgresql":
        may_go = ", ".join(f"'{one}'" for one in (*DECIDED, "content.note"))
        trigger("update", "UPDATE", f"FOR EACH ROW EXECUTE FUNCTION refuse_all_but({may_go})")
        refuse = "EXECUTE FUNCTION refuse_to_rewrite()"
        for act in ("DELETE", "TRUNCATE"):
            trigger(act.lower(), act, f"FOR EACH {'STATEMENT' if act == 'TRUNCATE' else 'ROW'} {refuse}")
        again, note = f"FOR EACH ROW WHEN (OLD.state <> 'waiting') {refuse}", "NEW.content ->> 'note'"
        emptied = f"FOR EACH ROW WHEN (NEW.content <> OLD.content AND {note} IS DISTINCT FROM '') {refuse}"
    else:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        columns = [row["name"] for row in sa.inspect(op.get_bind()).get_columns(TABLE)]
        same = [f"NEW.{name} IS OLD.{name}" for name in columns if name not in (*DECIDED, "content")]
        same.append("json_remove(NEW.content, '$.note') IS json_remove(OLD.content, '$.note')")
        trigger("update", "UPDATE", f"WHEN NOT ({' AND '.join(same)}) {refuse}")
        trigger("delete", "DELETE", refuse)
        again, note = f"WHEN OLD.state <> 'waiting' {refuse}", "json_extract(NEW.content, '$.note')"
        emptied = f"WHEN NEW.content IS NOT OLD.content AND {note} IS NOT '' {refuse}"
    trigger("second_decision", f"UPDATE OF {decided}", again)
    trigger("other_note", "UPDATE OF content", emptied)


def trigger(name: str, act: str, words: str) -> None:
    """A trigger on the table that refuses something."""
    op.execute(f"CREATE TRIGGER {TABLE}_refuses_{name} BEFORE {act} ON {TABLE} {words}")
