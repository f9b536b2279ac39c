"""T10 over the till: terms that void sales alone caused end, on the books and in every view of the past."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from loyalty.db import db
from loyalty.outbox import Message
from tests.makers import receipt

DAY = timedelta(days=1)
CLUB = {
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    "tier[0].attain": 500,
}


@pytest.fixture
def ana(make):
    make.club(**CLUB)
    yield make.shopper()
    make.run("ledger", "verify")


@pytest.fixture
def bea(make):
    make.club(**CLUB, **{"terms.on_reversal": "resume"})
    yield make.shopper()
    make.run("ledger", "verify")


def cancel(who, number):
    return who.tell("/purchases/cancel", receipt(number) | {"cancel_ref": f"c-{number}"}, 200)


def standing(who, at=None):
    shown = who.look("/tier", at)
    return shown["tier"], shown["last_day"], shown["reason"]


@pytest.mark.parametrize("order", [("r-1", "r-2"), ("r-2", "r-1")], ids="-".join)
def test_t10_void_sales_leave_no_tier_in_whatever_order_they_are_cancelled(ana, order):
    ana.buy("500.00", receipt="r-1")
    ana.clock.move(DAY / 24)
    ana.buy("700.00", receipt="r-2")
    for number in order:
        ana.clock.move(DAY / 24)
        told = cancel(ana, number)
    assert (told["tier"], told["tier_change"]["before"]) == (None, "silver")
    assert standing(ana) == (None, None, "resumed")


def test_t10_a_return_keeps_the_term_unless_the_programme_says_otherwise(make, ana, clock):
    sold = ana.buy("500.00")
    ana.give_back(sold, amount="500.00")
    assert standing(ana)[0] == "silver"
    make.club(in_force_from=clock.now() + DAY, **CLUB, **{"terms.on_reversal": "resume"})
    clock.move(2 * DAY)
    sold = ana.buy("2000.00")
    assert ana.give_back(sold, amount="0.00")["tier"] == "gold"
    assert (
        ana.give_back(sold, amount="0.01")["tier"] == "silver"
    )  # and this lifted to silver once: it came back
    assert standing(ana) == ("silver", "2027-01-04", "resumed")


def test_t10_a_return_of_a_later_year_makes_the_missed_review_up(bea, clock):
    bea.buy("600.00")
    clock.move(200 * DAY)
    sold = bea.buy("1500.00")
    clock.move(datetime(2027, 3, 1, 12, tzinfo=UTC))
    assert standing(bea)[:2] == ("gold", "2027-07-23")
    told = bea.give_back(sold, amount="1500.00")
    assert (told["tier"], told["tier_change"]["last_day"]) == ("silver", "2028-01-04")
    assert standing(bea, datetime(2027, 2, 1, tzinfo=UTC))[0] == "gold"  # as it was booked by then
    clock.move(datetime(2028, 1, 6, tzinfo=UTC))
    assert standing(bea) == (None, None, "review")


def test_t10_news_tell_what_happened(ana, app):
    ana.buy("500.00", receipt="r-1")
    cancel(ana, "r-1")
    with app.app_context(), db.engine.connect() as books:
        news = books.execute(select(Message.kind, Message.body).order_by(Message.seq)).all()
    assert [one.kind for one in news][-2:] == ["points.returned", "tier.changed"]
    assert news[-1].body["reason"] == "resumed"


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        ("UPDATE sale SET cancelled_at = NULL", "sale"),
        ("UPDATE sale SET cancelled_at = sold_at WHERE cancelled_at IS NULL", "sale"),
    ],
)
def test_law_5_a_cancellation_and_its_sale_know_each_other(make, app, spoil, place):
    make.club(**CLUB)
    ana = make.shopper()
    ana.buy("500.00", receipt="r-1")
    ana.buy("600.00", receipt="r-2")
    cancel(ana, "r-1")
    make.run("ledger", "verify")
    with app.app_context(), db.engine.begin() as books:
        books.execute(text(spoil))
    told = make.run("ledger", "verify", exit_code=1).output
    assert f"{place} member_id=" in told
    assert "cancelled" in told
