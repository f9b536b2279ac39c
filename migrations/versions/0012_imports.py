"""Terms may come from another system, or be resumed after a void fact alone had lifted out of them."""

import sqlalchemy as sa
from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REASONS = ("joined", "lift", "review", "fall", "by_hand")
MORE_REASONS = ("resumed", "imported")


def upgrade() -> None:
    """Bring the tables to this revision."""
    let_terms_begin_by((*REASONS, *MORE_REASONS))


def downgrade() -> None:
    """Take this revision back; the older schema tells the new reasons as given by hand."""
    op.execute(sa.text("UPDATE term SET reason = 'by_hand' WHERE reason IN ('resumed', 'imported')"))
    let_terms_begin_by(REASONS)


def let_terms_begin_by(reasons: tuple[str, ...]) -> None:
    """Let terms begin for these reasons, and no other."""
    name = op.f("ck_term_reason_known")
    with op.batch_alter_table("term") as term:
        term.drop_constraint(name, type_="check")
        term.create_check_constraint(name, f"reason IN ({', '.join(repr(reason) for reason in reasons)})")
    if op.get_bind().dialect.name == "sqlite":
        context.script.get_revision("0006").module.guard("term")  # a rebuilt table has lost its triggers
