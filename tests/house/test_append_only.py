import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty.db import carry_out, reading

ROWS = ("entry", "operation", "edition", "consent", "sale_return", "claim", "term")
COLUMNS = {"entry": "points", "operation": "kind", "edition": "sha256", "consent": "purpose",
           "sale_return": "amount_minor"}  # fmt: skip
ATTACKS = [
    *(f"UPDATE {table} SET {column} = {column}" for table, column in COLUMNS.items()),
    *(f"DELETE FROM {table}" for table in ROWS),
]


@pytest.fixture
def ana(make):
    """A member with a row in each table that is never rewritten."""
    make.club()
    consent = {"purpose": "mail", "recipient": "club", "data": "email", "text_sha256": "a" * 64,
               "language": "en", "channel": "shop"}  # fmt: skip
    ana = make.shopper(consents=[consent])
    ana.give_back(ana.buy("100.00"), amount="30.00")
    return ana


def rows(app):
    with app.app_context(), reading() as session:
        return {
            table: sorted(map(repr, session.execute(text(f"SELECT * FROM {table}")).all())) for table in ROWS
        }


def attack(app, statement):
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"):
        carry_out(lambda session: session.execute(text(statement)))


def test_p1_the_database_refuses_to_rewrite_what_happened(app, ana):
    before = rows(app)
    assert all(before.values())
    for statement in ATTACKS:
        attack(app, statement)
    assert rows(app) == before


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ROWS)
def test_p1_postgresql_refuses_to_truncate(app, ana, table):
    attack(app, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", ["entry", "operation", "edition"])
def test_p1_sqlite_refuses_to_replace(app, ana, table):
    before = rows(app)
    with app.app_context(), pytest.raises(DBAPIError):
        carry_out(lambda session: session.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}")))
    assert rows(app) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET available = -1",
        "UPDATE account SET held = -1",
        "UPDATE account SET debt = 5 WHERE unit = 'reward'",
        "UPDATE lot SET remaining = -1",
        "UPDATE lot SET kind = 'debt'",
        "UPDATE operation_part SET undone = points + 1",
        "UPDATE sale SET returned_minor = amount_minor + 1",
        "INSERT INTO entry SELECT member_id, unit, seq + 100, op_id, expires_on, kind, 0, contra, 0,"
        " counts_on, happened_at, booked_at FROM entry",
        "INSERT INTO entry SELECT member_id, unit, seq + 100, op_id, expires_on, kind, 5, 'thin air', 0,"
        " counts_on, happened_at, booked_at FROM entry",
        "INSERT INTO entry SELECT member_id, unit, seq, op_id, expires_on, kind, 5, contra, 0,"
        " counts_on, happened_at, booked_at FROM entry",
        "INSERT INTO entry SELECT member_id, unit, seq + 100, op_id + 1, expires_on, kind, 5, contra, 0,"
        " counts_on, happened_at, booked_at FROM entry",
        "INSERT INTO claim SELECT * FROM claim",
    ],
)
def test_what_must_always_hold_is_held_by_the_database_too(app, ana, statement):
    before = rows(app)
    with app.app_context(), pytest.raises(DBAPIError, match=r"(?i)constraint|unique"):
        carry_out(lambda session: session.execute(text(statement)))
    assert rows(app) == before


@pytest.mark.parametrize(
    "change",
    [
        "captured = points + 1, state = 'captured', closed_at = taken_at",
        "state = 'gone'",
        "state = 'voided'",
        "closed_at = taken_at",
        "points = 0",
    ],
)
def test_p6_p10_a_hold_cannot_be_in_two_minds(app, ana, change):
    ana.hold(10)
    with app.app_context(), pytest.raises(DBAPIError, match=r"(?i)constraint"):
        carry_out(lambda session: session.execute(text(f"UPDATE hold SET {change}")))
