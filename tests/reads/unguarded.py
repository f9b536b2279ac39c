"""Books without the database's own guards: each law can be broken there, and the auditor must see it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from loyalty.app import create_app
from loyalty.db import behave, db, engine_options
from loyalty.law import Fault
from loyalty.reads.audit import LAWS, audit
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker

GUARDS_OFF = {  # for one session; triggers and checks are gone from the copy
    "sqlite": ["PRAGMA ignore_check_constraints = ON", "PRAGMA defer_foreign_keys = ON"],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}
GUARDS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
    " FROM pg_constraint WHERE contype = 'c' AND conrelid > 0 AND connamespace = 'public'::regnamespace",
}


@contextmanager
def lived(databases: Any, live: Callable[[Maker], None]) -> Iterator[Engine]:
    """A club that lived through this, on a database of its own without triggers and checks."""
    with databases.clone() as url:
        app = create_app(settings_for(url), MovableClock())
        live(Maker(app, app.extensions["loyalty"].clock))
        with app.app_context():
            db.engine.dispose()
        engine = create_engine(**engine_options(url))
        behave(engine)
        with engine.begin() as copy:
            for (guard,) in copy.execute(text(GUARDS[engine.dialect.name])).all():
                copy.execute(text(guard))
        yield engine
        engine.dispose()


def audited(books: Session, zone: ZoneInfo, *codes: str) -> list[Fault]:
    """What the auditor finds in the whole books; of each member alone it finds the same.

    With codes, it looks at these laws alone.
    """
    laws = [law for law in LAWS if not codes or law.code in codes]
    faults = list(audit(books, zone, laws=laws))
    members = books.scalars(text("SELECT member_id FROM member ORDER BY member_id")).all()
    apart = [fault for member_id in members for fault in audit(books, zone, [member_id], laws)]
    assert {fault for fault in apart if fault.member_id} == {fault for fault in faults if fault.member_id}
    return faults


@contextmanager
def spoilt(past: Engine) -> Iterator[Session]:
    """A session that may break anything, and takes it back."""
    with Session(past) as session:
        for guard in GUARDS_OFF[past.dialect.name]:
            session.execute(text(guard))
        yield session
        session.rollback()
