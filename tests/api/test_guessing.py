"""Who asks for many unknown cards is answered slowly, then not at all."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from loyalty.app import create_app
from loyalty.db import db
from loyalty.guesses import SLOW_SECONDS
from tests.databases import settings_for
from tests.makers import Till, receipt, wire

CARD = {"card": "7000000000000000"}
CODE = {"token": "71" + "0" * 18}


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


@pytest.fixture
def till(ana):
    return ana.till


def guess(till, times=1, **wanted):
    """Look up somebody who is nobody; the codes that are heard."""
    return [till.post("/members/lookup", wanted or CARD).json["code"] for _ in range(times)]


def test_twenty_unknown_cards_are_answered_at_once_and_further_ones_slowly(till, clock):
    assert set(guess(till, 20)) == {"card_unknown"}
    assert clock.slept == []
    assert set(guess(till, 2)) == {"card_unknown"}
    assert clock.slept == [SLOW_SECONDS] * 2


def test_a_known_card_is_never_slow(ana, till, clock):
    guess(till, 30)
    clock.slept.clear()
    assert till.post("/members/lookup", {"card": ana.card}).status_code == 200
    ana.buy("10.00")
    assert clock.slept == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (CARD, "card_unknown"),
        (CODE, "code_unknown"),
        ({"phone": "912345678"}, "not_found"),
        ({"email": "nobody@example.com"}, "not_found"),
        ({"reference": "nobody"}, "not_found"),
    ],
)
def test_whatever_can_be_guessed_is_counted(till, clock, wanted, code):
    assert set(guess(till, 21, **wanted)) == {code}
    assert len(clock.slept) == 1


def test_guesses_at_sales_holds_and_redemptions_are_counted_together(till, clock):
    sale = receipt("R-1") | {
        "sold_at": wire(clock.now()),
        "currency": "EUR",
        "lines": [{"line": 1, "amount": "1"}],
    }
    wishes = [("/purchases", sale), ("/holds", {"points": 1, "reference": "h"})]
    wishes += [("/redemptions", {"points": 1, "reference": "r"})]
    for _ in range(7):
        for path, body in wishes:
            assert till.post(path, body | CARD).json["code"] == "card_unknown"
    assert len(clock.slept) == 1


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_is_no_guess_is_not_counted(ana, till, clock):
    for _ in range(25):
        till.get("/members/0")
        till.get(f"/holds/{ana.member_id}-0")
        till.post("/members/lookup", {"card": "70"})
        ana.redeem(10**6, expect=422)
    guess(till)
    assert clock.slept == []


def test_after_a_hundred_the_key_is_locked_until_the_ten_minutes_are_over(ana, till, clock):
    began = clock.now()
    guess(till, 99)
    clock.move(timedelta(minutes=4, milliseconds=500))
    assert guess(till) == ["card_unknown"]
    answer = till.post("/members/lookup", {"card": ana.card})
    assert (answer.status_code, answer.json["code"]) == (429, "terminal_locked")
    assert answer.headers["Retry-After"] == "360"
    assert answer.json["until"] == wire(began + timedelta(minutes=10))
    ana.buy("1.00", expect=429)
    ana.hold(1, expect=429)
    ana.redeem(1, expect=429)
    clock.move(began + timedelta(minutes=10) - timedelta(microseconds=1))
    ana.buy("1.00", expect=429)
    clock.move(timedelta(microseconds=1))
    ana.buy("1.00")
    assert guess(till) == ["card_unknown"]


def test_a_locked_key_still_does_what_names_no_card(ana, till):
    bought, held = ana.buy("50.00"), ana.hold(10)
    guess(till, 100)
    ana.capture(held)
    ana.give_back(bought, (1, "10.00"))
    assert till.get(f"/purchases/{bought['purchase_id']}").status_code == 200
    answer = till.get(f"/members/{ana.member_id}/balance")
    assert answer.json["code"] == "terminal_locked"


def test_the_count_begins_anew_after_ten_minutes(till, clock):
    guess(till, 20)
    clock.move(timedelta(minutes=10))
    guess(till, 20)
    assert clock.slept == []


def test_each_key_is_counted_by_itself(ana, till, make):
    guess(till, 100)
    other = make.till(terminal="T2")
    assert other.post("/members/lookup", {"card": ana.card}).status_code == 200
    assert guess(other) == ["card_unknown"]


def test_every_worker_counts_the_same_and_knows_of_a_lock_within_seconds(ana, till, clock, database):
    other_app = create_app(settings_for(database), clock)
    other = Till(other_app, till._key)
    for _ in range(50):
        guess(till)
        guess(other)
    assert guess(other) == ["terminal_locked"]
    assert guess(till) == ["terminal_locked"]
    clock.move(timedelta(seconds=2))
    for worker in (till, other):
        assert worker.post("/members/lookup", {"card": ana.card}).json["code"] == "terminal_locked"
    with other_app.app_context():
        db.engine.dispose()


def test_parallel_guesses_are_all_counted(app, till):
    begin, heard = Barrier(6), []

    def ask():
        begin.wait()
        heard.extend(guess(Till(app, till._key), 19))

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.count("card_unknown") == 100
    assert heard.count("terminal_locked") == 14


def test_the_alarm_rings_once(till, client, capsys):
    def locked():
        text = client.get("/metrics").text
        return next(
            float(line.split()[1])
            for line in text.splitlines()
            if line.startswith("loyalty_card_guessing_total ")
        )

    before = locked()
    guess(till, 103)
    assert locked() == before + 1
    rung = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "card_guessing" in line]
    assert [(line["event"], line["level"], line["key"]) for line in rung] == [
        ("card_guessing", "error", till._key.split("_")[1])
    ]


def test_an_unknown_member_id_is_a_guess_like_any_other(till, clock):
    for _ in range(21):
        answer = till.post("/redemptions", {"member_id": "zzzzz", "points": 1, "reference": "r"})
        assert answer.json["code"] == "not_found"
    assert till.get("/members/zzzzz/balance").status_code == 404
    assert clock.slept == [1.0, 1.0]


def test_a_batch_is_no_way_round(ana, clock):
    """After a hundred unknown ones even a known card is not heard: no batch tells which one exists."""
    sale = {"sold_at": wire(clock.now()), "currency": "EUR", "lines": [{"line": 1, "amount": "1.00"}]}
    cards = [f"70{number:014}" for number in range(105)]
    lines = [
        receipt(f"R-{no}") | sale | {"card": card} for no, card in enumerate([ana.card, *cards, ana.card])
    ]
    answer = ana.till._client.post(
        "/v1/purchases/batch",
        data="\n".join(json.dumps(line) for line in lines),
        headers={"Authorization": f"Bearer {ana.till._key}", "Content-Type": "application/x-ndjson"},
    )
    heard = [json.loads(line) for line in answer.text.splitlines()]
    assert heard[0]["status"] == "created"
    assert {one["code"] for one in heard[1:101]} == {"card_unknown"}
    assert {one["code"] for one in heard[101:]} == {"terminal_locked"}
    assert len(heard) == 107
