"""Draining after a takeover: over every exit, points stay while they may not leave."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from loyalty.db import db
from tests.breaks import break_total
from tests.guarding import Page, patch
from tests.tenders import CLUB, paid

NAMES = {"zh": "礼品", "en": "Gift"}
PRICE = {"unit": "reward", "points": 100}
REWARDS = [
    {"code": "tea", "name": NAMES, "price": PRICE, "delivery": "voucher"},
    {"code": "mug", "name": NAMES, "price": PRICE, "delivery": "order"},
]
PASSED_ON = {"unit.reward.transfer": {"member_day": 1000, "least": 10}}


@pytest.fixture
def ana(make):
    make.club(**CLUB, **PASSED_ON, reward=REWARDS)
    ana = make.shopper(email="ana@example.org")
    ana.adjust(2000)
    return ana


@pytest.fixture
def page(app, clock, ana):
    return Page(app, clock, ana)


@pytest.fixture
def before(ana):
    """What she bought and was told while nothing was locked."""
    return {
        code: ana.tell("/reward-orders", {"card": ana.card, "reward": code, "reference": code}, 201)
        for code in ("tea", "mug")
    }


@pytest.fixture
def ben(make, ana):
    return make.shopper(ana.till)


def exits(ana, ben, before, expect):
    """Each way out of an account, and what it answers; `expect` maps a good answer to its status."""
    card = {"card": ana.card}
    passed_on = {"from": ana.member_id, "to": ben.member_id, "unit": "reward", "points": 10}
    code = before["tea"]["voucher"]
    return {
        "redeem": lambda: ana.redeem(10, expect(201)),
        "redeem by id": lambda: ana.tell(
            "/redemptions", {"member_id": ana.member_id, "points": 10, "reference": "id"}, expect(201)
        ),
        "redeem by code": lambda: ana.tell(
            "/redemptions", {"token": shown_code(ana), "points": 10, "reference": "code"}, expect(201)
        ),
        "hold": lambda: ana.hold(10, expect(201)),
        "transfer": lambda: ana.tell("/transfers", passed_on | {"reference": "t"}, expect(201)),
        "reward": lambda: ana.tell("/reward-orders", card | {"reward": "tea", "reference": "o"}, expect(201)),
        "voucher": lambda: ana.tell(f"/vouchers/{code}/use", {"reference": "v"}, expect(200)),
        "sending": lambda: ana.tell(f"/reward-orders/{before['mug']['order_id']}/send", None, expect(200)),
        "purchase": lambda: ana.buy("20.00", expect=expect(201), **paid(500, "5.00", "15.00")),
    }


def shown_code(ana):
    told = ana.till.post(f"/members/{ana.member_id}/codes", {"purpose": "spend"})
    assert told.status_code == 201, told.json
    return told.json["token"]


SHUT = {
    "locked": lambda page, ana: page.lock(),
    "frozen": lambda page, ana: page.freeze(),
    "paused": lambda page, ana: patch(ana, email="new@example.org"),
}


@pytest.mark.parametrize("how", SHUT)
def test_no_exit_lets_points_go_while_they_are_kept_in(make, ana, ben, before, page, how):
    SHUT[how](page, ana)
    had = ana.figures()
    for name, leave in exits(ana, ben, before, lambda _: 422).items():
        told = leave()
        assert (name, told["code"], told["action"]) == (name, "spend_locked", "ask_member")
        assert ("until" in told) == (how == "paused"), "a till is not told why"
    assert ana.figures() == had
    ana.buy("10.00")  # earning goes on
    make.run("ledger", "verify")


def test_each_exit_opens_again_once_the_lock_is_over(make, clock, ana, ben, before, page):
    patch(ana, email="new@example.org")
    page.lock()
    page.freeze()
    assert page.unlock()
    make.run("members", "unfreeze", ana.member_id, "--reason", "passport, Li and Chen")
    clock.move(timedelta(hours=24))
    for leave in exits(ana, ben, before, lambda good: good).values():
        leave()
    make.run("ledger", "verify")


def test_the_pause_lets_go_after_exactly_24_hours(clock, ana):
    patch(ana, phone="+86 138 0013 8000")
    clock.move(timedelta(hours=24) - timedelta(microseconds=1))
    assert ana.redeem(10, 422)["until"] == "2026-01-06T02:00:00Z"
    clock.move(timedelta(microseconds=1))
    ana.redeem(10)


def test_a_hold_made_before_is_captured_and_pays(ana, page):
    """The points were set aside before; the goods are on the counter."""
    first, second = ana.hold(100), ana.hold(500)
    page.lock()
    ana.capture(first)
    ana.buy("20.00", **paid(500, "5.00", "15.00", hold_id=second["hold_id"]))


def test_points_come_back_while_they_may_not_leave(ana, page):
    spent = ana.redeem(100)
    page.freeze()
    ana.reverse(spent)


def test_p3_a_refused_key_stays_refused_once_the_lock_is_over(ana, page):
    page.lock()
    told = ana.redeem(10, 422, key="k", reference="one")
    page.unlock()
    assert ana.redeem(10, 422, key="k", reference="one")["code"] == told["code"]
    ana.redeem(10, key="k2", reference="one")


def test_a_quote_offers_no_points_that_may_not_leave(ana, page):
    basket = {"card": ana.card, "currency": "EUR", "lines": [{"line": 1, "amount": "20.00"}]}
    basket |= {"store": "S1", "terminal": "T1"}
    assert ana.tell("/quotes", basket, 200)["usable"] != {}
    page.lock()
    assert ana.tell("/quotes", basket, 200)["usable"] == {}


def test_the_receiver_of_a_transfer_may_be_locked(app, clock, ana, ben):
    Page(app, clock, ben).lock()
    body = {"from": ana.member_id, "to": ben.member_id, "unit": "reward", "points": 10, "reference": "t"}
    ana.tell("/transfers", body, 201)


def test_the_lock_costs_a_till_no_statement(app, ana):
    """The hot path: the member's state is read anyway."""
    told = []

    def listen(*heard):
        told.append(heard[2])

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", listen)
        ana.redeem(10)
        event.remove(db.engine, "before_cursor_execute", listen)
    asked = [words for words in told if "member.state" in words]
    assert ["member.spend_locked_at" in words for words in asked] == [True]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cashier_reads_it_out_in_forty_characters(make, ana, page, language):
    page.freeze()
    till = make.till(language=language, terminal="T9")
    told = till.post("/redemptions", {"card": ana.card, "points": 1, "reference": "x"}).json
    assert told["code"] == "spend_locked"
    assert 0 < len(told["cashier_text"]) <= 40


def test_a_freeze_is_lifted_at_the_counter_alone_and_written_down(make, ana, page):
    assert page.freeze()
    assert not page.freeze(), "again changes nothing"
    assert not page.unlock(), "the member's own lock is another"
    assert make.run("members", "unfreeze", ana.member_id, "--reason", " ", exit_code=2)
    assert "no member" in make.run("members", "unfreeze", "zzz", "--reason", "x", exit_code=1).output
    told = make.run("members", "unfreeze", ana.member_id, "--reason", "passport seen").output
    assert told == f"unfrozen: {ana.member_id}\n"
    assert "was not frozen" in make.run("members", "unfreeze", ana.member_id, "--reason", "x").output
    ana.redeem(10)
    make.run("jobs", "post")
    kinds = [one["type"] for one in ana.till.get("/events").json["items"]]
    assert [kind for kind in kinds if kind.startswith("member.")] == ["member.frozen", "member.unfrozen"]
    lines = make.run("audit", "show").output
    assert lines.count("member.frozen") == 1
    assert lines.count("member.unfrozen") == 1


def test_a_stopped_account_can_be_locked_and_frozen(app, ana, page):
    break_total(app, ana)
    ana.buy("5.00", expect=423)
    assert page.lock()
    assert page.freeze()
