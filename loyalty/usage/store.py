"""The rows of counters: looked at before a decision, counted up after it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select, text, tuple_
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.tables import table_of
from loyalty.usage.models import Usage
from loyalty.usage.terms import UsageKey, Used
from loyalty.writing import counting, later

_USAGE = table_of(Usage).c
_KEY = (_USAGE.name, _USAGE.subject, _USAGE.period)
_FIND = (
    select(*_KEY, _USAGE.times, _USAGE.amount)
    .where(tuple_(*_KEY).in_(bindparam("keys", expanding=True)))
    .order_by(*_KEY)
)
_MORE = counting(Usage, "times", "amount")
_FIND_LOCKED = _FIND.with_for_update()

# In words, because the statement objects of ON CONFLICT are compiled anew each time.
_BEGIN = text(
    "INSERT INTO usage (name, subject, period, times, amount) VALUES (:name, :subject, :period, 0, 0) "
    "ON CONFLICT DO NOTHING"
)
_LESS = text(
    "UPDATE usage SET times = times + :times, amount = amount + :amount "
    "WHERE name = :name AND subject = :subject AND period = :period"
)


def used(session: Session, keys: Iterable[UsageKey], *, locked: bool = False) -> dict[UsageKey, Used]:
    """What is used of each; `locked` keeps others from counting until this transaction ends.

    Rows are locked in the order of their keys, after the member's (the lock order).
    """
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    if locked:
        session.execute(_BEGIN, [key._asdict() for key in wanted])
    rows = session.execute(_FIND_LOCKED if locked else _FIND, {"keys": [tuple(key) for key in wanted]})
    found = {UsageKey(*key): Used(times, amount) for *key, times, amount in rows}
    return {key: found.get(key, Used()) for key in wanted}


def add(session: Session, member_id: int, counts: Mapping[UsageKey, Used]) -> None:
    """Count up, or down what is no longer used, by a fact of this member."""
    if not counts:
        return
    more = [_row(key, used) for key, used in sorted(counts.items()) if min(used.times, used.amount) >= 0]
    less = [_row(key, used) for key, used in sorted(counts.items()) if min(used.times, used.amount) < 0]
    later(session, _MORE, more)
    for row in less:
        expect_one(session.execute(_LESS, row), "usage", f"the counter {row['name']}", member_id)


def _row(key: UsageKey, count: Used) -> dict[str, str | int]:
    return {**key._asdict(), "times": count.times, "amount": count.amount}
