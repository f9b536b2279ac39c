"""Persons who were forgotten; the guards let go of what may name somebody, and of nothing else (M7)."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MAY_GO = {
    "operation": {"reasons": ("note",)},
    "policy_version": {"holder": (), "content": ("holder_reference", "insured")},
}  #: table → column → its parts that may change; none: all of it


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("standing", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "erased_person",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_person")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_all_but() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                was jsonb := to_jsonb(OLD);
                becomes jsonb := to_jsonb(NEW);
                part text;
            BEGIN
                FOREACH part IN ARRAY TG_ARGV LOOP
                    was := was #- string_to_array(part, '.');
                    becomes := becomes #- string_to_array(part, '.');
                END LOOP;
                IF was IS DISTINCT FROM becomes OR to_jsonb(OLD) = to_jsonb(NEW) THEN
                    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$
            """
        )
    for table in MAY_GO:
        drop_guard(table)
        let_go_of(table)


def downgrade() -> None:
    """Take this revision back; whoever was forgotten stays so, and may be told of again."""
    for table in MAY_GO:
        drop_guard(table)
        refuse_updates(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_all_but()")
    op.drop_table("erased_person")
    op.drop_column("standing", "erased_at")


def drop_guard(table: str) -> None:
    """Let a table's rows change."""
    on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {table}_refuses_update{on}")


def let_go_of(table: str) -> None:
    """Refuse every change of a table's rows but of what may go."""
    parts = MAY_GO[table]
    if op.get_bind().dialect.name == "postgresql":
        paths = [f"{column}.{part}" for column, inner in parts.items() for part in inner]
        told = ", ".join(
            f"'{one}'" for one in [*paths, *(name for name, inner in parts.items() if not inner)]
        )
        words = f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_all_but({told})"
        op.execute(f"CREATE TRIGGER {table}_refuses_update {words}")
        return
    columns = [row["name"] for row in sa.inspect(op.get_bind()).get_columns(table)]
    same, differs = [], [f"NEW.{column} IS NOT OLD.{column}" for column in parts]
    for column in columns:
        if column not in parts:
            same.append(f'NEW."{column}" IS OLD."{column}"')
        elif parts[column]:
            paths = ", ".join(f"'$.{part}'" for part in parts[column])
            same.append(f"json_remove(NEW.{column}, {paths}) IS json_remove(OLD.{column}, {paths})")
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    goes = f"{' AND '.join(same)} AND ({' OR '.join(differs)})"
    words = f"BEFORE UPDATE ON {table} WHEN NOT ({goes}) BEGIN {refuse}; END"
    op.execute(f"CREATE TRIGGER {table}_refuses_update {words}")


def refuse_updates(table: str) -> None:
    """Refuse every change of a table's rows, as before."""
    if op.get_bind().dialect.name == "postgresql":
        words = f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()"
    else:
        words = f"BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_refuses_update {words}")
