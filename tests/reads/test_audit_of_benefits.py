"""The laws of entitlements, events and rewards are broken on purpose, past the database's own guards."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.api.test_benefits import Desk, benefit
from tests.api.test_rewards import reward
from tests.makers import wire
from tests.reads.test_audit import LISBON
from tests.reads.unguarded import audited, lived, spoilt

LOUNGE = benefit("lounge", quota={"count": 3, "per": "calendar_year"})
CHECK = benefit("check", quota={"count": 3, "per": "calendar_year"}, booking={})
GALA = benefit("gala", kind="event", guests=2, booking={})


def live(make):
    """Ana has a bit of everything; Ben waits for a place at the gala."""
    make.club(benefit=[LOUNGE, CHECK, GALA], reward=[reward("mug", 50, stock=5), reward("cup", 50)])
    desk, till, later = Desk(make), make.till(), make.clock.now() + timedelta(hours=1)
    ana, ben = make.shopper(till), make.shopper(till)
    ana.buy("500.00")
    desk.use(ana, "lounge", "l1"), desk.use(ana, "lounge", "l2")
    for no, how in enumerate(("confirm", "cancel", "no-show"), start=1):
        desk.close(desk.use(ana, "check", f"c{no}", at=wire(later), reserve=True), how)
    desk.use(ana, "check", "c4", at=wire(later), reserve=True)
    words = (
        "--benefit",
        "gala",
        "--starts",
        later.isoformat(),
        "--capacity",
        "3",
        "--zh",
        "宴",
        "--en",
        "Gala",
    )
    gala = make.run("club-events", "announce", *words).stdout.strip()
    desk.use(ana, "gala", "g1", event=gala, party=3), desk.use(ben, "gala", "g2", event=gala, wait=True)
    for no, code in enumerate(("mug", "mug", "cup"), start=1):
        told = ana.tell("/reward-orders", {"card": ana.card, "reward": code, "reference": f"o{no}"}, 201)
    ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 200)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    with lived(request.getfixturevalue(f"{request.param}_databases"), live) as engine:
        yield engine


@pytest.fixture
def books(past):
    with spoilt(past) as session:
        yield session


def test_the_books_keep_every_law(books):
    assert list(audited(books, LISBON)) == []


@pytest.mark.parametrize(
    ("spoil", "law", "table"),
    [
        ("UPDATE entitlement SET reserved = reserved + 1", "entitlements", "entitlement"),
        ("UPDATE entitlement SET used = used + 1 WHERE benefit = 'lounge'", "entitlements", "entitlement"),
        ("UPDATE entitlement SET granted = 1 WHERE benefit = 'lounge'", "entitlements", "entitlement"),
        ("DELETE FROM entitlement WHERE benefit = 'check'", "entitlements", "entitlement"),
        ("DELETE FROM benefit_use WHERE benefit = 'lounge'", "entitlements", "entitlement"),
        ("UPDATE benefit_use SET state = 'used' WHERE state = 'reserved'", "entitlements", "entitlement"),
        ("UPDATE benefit_use SET state = 'used' WHERE state = 'reserved'", "entitlements", "benefit_use"),
        (
            "UPDATE benefit_use SET counts = NOT counts",
            "entitlements",
            "benefit_use",
        ),
        ("UPDATE benefit_use SET closed_at = NULL", "entitlements", "benefit_use"),
        ("UPDATE club_event SET taken = taken - 1", "events", "club_event"),
        ("UPDATE club_event SET capacity = 2", "events", "club_event"),
        ("UPDATE benefit_use SET guests = guests + 1 WHERE event_id IS NOT NULL", "events", "club_event"),
        ("UPDATE reward_order SET state = 'open' WHERE state = 'cancelled'", "rewards", "reward_order"),
        ("UPDATE reward_order SET state = 'cancelled' WHERE state = 'open'", "rewards", "reward_order"),
        ("UPDATE reward_order SET state = 'cancelled' WHERE reward = 'mug'", "rewards", "reward_stock"),
        ("UPDATE reward_stock SET sold = sold + 1", "rewards", "reward_stock"),
        ("UPDATE operation SET kind = 'capture' WHERE kind = 'redeem'", "rewards", "reward_order"),
    ],
)
def test_each_broken_law_is_found_and_named(books, spoil, law, table):
    assert books.execute(text(spoil)).rowcount
    found = {(fault.law, fault.where.split()[0]) for fault in audited(books, LISBON, law)}
    assert (law, table) in found
