"""How often a till's wish goes to PostgreSQL and back: what it costs grows with that."""

import pytest
from sqlalchemy import event

from loyalty.db import db

ONLY_POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
QUOTED = {"store": "S1", "terminal": "T1", "currency": "EUR", "lines": [{"line": 1, "amount": "10.00"}]}

WISHES = {
    "earn": lambda ana, _, key: ana.buy("10.00", key=key),
    "redeem": lambda ana, _, key: ana.redeem(1, key=key),
    "hold": lambda ana, _, __: ana.hold(1),
    "capture": lambda ana, held, key: ana.capture(held, key=key),
    "void": lambda ana, held, key: ana.void(held, key=key),
    "quote": lambda ana, _, __: ana.tell("/quotes", QUOTED | {"card": ana.card}, 200),
    "balance": lambda ana, _, __: ana.look("/balance"),
    "tier": lambda ana, _, __: ana.look("/tier"),
}


@pytest.fixture
def trips(app):
    """Every statement that is sent."""
    sent = []

    def note(_, __, statement, *more):
        sent.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield sent
        event.remove(db.engine, "before_cursor_execute", note)


@ONLY_POSTGRESQL
@pytest.mark.parametrize(
    ("wish", "key", "count"),
    [
        ("earn", None, 3),
        ("earn", "k", 3),
        ("redeem", None, 4),
        ("redeem", "k", 5),
        ("hold", None, 4),
        ("capture", None, 5),
        ("capture", "k", 5),
        ("void", "k", 5),
        ("quote", None, 2),
        ("balance", None, 1),
        ("tier", None, 2),
    ],
)
def test_a_wish_takes_few_trips(make, trips, wish, key, count):
    make.club()
    ana = make.shopper()
    for _ in range(2):
        ana.buy("10.00")
        held = ana.hold(1)
    trips.clear()
    WISHES[wish](ana, held, key)
    assert len(trips) == count, trips
