"""The laws of books in which tiers took points, each broken on purpose."""

import pytest
from sqlalchemy import text

from tests.ladders import SHANGHAI, club, noon
from tests.makers import Maker
from tests.reads.unguarded import audited, lived, spoilt


def live(make: Maker) -> None:
    """Ana pays for silver and waits for gold, Ben's year ends with a forfeit, Cai waits for silver."""
    document = club(
        {"silver": 100, "gold": 180},
        lift_costs="attain",
        keep_costs="retain",
        rollover={"cap": 10},
        starts="next_day",
    )
    make.document(document)
    ana, ben, cai = make.shopper(), make.shopper(), make.shopper()
    make.clock.move(noon("2026-02-01"))
    ben.buy("130.00")
    make.clock.move(noon("2027-02-10"))
    make.run("jobs", "nightly")
    ana.buy("100.00")
    make.clock.move(noon("2027-02-11"))
    make.run("jobs", "nightly")
    ana.buy("180.00")
    cai.buy("100.00")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    with lived(request.getfixturevalue(f"{request.param}_databases"), live) as engine:
        yield engine


@pytest.fixture
def books(past):
    with spoilt(past) as session:
        yield session


def test_the_books_keep_every_law(books):
    assert list(audited(books, SHANGHAI)) == []
    kinds = {kind for (kind,) in books.execute(text("SELECT DISTINCT kind FROM operation"))}
    assert kinds >= {"tier_price", "forfeit"}
    assert (
        books.scalar(text("SELECT count(*) FROM term WHERE lifts_closed_at IS NULL AND lifts_at IS NOT NULL"))
        == 2
    )


def of(kind: str) -> str:
    return f"op_id IN (SELECT op_id FROM operation WHERE kind = '{kind}')"


SPOILED = [
    ("INSERT INTO claim (scope, key, request_hash, member_id, op_id, taken_at) SELECT 'redemption', 'x', '',"
     " member_id, op_id, booked_at FROM operation WHERE kind = 'forfeit'", "5", "claim"),
    ("UPDATE term SET from_at = '2020-01-01 00:00:00.000000' WHERE reason = 'lift'", "12", "operation"),
    ("UPDATE standing SET due_at = NULL WHERE until_at IS NULL", "12", "standing"),
    ("UPDATE standing SET due_at = until_at WHERE due_at < until_at", "12", "standing"),
    ("UPDATE term SET lifts_closed_at = lifts_booked_at WHERE tier IS NULL", "12", "standing"),
    (f"UPDATE operation_part SET points = points + 1 WHERE {of('tier_price')}", "parts", "operation_part"),
    (f"UPDATE operation_part SET points = points + 1 WHERE {of('forfeit')}", "parts", "operation_part"),
    (f"UPDATE entry SET contra = 'redeemed' WHERE {of('forfeit')}", "parts", "entry"),
    (f"UPDATE entry SET contra = 'forfeited' WHERE {of('tier_price')}", "parts", "entry"),
    ("DELETE FROM outbox_message WHERE kind = 'points.forfeited'", "13", "outbox_message"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "law", "table"),
    [pytest.param(*broken, id=f"law {broken[1]}: {broken[0][:80]}") for broken in SPOILED],
)
def test_each_broken_law_is_found_and_named(books, spoil, law, table):
    assert books.execute(text(spoil)).rowcount
    found = {(fault.law, fault.where.split()[0]) for fault in audited(books, SHANGHAI, law)}
    assert (law, table) in found
