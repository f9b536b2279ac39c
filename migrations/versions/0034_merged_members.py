"""Two members who are one person: whom somebody was merged into, and the rows that a merge writes (M6)."""

import sqlalchemy as sa
from alembic import context, op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KINDS = ("merge_out", "merge_in", "hold_out", "hold_in", "promise_out", "promise_in", "pass_on")
HOLD_STATES = ("open", "captured", "voided", "ended")
OLDER = {
    "hold": "UPDATE hold SET state = 'voided' WHERE state = 'merged'",
    "pending": "UPDATE pending SET state = 'superseded' WHERE state = 'merged'",
    "term": "UPDATE term SET reason = 'by_hand' WHERE reason = 'merged'",
}
OLDER_KINDS = (
    "UPDATE operation SET kind = CASE WHEN kind = 'hold_in' THEN 'hold' WHEN kind = 'hold_out' THEN 'void' "
    f"ELSE 'adjust' END WHERE kind IN ({', '.join(repr(kind) for kind in KINDS)})"
)
SOMEBODY_ELSE = """
    EXISTS (SELECT 1 FROM member AS other WHERE other.merged_into = NEW.member_id)
    OR EXISTS (SELECT 1 FROM member AS other
               WHERE other.member_id = NEW.merged_into AND other.merged_into IS NOT NULL)
"""  #: a survivor is merged into nobody, and nobody is merged into who was merged: no chains, no circles


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("merged_into", sa.BigInteger(), nullable=True))
        member.add_column(sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
        member.create_foreign_key(op.f("fk_member_merged_into"), "member", ["merged_into"], ["member_id"])
        member.create_check_constraint(op.f("ck_member_merged_into_another"), "merged_into <> member_id")
        member.create_check_constraint(
            op.f("ck_member_merged_at_an_instant"), "(merged_into IS NULL) = (merged_at IS NULL)"
        )
    op.create_index(op.f("ix_member_merged_into"), "member", ["merged_into"])
    refuse_chains()
    let_be((*HOLD_STATES, "merged"), "merged")
    let_operations_be(*module("0015").KINDS, *KINDS)


def downgrade() -> None:
    """Take this revision back; whoever was merged stands alone, without the points that were moved."""
    for words in OLDER.values():
        op.execute(words)
    module("0013").rewrite("operation", OLDER_KINDS)
    let_operations_be(*module("0015").KINDS)
    let_be(HOLD_STATES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_chains() CASCADE")
    else:
        op.execute("DROP TRIGGER member_refuses_chains")
    op.drop_index(op.f("ix_member_merged_into"), "member")
    with op.batch_alter_table("member") as member:
        member.drop_constraint(op.f("ck_member_merged_at_an_instant"), type_="check")
        member.drop_constraint(op.f("ck_member_merged_into_another"), type_="check")
        member.drop_constraint(op.f("fk_member_merged_into"), type_="foreignkey")
        member.drop_column("merged_at")
        member.drop_column("merged_into")


def module(number: str):
    """What another revision offers."""
    return context.script.get_revision(number).module


def let_operations_be(*more: str) -> None:
    """Let operations be of the kinds before tiers took points, and of these; their guard lets words go."""
    module("0015").let_operations_be(*more)
    if op.get_bind().dialect.name == "sqlite":  # the rebuilt table has the guard that lets nothing go
        module("0032").let_go_of("note", "attributes")


def let_be(holds: tuple[str, ...], *more: str) -> None:
    """Let holds be in these states; promises and terms as before, and in or for these."""
    name = op.f("ck_hold_state_known")
    with op.batch_alter_table("hold") as hold:
        hold.drop_constraint(name, type_="check")
        hold.create_check_constraint(name, f"state IN ({', '.join(repr(state) for state in holds)})")
    module("0013").let_pending_be((*module("0013").PENDING_STATES, "superseded", *more))
    reasons = (*module("0012").REASONS, *module("0012").MORE_REASONS, *more)
    module("0012").let_terms_begin_by(reasons)


def refuse_chains() -> None:
    """Let nobody be merged into who was merged, nor be merged whom others were merged into."""
    words = "a member was merged already"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER member_refuses_chains BEFORE UPDATE OF merged_into ON member "
            f"WHEN NEW.merged_into IS NOT NULL AND ({SOMEBODY_ELSE}) "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    op.execute(
        f"""
        CREATE FUNCTION refuse_chains() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM member WHERE member_id = NEW.merged_into FOR NO KEY UPDATE;
            IF {SOMEBODY_ELSE} THEN
                RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER member_refuses_chains BEFORE UPDATE OF merged_into ON member FOR EACH ROW "
        "WHEN (NEW.merged_into IS NOT NULL) EXECUTE FUNCTION refuse_chains()"
    )
