"""Households: who has a seat in which, from when to when; and the operations of a pooled spend (M8)."""

import sqlalchemy as sa
from alembic import context, op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SEAT = "household_seat"
KINDS = ("pool_out", "pool_back")
OLDER_KINDS = (
    "UPDATE operation SET kind = CASE WHEN kind = 'pool_out' THEN 'redeem' ELSE 'reverse' END "
    "WHERE kind IN ('pool_out', 'pool_back')"
)
CHANGES = ("rank", "agreed_at", "agreed_how", "left_at", "left_how")  #: what may still be told of a seat
CHECKS = {
    "rank_from_one": "rank >= 1",
    "agreed_somehow": "(agreed_at IS NULL) = (agreed_how IS NULL)",
    "left_somehow": "(left_at IS NULL) = (left_how IS NULL)",
    "in_its_time": "agreed_at >= asked_at AND left_at >= asked_at",
    "agreed_how_known": "agreed_how IS NULL OR agreed_how IN ('page', 'document', 'merge')",
    "left_how_known": "left_how IS NULL OR left_how IN "
    "('left', 'declined', 'removed', 'deceased', 'erased', 'merged', 'gone')",
}


def upgrade() -> None:
    """Bring the tables to this revision."""
    moment, number = sa.DateTime(timezone=True), sa.BigInteger()
    op.create_table(
        "household",
        sa.Column("household_id", number, autoincrement=False, nullable=False),
        sa.Column("set_up_at", moment, nullable=False),
        sa.Column("set_up_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household")),
    )
    op.create_table(
        SEAT,
        sa.Column("member_id", number, autoincrement=False, nullable=False),
        sa.Column("seat_id", number, autoincrement=False, nullable=False),
        sa.Column("household_id", number, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("agreed_at", moment, nullable=True),
        sa.Column("agreed_how", sa.String(length=10), nullable=True),
        sa.Column("left_at", moment, nullable=True),
        sa.Column("left_how", sa.String(length=10), nullable=True),
        *(sa.CheckConstraint(words, name=op.f(f"ck_{SEAT}_{name}")) for name, words in CHECKS.items()),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f(f"fk_{SEAT}_member_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f(f"fk_{SEAT}_household_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "seat_id", name=op.f(f"pk_{SEAT}")),
    )
    op.create_index(op.f(f"ix_{SEAT}_household_id"), SEAT, ["household_id"])
    is_open = sa.text("left_at IS NULL")
    op.create_index(
        f"uq_{SEAT}_one_open",
        SEAT,
        ["member_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    guard()
    let_operations_be(*KINDS)


def downgrade() -> None:
    """Take this revision back: nobody shares any more; what was spent together stays spent, by each alone."""
    module("0013").rewrite("operation", OLDER_KINDS)
    let_operations_be()
    op.drop_table(SEAT)
    op.drop_table("household")


def module(number: str):
    """What another revision offers."""
    return context.script.get_revision(number).module


def let_operations_be(*more: str) -> None:
    """Let operations be of the kinds before this revision, and of these."""
    module("0034").let_operations_be(*module("0015").KINDS, *module("0034").KINDS, *more)


def guard() -> None:
    """Refuse to remove a seat or a household, to change whose and where it is, to agree or to leave twice."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, changes in (("household", ()), (SEAT, CHANGES)):
        if postgres:
            refuse = "EXECUTE FUNCTION refuse_to_rewrite()"
            may = f"refuse_all_but({', '.join(repr(one) for one in changes)})" if changes else None
            update = f"EXECUTE FUNCTION {may}" if may else refuse
            trigger(table, "update", "UPDATE", f"FOR EACH ROW {update}")
            trigger(table, "delete", "DELETE", f"FOR EACH ROW {refuse}")
            trigger(table, "truncate", "TRUNCATE", f"FOR EACH STATEMENT {refuse}")
            continue
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        columns = [row["name"] for row in sa.inspect(op.get_bind()).get_columns(table)]
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in columns if name not in changes)
        trigger(table, "update", "UPDATE", f"WHEN NOT ({same}) {refuse}" if changes else refuse)
        trigger(table, "delete", "DELETE", refuse)
    again = (
        "OLD.left_at IS NOT NULL OR (OLD.agreed_at IS NOT NULL AND "
        f"(NEW.agreed_at {'IS DISTINCT FROM' if postgres else 'IS NOT'} OLD.agreed_at OR "
        f"NEW.agreed_how {'IS DISTINCT FROM' if postgres else 'IS NOT'} OLD.agreed_how))"
    )
    words = f"FOR EACH ROW WHEN ({again}) {refuse}" if postgres else f"WHEN {again} {refuse}"
    trigger(SEAT, "second_end", "UPDATE", words)


def trigger(table: str, name: str, act: str, words: str) -> None:
    """A trigger on a table that refuses something."""
    op.execute(f"CREATE TRIGGER {table}_refuses_{name} BEFORE {act} ON {table} {words}")
