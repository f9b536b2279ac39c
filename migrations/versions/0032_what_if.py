"""What is needed to carry long work on; what was told of sales and activities beside what they gave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("work", sa.Column("asked", DOCUMENT, nullable=True))
    op.create_table(
        "work_part",
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("part_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.String(length=60), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.CheckConstraint("part_no >= 1", name=op.f("ck_work_part_part_no_from_one")),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_work_part_work_id")),
        sa.PrimaryKeyConstraint("work_id", "part_no", name=op.f("pk_work_part")),
    )
    op.add_column("sale", sa.Column("attributes", DOCUMENT, server_default="{}", nullable=False))
    let_go_of("note", "attributes")


def downgrade() -> None:
    """Take this revision back: work that is not done cannot be carried on, and attributes are not known."""
    let_go_of("note")
    op.drop_column("sale", "attributes")
    op.drop_table("work_part")
    op.drop_column("work", "asked")


def let_go_of(*parts: str) -> None:
    """Refuse every change of an operation but of these parts of its reasons."""
    postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER operation_refuses_update{' ON operation' if postgres else ''}")
    if postgres:
        paths = ", ".join(f"'reasons.{part}'" for part in parts)
        words = f"BEFORE UPDATE ON operation FOR EACH ROW EXECUTE FUNCTION refuse_all_but({paths})"
    else:
        paths = ", ".join(f"'$.{part}'" for part in parts)
        columns = [row["name"] for row in sa.inspect(op.get_bind()).get_columns("operation")]
        same = [f'NEW."{column}" IS OLD."{column}"' for column in columns if column != "reasons"]
        same.append(f"json_remove(NEW.reasons, {paths}) IS json_remove(OLD.reasons, {paths})")
        goes = f"{' AND '.join(same)} AND NEW.reasons IS NOT OLD.reasons"
        refuse = "SELECT RAISE(ABORT, 'operation is append-only')"
        words = f"BEFORE UPDATE ON operation WHEN NOT ({goes}) BEGIN {refuse}; END"
    op.execute(f"CREATE TRIGGER operation_refuses_update {words}")
