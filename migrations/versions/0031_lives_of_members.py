"""From state to state: who left and what is kept of theirs, estates, notes; contacts that a freeze doubts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENTS = {"member": ("forfeits_at", "settled_at", "frozen_since"), "person": ("phone_since", "email_since")}
CHECKS = {
    "left_as_when_left": "left_as IS NULL OR state IN ('left', 'deceased')",
    "forfeits_when_left": "forfeits_at IS NULL OR left_as IS NOT NULL",
    "settled_when_deceased": "settled_at IS NULL OR state = 'deceased'",
}


def upgrade() -> None:
    """Bring the tables to this revision; who is frozen by now is signed in by no contact."""
    for table, names in MOMENTS.items():
        with op.batch_alter_table(table) as altered:
            for name in names:
                altered.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
            if table == "member":
                altered.add_column(sa.Column("left_as", sa.String(length=10), nullable=True))
                for name, told in CHECKS.items():
                    altered.create_check_constraint(op.f(f"ck_member_{name}"), told)
    op.create_index("ix_member_forfeits_at", "member", ["forfeits_at"], unique=False)
    op.execute("UPDATE member SET frozen_since = frozen_at WHERE frozen_at IS NOT NULL")
    op.create_table(
        "member_note",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('general', 'call', 'visit', 'complaint', 'state')",
            name=op.f("ck_member_note_kind_known"),
        ),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_member_note_words_said")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_member_note_member_id")),
        sa.PrimaryKeyConstraint("member_id", "note_id", name=op.f("pk_member_note")),
    )
    guard_notes()


def downgrade() -> None:
    """Take this revision back: notes are lost, and who left or died stays so."""
    op.drop_table("member_note")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_unless_erased()")
    op.drop_index("ix_member_forfeits_at", table_name="member")
    for table, names in MOMENTS.items():
        with op.batch_alter_table(table) as altered:
            if table == "member":
                for name in CHECKS:
                    altered.drop_constraint(op.f(f"ck_member_{name}"), type_="check")
                altered.drop_column("left_as")
            for name in names:
                altered.drop_column(name)


def guard_notes() -> None:
    """Refuse to change a note, and to remove it unless its member was forgotten (M7)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NOT EXISTS (
                    SELECT 1 FROM standing WHERE member_id = OLD.member_id AND erased_at IS NOT NULL
                ) THEN
                    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN OLD;
            END $$
            """
        )
        for act, each, function in (
            ("UPDATE", "ROW", "refuse_to_rewrite"),
            ("TRUNCATE", "STATEMENT", "refuse_to_rewrite"),
            ("DELETE", "ROW", "refuse_unless_erased"),
        ):
            words = f"BEFORE {act} ON member_note FOR EACH {each} EXECUTE FUNCTION {function}()"
            op.execute(f"CREATE TRIGGER member_note_refuses_{act.lower()} {words}")
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'member_note is append-only'); END"
    erased = "SELECT 1 FROM standing WHERE member_id = OLD.member_id AND erased_at IS NOT NULL"
    op.execute(f"CREATE TRIGGER member_note_refuses_update BEFORE UPDATE ON member_note {refuse}")
    op.execute(
        "CREATE TRIGGER member_note_refuses_delete BEFORE DELETE ON member_note"
        f" WHEN NOT EXISTS ({erased}) {refuse}"
    )
