"""What happened is never rewritten: the database itself refuses (P1).

SQLite drops a table's triggers when a later migration rebuilds it in batch mode: such a migration must call
`guard` again.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEVER_CHANGED = ("entry", "operation", "edition", "consent", "sale_return")
NEVER_REMOVED = (*NEVER_CHANGED, "claim", "term")


def upgrade() -> None:
    """Guard every append-only table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$
            """
        )
    for table in NEVER_REMOVED:
        guard(table)


def downgrade() -> None:
    """Let go of them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_rewrite() CASCADE")
        return
    for table in NEVER_REMOVED:
        for act in acts(table):
            op.execute(f"DROP TRIGGER {table}_refuses_{act.lower()}")


def guard(table: str, *, also_changes: bool = False) -> None:
    """Refuse to remove the rows of a table, and to change them where its kind or the caller says so."""
    for act in acts(table, also_changes=also_changes):
        name = f"{table}_refuses_{act.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            each = "STATEMENT" if act == "TRUNCATE" else "ROW"
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_to_rewrite()"
            )
        else:
            refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN {refuse}; END")


def acts(table: str, *, also_changes: bool = False) -> tuple[str, ...]:
    """What is refused on a table; SQLite knows no TRUNCATE."""
    removing = ("DELETE", "TRUNCATE") if op.get_bind().dialect.name == "postgresql" else ("DELETE",)
    return ("UPDATE", *removing) if also_changes or table in NEVER_CHANGED else removing
