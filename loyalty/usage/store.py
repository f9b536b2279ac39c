"""The rows of counters: looked at before a decision, counted up after it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from loyalty.tables import table_of
from loyalty.usage.models import Usage
from loyalty.usage.terms import UsageKey, Used

_USAGE = table_of(Usage).c
_FIND = select(_USAGE.times, _USAGE.amount).where(
    _USAGE.name == bindparam("of_name"),
    _USAGE.subject == bindparam("of_subject"),
    _USAGE.period == bindparam("of_period"),
)
_FIND_LOCKED = _FIND.with_for_update()

# In words, because the statement objects of ON CONFLICT are compiled anew each time.
_BEGIN = text(
    "INSERT INTO usage (name, subject, period, times, amount) VALUES (:name, :subject, :period, 0, 0) "
    "ON CONFLICT DO NOTHING"
)
_ADD = text(
    "INSERT INTO usage (name, subject, period, times, amount) "
    "VALUES (:name, :subject, :period, :times, :amount) ON CONFLICT (name, subject, period) "
    "DO UPDATE SET times = usage.times + excluded.times, amount = usage.amount + excluded.amount"
)


def used(session: Session, keys: Iterable[UsageKey], *, locked: bool = False) -> dict[UsageKey, Used]:
    """What is used of each; `locked` keeps others from counting until this transaction ends.

    Rows are locked in the order of their keys, after the member's (the lock order).
    """
    found = {}
    for key in sorted(set(keys)):
        if locked:
            session.execute(_BEGIN, {"name": key.name, "subject": key.subject, "period": key.period})
        named = {"of_name": key.name, "of_subject": key.subject, "of_period": key.period}
        row = session.execute(_FIND_LOCKED if locked else _FIND, named).first()
        found[key] = Used(*row) if row else Used()
    return found


def add(session: Session, counts: Mapping[UsageKey, Used]) -> None:
    """Count up."""
    rows = [
        {"name": key.name, "subject": key.subject, "period": key.period}
        | {"times": count.times, "amount": count.amount}
        for key, count in sorted(counts.items())
    ]
    if rows:
        session.execute(_ADD, rows)
