"""The books of a club that uses all a till can do: they keep every law, and each broken one is found."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tests.api.test_facts import tell
from tests.api.test_returns_without_receipt import bring_back
from tests.api.test_transfers import pass_on
from tests.clocks import START
from tests.makers import Maker, receipt
from tests.pasts import NAME
from tests.reads.unguarded import audited, lived, spoilt

LISBON = ZoneInfo("Europe/Lisbon")
DAY = timedelta(days=1)
GEMS = {"name": NAME, "spendable": True, "expiry": {"inactive_months": 2}, "order": "oldest_first",
        "transfer": {"member_day": 500}}  # fmt: skip
CLUB = {
    "club.returns_without_receipt": {"member_day": "500.00"},
    "unit.reward.expiry": {"days": 30},
    "unit.reward.paused_while_tier": ["gold"],
    "unit.reward.transfer": {"member_day": 500},
    "unit.reward.worth": {"points": 100, "money": "1.00"},
    "unit.gems": GEMS,
    "terms.measure": {"earned": "status", "window": {"days": 30}},
    "terms.length": {"months": 4},
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    "rule[3]": {"code": "gem", "on": "purchase", "unit": "gems", "earn": {"points": 1, "per": "1.00"}},
    "rule[4]": {"code": "call", "on": "purchase", "unit": "gems", "phase": "bonus", "earn": {"fixed": 9},
                "from": {"event": "called"}},
}  # fmt: skip


def live(make: Maker) -> None:
    """Ana is gold for four months and spends what her tier keeps; Ben gets her points, and falls asleep."""
    make.club(make.clock.now(), **CLUB)
    till, clock = make.till(), make.clock
    ana, ben = make.shopper(till), make.shopper(till)
    ana.buy("2000.00")
    clock.move(DAY)
    ana.buy("500.00")
    pass_on(ana, ben, 300)
    pass_on(ana, ben, 400, reference="t-2", unit="gems")
    tell(ana, "called")
    clock.move(DAY)
    sold = ben.buy(
        "20.00",
        tenders=[{"kind": "points", "points": 200, "amount": "2.00"}, {"kind": "cash", "amount": "18.00"}],
    )
    ben.give_back(sold, amount="10.00")
    ben.buy("30.00", receipt="void")
    ben.tell("/purchases/cancel", receipt("void") | {"cancel_ref": "c-1"}, 200)
    bring_back(ben, "5.00")
    clock.move(START + 60 * DAY)
    ana.redeem(2100, unit="reward")  # past their day for a month
    ana.redeem(2000, unit="gems")
    clock.move(START + 100 * DAY)
    make.run("jobs", "nightly")
    ben.adjust(7, "gems")
    clock.move(START + 200 * DAY)
    make.run("jobs", "nightly")
    ana.buy("10.00")
    ben.hold(ben.buy("12.00")["award"]["units"]["reward"], unit="reward")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    """The books of that club, without the database's own guards; who spoils them takes it back."""
    with lived(request.getfixturevalue(f"{request.param}_databases"), live) as engine:
        yield engine


@pytest.fixture
def books(past):
    with spoilt(past) as session:
        yield session


def test_the_books_keep_every_law(books):
    assert list(audited(books, LISBON)) == []
    kinds = {kind for (kind,) in books.execute(text("SELECT DISTINCT kind FROM operation"))}
    assert kinds == {"earn", "open", "redeem", "reverse", "return", "cancel", "adjust", "expire", "hold",
                     "transfer_in", "transfer_out"}  # fmt: skip


def of(kind: str, and_: str = "TRUE") -> str:
    return f"op_id IN (SELECT op_id FROM operation WHERE kind = '{kind}') AND {and_}"


UNDATED = "contra = 'expired' AND expires_on = '9999-12-31'"
SPOILED = [
    # 3: clearing
    (f"UPDATE entry SET points = points - 1 WHERE {of('transfer_out')}", "3", "operation_part"),
    (f"UPDATE entry SET op_id = op_id + 1 WHERE {of('transfer_in', 'points > 0')}", "3", "operation_part"),
    # 5: keys
    ("DELETE FROM claim WHERE scope LIKE 'transfer@%'", "5", "operation"),
    ("DELETE FROM claim WHERE scope = 'cancellation'", "5", "operation"),
    ("UPDATE sale SET tenders = '[]'", "5", "operation"),
    # 7: undone
    ("UPDATE operation SET refers_to = NULL WHERE kind = 'cancel'", "7", "operation_part"),
    # 8: life and death
    (f"UPDATE entry SET happened_at = '2026-02-25 00:00:00.000000' WHERE {UNDATED}", "8", "entry"),
    ("UPDATE operation SET happened_at = '2026-03-01 00:00:00.000000',"
     " booked_at = '2026-03-01 00:00:00.000000' WHERE kind = 'hold'", "8", "entry"),
    ("UPDATE term SET tier = 'silver' WHERE tier = 'gold'", "8", "entry"),
    ("UPDATE entry SET happened_at = '2026-04-20 00:00:00.000000' WHERE contra = 'expired'"
     " AND expires_on < '2026-04-01' AND unit = 'reward'", "8", "entry"),
    (f"UPDATE entry SET expires_on = '2020-01-01' WHERE {of('transfer_out')}", "8", "entry"),
    # 9: clocks
    ("UPDATE account SET due_at = NULL WHERE unit = 'gems'", "9", "account"),
    ("UPDATE account SET last_active_on = '2026-07-01' WHERE unit = 'gems'", "9", "account"),
    ("UPDATE account SET last_active_on = '2027-07-01' WHERE unit = 'gems'", "9", "account"),
    # parts
    *((f"UPDATE operation_part SET points = points + 1 WHERE {of(kind)}", "parts", "operation_part")
      for kind in ("transfer_in", "transfer_out", "cancel", "return")),
    ("UPDATE operation SET kind = 'transfer_in' WHERE kind = 'transfer_out'", "parts", "entry"),
    (f"UPDATE entry SET contra = 'redeemed' WHERE {of('cancel', 'points < 0')}", "parts", "entry"),
    # 13: news
    ("DELETE FROM outbox_message WHERE kind = 'points.received'", "13", "outbox_message"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "law", "table"),
    [pytest.param(*broken, id=f"law {broken[1]}: {broken[0][:80]}") for broken in SPOILED],
)
def test_each_broken_law_is_found_and_named(books, spoil, law, table):
    assert books.execute(text(spoil)).rowcount
    found = {(fault.law, fault.where.split()[0]) for fault in audited(books, LISBON, law)}
    assert (law, table) in found
