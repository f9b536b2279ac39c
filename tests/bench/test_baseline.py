from datetime import timedelta

import pytest

from bench.baseline import filling
from bench.baseline.app import create_app
from bench.baseline.models import db
from tests.applications import application
from tests.clocks import MovableClock
from tests.makers import Maker, wire

FRESH, HOME, GIFT = ({"category": name, "amount": "123.45"} for name in ("fresh", "home", "gift_card"))
SALES = [
    (FRESH, HOME),
    (GIFT,),
    (HOME, HOME | {"amount": "2500.00"}),
    (FRESH | {"amount": "7000.00"},),
    (HOME,),
]


@pytest.fixture
def shopper(postgresql_databases):
    """Somebody who joined the retail club, and the URL of its database."""
    with postgresql_databases.clone(place="live") as url, application(url, clock := MovableClock()) as app:
        make = Maker(app, clock)
        make.programme()
        clock.move(timedelta(minutes=1))
        yield make.shopper(), url


def test_the_baseline_gives_for_each_sale_what_the_club_gives(shopper):
    who, url = shopper
    filling.fill(url)
    app = create_app(url)
    asks = {"Authorization": f"Bearer {filling.KEY}"}
    for turn, lines in enumerate(SALES):
        who.clock.move(timedelta(days=1))
        sale = who.sale(*lines)
        ours = who.tell("/purchases", sale, 201)
        theirs = app.test_client().post(
            "/v1/purchases", json=sale, headers=asks | {"Idempotency-Key": str(turn)}
        )
        assert theirs.status_code == 201, theirs.text
        assert _told(theirs.json, theirs.json["balance"]) == _told(
            ours, {unit: points["available"] for unit, points in ours["balance"].items()}
        ), wire(who.clock.now())
    again = app.test_client().post("/v1/purchases", json=sale, headers=asks | {"Idempotency-Key": str(turn)})
    assert again.json == theirs.json
    twice = app.test_client().post("/v1/purchases", json=sale, headers=asks)
    assert twice.status_code == 409
    with app.app_context():
        db.engine.dispose()


def _told(answer, balance):
    change = answer["tier_change"] or {}
    return (
        answer["award"]["units"],
        sorted((one["rule"], one["unit"], one["points"]) for one in answer["award"]["because"]),
        balance,
        answer["tier"],
        (change.get("before"), change.get("after")),
    )
