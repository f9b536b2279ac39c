"""What two persons do for a member: contacts, freezes and merges are asked for; what is personal may go."""

import sqlalchemy as sa
from alembic import context, op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "approval_request"
OLD_KINDS = ("adjustment", "publication", "bulk_file")
KINDS = (*OLD_KINDS, "contact", "unfreeze", "merge", "unmerge")
MAY_GO = ("note", "value", "salt")  #: of a content: emptied once a person is forgotten (M7)
TRIGGERS = ("update", "delete", "truncate", "second_decision", "other_note")


def upgrade() -> None:
    """Bring the tables to this revision."""
    drop_guard()
    let_be(KINDS, ("adjustment", *KINDS[3:]), ("adjustment", "merge", "unmerge"))
    guard()


def downgrade() -> None:
    """Take this revision back: what was asked for members is forgotten; what was done for them stays done."""
    drop_guard()
    op.execute(f"DELETE FROM {TABLE} WHERE {one_of(KINDS[3:])}")
    let_be(OLD_KINDS, ("adjustment",), ("adjustment",))
    module("0030").guard()


def let_be(kinds: tuple[str, ...], of_members: tuple[str, ...], booked: tuple[str, ...]) -> None:
    """Let requests be of these kinds, which of them are about a member, and which lead to an operation."""
    checks = {
        "kind_known": one_of(kinds),
        "corrects_a_member": f"({one_of(of_members)}) = (member_id IS NOT NULL)",
        "approved_is_booked": f"({one_of(booked)} AND state = 'approved') = (op_id IS NOT NULL)",
    }
    with op.batch_alter_table(TABLE) as table:
        for name, words in checks.items():
            table.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
            table.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), words)


def one_of(kinds: tuple[str, ...]) -> str:
    """The condition that a request is of one of these kinds."""
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def module(revision: str):
    """What another revision offers."""
    return context.script.get_revision(revision).module


def drop_guard() -> None:
    """Let rows be changed."""
    on_table = f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {TABLE}_refuses_{name}{on_table}")


def guard() -> None:
    """Refuse to change what is asked (what is personal may be emptied), to decide twice, to remove a row."""
    trigger, decided = module("0030").trigger, module("0030").DECIDED
    if op.get_bind().dialect.name == "postgresql":
        may_go = ", ".join(f"'{one}'" for one in (*decided, *(f"content.{name}" for name in MAY_GO)))
        trigger("update", "UPDATE", f"FOR EACH ROW EXECUTE FUNCTION refuse_all_but({may_go})")
        refuse = "EXECUTE FUNCTION refuse_to_rewrite()"
        for act in ("DELETE", "TRUNCATE"):
            trigger(act.lower(), act, f"FOR EACH {'STATEMENT' if act == 'TRUNCATE' else 'ROW'} {refuse}")
        again = f"FOR EACH ROW WHEN (OLD.state <> 'waiting') {refuse}"
        other = " OR ".join(
            f"(NEW.content ->> '{name}' IS DISTINCT FROM OLD.content ->> '{name}'"
            f" AND NEW.content ->> '{name}' IS DISTINCT FROM '')"
            for name in MAY_GO
        )
        emptied = f"FOR EACH ROW WHEN ({other}) {refuse}"
    else:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        columns = [row["name"] for row in sa.inspect(op.get_bind()).get_columns(TABLE)]
        same = [f"NEW.{name} IS OLD.{name}" for name in columns if name not in (*decided, "content")]
        paths = ", ".join(f"'$.{name}'" for name in MAY_GO)
        same.append(f"json_remove(NEW.content, {paths}) IS json_remove(OLD.content, {paths})")
        trigger("update", "UPDATE", f"WHEN NOT ({' AND '.join(same)}) {refuse}")
        trigger("delete", "DELETE", refuse)
        again = f"WHEN OLD.state <> 'waiting' {refuse}"
        other = " OR ".join(
            f"(json_extract(NEW.content, '$.{name}') IS NOT json_extract(OLD.content, '$.{name}')"
            f" AND json_extract(NEW.content, '$.{name}') IS NOT '')"
            for name in MAY_GO
        )
        emptied = f"WHEN {other} {refuse}"
    trigger("second_decision", f"UPDATE OF {', '.join(decided)}", again)
    trigger("other_note", "UPDATE OF content", emptied)
