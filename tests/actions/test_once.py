"""A wish is carried out once, however often and by whom it is told (P2, P3)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, text

from loyalty.db import carry_out, reading
from loyalty.ledger import Claim
from tests.makers import receipt, wire

DAY = timedelta(days=1)
REPLAYED = "Idempotency-Replayed"
GEMS = {"name": {"zh": "宝石", "en": "Gems"}, "spendable": True}


@pytest.fixture
def ana(make):
    make.club()
    ana = make.shopper()
    ana.adjust(100)
    return ana


def sale(ana, amount="10.00", **more):
    body = receipt("R-1") | {"card": ana.card, "sold_at": wire(ana.clock.now()), "currency": "EUR"}
    return body | {"lines": [{"line": 1, "amount": amount}]} | more


def spending(ana, points=30, reference="r-1", **more):
    return {"card": ana.card, "points": points, "reference": reference} | more


def post(ana, path, body, key=None):
    return ana.till.post(path, body, **({"idempotency_key": key} if key else {}))


def claims(app):
    with app.app_context(), reading() as session:
        return session.scalar(text("SELECT count(*) FROM claim"))


def at_once(asks: int, ask: Callable[[int], object]) -> list[object]:
    """Ask so many times at the same moment; the answers."""
    start, answers = Barrier(asks), []

    def one(number: int) -> None:
        start.wait()
        answers.append(ask(number))

    threads = [Thread(target=one, args=(number,)) for number in range(asks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("keys", [(None, None), ("k", "k"), ("k", None), (None, "k"), ("k", "l")], ids=str)
def test_p2_a_sale_told_again_hears_the_same_answer_and_changes_nothing(ana, clock, keys):
    body = sale(ana)
    first = post(ana, "/purchases", body, keys[0])
    clock.move(DAY)
    ana.redeem(5)
    again = post(ana, "/purchases", body, keys[1])
    assert (first.status_code, again.status_code) == (201, 201)
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert (first.json["replayed"], again.json) == (False, first.json | {"replayed": True})
    assert ana.figures() == (105, 0, 0, 0)


@pytest.mark.parametrize("key", ["k", '"k"', "  k  "])
def test_p2_a_key_is_the_same_with_and_without_quotes(ana, key):
    first = post(ana, "/redemptions", spending(ana), "k")
    assert post(ana, "/redemptions", spending(ana), key).json["redemption_id"] == first.json["redemption_id"]


def test_p2_a_replay_hears_the_stored_answer_also_when_the_rules_have_changed(make, ana, clock):
    first = post(ana, "/purchases", sale(ana)).json
    spent = post(ana, "/redemptions", spending(ana)).json
    held = post(ana, "/holds", spending(ana, 5)).json
    changes = {"rule[0].earn": {"points": 9, "per": "1.00"}, "unit.gems": GEMS, "tier[1].attain": 3000}
    make.club(in_force_from=clock.now() + DAY, **changes)
    body = sale(ana)
    clock.move(2 * DAY)
    assert post(ana, "/purchases", body).json == first | {"replayed": True}
    assert post(ana, "/redemptions", spending(ana)).json == spent | {"replayed": True}
    assert post(ana, "/holds", spending(ana, 5)).json == held | {"replayed": True}


def test_p2_a_replay_is_heard_also_when_the_card_was_blocked_since(ana):
    first = post(ana, "/purchases", sale(ana)).json
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    assert post(ana, "/purchases", sale(ana)).json == first | {"replayed": True}


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.parametrize(
    "change",
    [{"lines": [{"line": 1, "amount": "10.01"}]}, {"cashier": "Rui"}, {"sold_at": "2026-01-05T01:00:00Z"}],
    ids=["amount", "cashier", "stamp"],
)
def test_p2_other_content_is_refused(ana, key, change):
    post(ana, "/purchases", sale(ana), key)
    told = post(ana, "/purchases", sale(ana) | change, key)
    assert (told.status_code, told.json["code"]) == (422, "key_reused")
    assert ana.figures() == (110, 0, 0, 0)


def test_p2_the_same_content_written_otherwise_is_the_same(ana):
    post(ana, "/purchases", sale(ana))
    other = sale(ana, "10", sold_at="2026-01-05T10:00:00+08:00", cashier=None)
    told = post(ana, "/purchases", {name: told for name, told in other.items() if name != "cashier"})
    assert told.json["replayed"]


def test_p2_one_receipt_never_earns_on_two_cards(make, ana):
    ben = make.shopper(ana.till)
    post(ana, "/purchases", sale(ana))
    told = post(ben, "/purchases", sale(ben))
    assert (told.status_code, told.json["code"]) == (422, "key_reused")
    assert ben.figures() == (0, 0, 0, 0)


def test_p2_a_receipt_is_a_key_for_the_whole_club_and_each_part_of_it_counts(make, ana):
    other = make.till(terminal="T2")
    for change in ({"store": "S2"}, {"terminal": "T2"}, {"business_date": "2026-01-06"}, {"receipt": "R-2"}):
        till = other if "terminal" in change else ana.till
        assert till.post("/purchases", sale(ana) | change).json["replayed"] is False
    assert post(ana, "/purchases", sale(ana)).json["replayed"] is False
    assert ana.figures() == (150, 0, 0, 0)


def test_p2_no_two_receipts_spell_one_key(ana):
    for store, number in (('S","T', "R"), ("S", 'T","R'), ("S", "R"), ("S ", "R"), ("s", "R")):
        told = post(ana, "/purchases", sale(ana, store=store, receipt=number))
        assert told.json["replayed"] is False


def test_p2_a_key_survives_the_rotation_of_the_tills_key(make, ana):
    first = post(ana, "/redemptions", spending(ana), "k").json
    ana.till = make.till()
    assert post(ana, "/redemptions", spending(ana), "k").json == first | {"replayed": True}


def test_p2_a_header_key_belongs_to_its_client_and_its_kind_of_act(make, ana):
    post(ana, "/redemptions", spending(ana), "k")
    assert post(ana, "/holds", spending(ana), "k").json["replayed"] is False
    told = make.till(terminal="T2").post("/redemptions", spending(ana), idempotency_key="k")
    assert told.json["replayed"] is False


def test_p2_a_reversal_and_a_correction_are_made_once_too(ana):
    spent = post(ana, "/redemptions", spending(ana)).json
    path = f"/redemptions/{spent['redemption_id']}/reverse"
    for _ in range(2):
        post(ana, path, {"points": 10, "reference": "undo"}, "k")
    assert post(ana, path, {"points": 11, "reference": "undo"}, "k").json["code"] == "key_reused"
    assert ana.figures() == (80, 0, 0, 0)


def test_p3_a_stored_refusal_is_heard_again_also_when_points_have_come_since(ana):
    first = post(ana, "/redemptions", spending(ana, 500), "k")
    assert (first.status_code, first.json["code"]) == (422, "not_enough_points")
    ana.adjust(1000)
    again = post(ana, "/redemptions", spending(ana, 500), "k")
    assert (again.status_code, again.headers[REPLAYED], again.json) == (422, "true", first.json)
    assert post(ana, "/redemptions", spending(ana, 501), "k").json["code"] == "key_reused"
    assert ana.figures() == (1100, 0, 0, 0)


def test_p3_a_refusal_leaves_the_business_key_free(ana):
    assert post(ana, "/redemptions", spending(ana, 500), "k").status_code == 422
    assert post(ana, "/redemptions", spending(ana, 500)).status_code == 422
    ana.adjust(1000)
    assert post(ana, "/redemptions", spending(ana, 500), "l").json["replayed"] is False
    assert post(ana, "/redemptions", spending(ana, 500)).json["replayed"] is True
    assert post(ana, "/redemptions", spending(ana, 500), "k").json["code"] == "not_enough_points"


def test_p3_a_blocked_cards_receipt_is_free_for_another_card(make, ana):
    ben = make.shopper(ana.till)
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    assert post(ana, "/purchases", sale(ana), "k").json["code"] == "card_blocked"
    assert post(ben, "/purchases", sale(ben), "k").json["code"] == "key_reused"  # a new attempt, a new key
    assert post(ben, "/purchases", sale(ben), "l").status_code == 201


def test_p3_a_stored_refusal_keeps_nothing_of_what_was_tried(app, make, clock):
    make.club(**{"unit.reward.expiry": {"days": 3}})
    ana = make.shopper()
    ana.adjust(100)
    clock.move(5 * DAY)  # the refused wish would have booked what died
    before = ana.look("/entries")
    post(ana, "/redemptions", spending(ana, 1), "k")
    assert ana.look("/entries") == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({"points": "5"}, 422, id="malformed"),
        pytest.param({"unit": "status"}, 422, id="not spendable"),
        pytest.param({"card": "7012345678901234"}, 404, id="an unknown card"),
    ],
)
def test_p3_what_is_malformed_or_unknown_is_never_stored(app, ana, change, status):
    before = claims(app)
    assert post(ana, "/redemptions", spending(ana) | change, "k").status_code == status
    assert claims(app) == before
    assert post(ana, "/redemptions", spending(ana), "k").json["replayed"] is False


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "é", "a\tb"])
def test_p2_a_malformed_key_is_refused(app, ana, key):
    before = claims(app)
    told = ana.till.post("/redemptions", spending(ana), idempotency_key=key)
    assert (told.status_code, told.json["code"]) == (400, "idempotency_key_malformed")
    assert claims(app) == before


def test_p2_no_key_where_one_is_needed_is_a_bad_request(ana):
    told = ana.till.post("/members", {"name": "Ben"})
    assert (told.status_code, told.json["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", [None, "k"])
def test_p2_twins_at_once_have_one_effect(ana, key):
    answers = at_once(6, lambda _: post(ana, "/purchases", sale(ana), key))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json["purchase_id"] for answer in answers}) == 1
    assert sorted(answer.json["replayed"] for answer in answers) == [False] + [True] * 5
    assert ana.figures() == (110, 0, 0, 0)


def test_p2_twins_of_a_redemption_at_once_have_one_effect(ana):
    answers = at_once(6, lambda _: post(ana, "/redemptions", spending(ana)))
    told = sorted((answer.status_code, answer.json["replayed"]) for answer in answers)
    assert (told, ana.figures()[0]) == ([(201, False)] + [(201, True)] * 5, 70)


def test_p2_one_receipt_told_at_once_on_several_cards_earns_on_one(make, ana):
    people = [ana, *(make.shopper(ana.till) for _ in range(3))]
    answers = at_once(4, lambda place: post(people[place], "/purchases", sale(people[place])))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    assert sum(one.figures()[0] for one in people) == 110


@pytest.mark.parametrize("path", ["/redemptions", "/holds"])
def test_g4_the_last_points_are_spent_once(ana, path):
    answers = at_once(6, lambda number: post(ana, path, spending(ana, 60, f"r-{number}")))
    told = sorted((answer.status_code, answer.json.get("code", "")) for answer in answers)
    assert told == [(201, "")] + [(422, "not_enough_points")] * 5
    assert ana.figures()[0] == 40


def test_p6_a_hold_captured_and_voided_at_once_leaves_open_once(ana):
    held = ana.hold(60)["hold_id"]
    wishes = [("capture", {}), ("void", None)] * 3
    answers = at_once(6, lambda n: post(ana, f"/holds/{held}/{wishes[n][0]}", wishes[n][1], f"k{n}"))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5
    assert ana.figures() in [(40, 0, 0, 0), (100, 0, 0, 0)]


def test_p10_returns_at_once_take_no_more_than_was_given(ana):
    sold = post(ana, "/purchases", sale(ana, "100.00")).json["purchase_id"]

    def back(number):
        body = receipt(f"B{number}", "return_ref") | {"returned_at": wire(ana.clock.now())}
        return post(ana, f"/purchases/{sold}/returns", body | {"amount": "30.00"})

    answers = at_once(5, back)
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 422, 422]
    assert ana.figures() == (110, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("postgresql", 409, "in_progress"), ("sqlite", 503, "busy")],
    indirect=["kind"],
)
def test_p2_a_twin_in_mid_work_is_waited_for_three_seconds(app, ana, clock, status, code):
    heard = []

    def work(session):
        row = {"scope": "key:redemption@T1", "key": "k", "request_hash": "", "taken_at": clock.now()}
        session.execute(insert(Claim), row)
        twin = Thread(target=lambda: heard.append(post(ana, "/redemptions", spending(ana), "k")))
        twin.start()
        twin.join()
        session.rollback()

    with app.app_context():
        carry_out(work)
    [told] = heard
    assert (told.status_code, told.json["code"], told.headers["Retry-After"]) == (status, code, "1")
    assert ana.figures() == (100, 0, 0, 0)
    assert post(ana, "/redemptions", spending(ana), "k").json["replayed"] is False
