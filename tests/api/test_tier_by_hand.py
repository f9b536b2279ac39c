"""POST /members/{id}/tier: a tier given by hand (T8)."""

from threading import Barrier, Thread

import pytest

from loyalty.calendar import INSTANT
from tests.ladders import club, midnight, noon
from tests.makers import wire
from tests.standings import shown, terms_of

JULY = midnight("2026-07-01")
AT_ONCE = {"when": "at_once"}


@pytest.fixture
def ana(make):
    make.document(club())
    return make.shopper()


def test_t8_a_tier_by_hand_has_a_reason_and_an_end(app, ana):
    given = ana.given("gold", JULY)
    assert given == {
        "member_id": ana.member_id,
        "tier": "gold",
        "tier_change": {
            "before": None,
            "after": "gold",
            "until": "2026-06-30T16:00:00Z",
            "last_day": "2026-06-30",
        },
    }
    tier = ana.look("/tier")
    assert (tier["tier"], tier["reason"], tier["protected"]) == ("gold", "by_hand", False)
    assert tier["until"] == tier["review_at"] == wire(JULY)
    row = terms_of(app, ana)[-1]
    assert (row.evidence["note"], row.evidence["measure"]) == ("a friend of the house", {"points": 0})


def test_t8_m3_a_tier_by_hand_brings_the_first_card(ana):
    assert ana.look("")["card"] is None
    ana.given("silver", JULY)
    shown = ana.look("")
    assert (shown["state"], shown["card"]["tier"], shown["card"]["last_day"]) == (
        "active",
        "silver",
        "2026-06-30",
    )


def test_t8_when_it_ends_the_measure_decides(ana, clock):
    ana.given("gold", JULY)
    ana.adjust(150, "status")
    assert shown(ana, JULY - INSTANT) == ("gold", "by_hand", "2026-06-30")
    assert shown(ana, JULY) == ("silver", "review", "2027-06-30")
    clock.move(noon("2026-08-01"))
    assert shown(ana) == ("silver", "review", "2027-06-30")


def test_t8_it_may_end_in_the_middle_of_a_day(ana):
    ana.given("gold", noon("2026-07-01"))
    assert shown(ana, noon("2026-07-01") - INSTANT) == ("gold", "by_hand", "2026-07-01")
    assert shown(ana, noon("2026-07-01")) == (None, "review", None)


@pytest.mark.parametrize("protected", [True, False])
def test_t8_it_never_blocks_an_upgrade(ana, clock, protected):
    ana.given("silver", midnight("2030-01-01"), protected=protected)
    assert ana.look("/tier")["protected"] is protected
    clock.move(noon("2026-02-08"))
    sold = ana.buy("200.00")
    assert sold["tier_change"]["before"] == "silver"
    tier = ana.look("/tier")
    assert (tier["tier"], tier["last_day"], tier["protected"]) == ("gold", "2027-02-07", False)


def test_t8_a_lower_tier_by_hand_does_not_block_the_way_back(ana, clock):
    ana.adjust(200, "status")
    ana.given("silver", JULY)
    assert ana.look("/tier")["tier"] == "silver"
    clock.move(noon("2026-02-08"))
    assert ana.buy("1.00")["tier_change"]["after"] == "gold"


@pytest.mark.parametrize(("protected", "tier"), [(True, "gold"), (False, None)])
def test_t8_in_a_club_of_at_once_only_a_protected_tier_holds(make, clock, protected, tier):
    make.document(club(**AT_ONCE))
    ana = make.shopper()
    ana.adjust(50, "status")
    ana.given("gold", JULY, protected=protected)
    clock.move(noon("2026-02-08"))
    ana.adjust(-50, "status")
    assert ana.look("/tier")["tier"] == tier
    assert ana.look("/tier", JULY)["tier"] is None


def test_t8_t6_a_review_that_is_due_is_booked_before_it(app, ana, clock):
    ana.adjust(100, "status")
    ana.adjust(-100, "status")
    clock.move(noon("2027-03-01"))
    given = ana.given("gold", midnight("2027-07-01"))
    assert [(term.tier, term.reason) for term in terms_of(app, ana)] == [
        (None, "joined"),
        ("silver", "lift"),
        (None, "review"),
        ("gold", "by_hand"),
    ]
    assert given["tier"] == "gold"


def test_t8_the_last_hand_counts(ana, clock):
    ana.given("gold", JULY, protected=True)
    clock.move(noon("2026-02-08"))
    given = ana.given("diamond", midnight("2026-04-01"))
    assert given["tier_change"]["before"] == "gold"
    assert shown(ana) == ("diamond", "by_hand", "2026-03-31")
    assert shown(ana, noon("2026-02-07")) == ("gold", "by_hand", "2026-06-30")
    assert shown(ana, midnight("2026-04-01")) == (None, "review", None)


def test_p2_the_same_key_gives_it_once(app, ana, clock):
    first = ana.given("gold", JULY, key="k1")
    clock.move(noon("2026-02-08"))
    answer = ana.till.post(
        f"/members/{ana.member_id}/tier",
        {"tier": "gold", "until": wire(JULY), "reason": "a friend of the house"},
        idempotency_key="k1",
    )
    assert (answer.json, answer.headers["Idempotency-Replayed"]) == (first, "true")
    assert len(terms_of(app, ana)) == 2
    assert ana.given("diamond", JULY, key="k1", expect=422)["code"] == "key_reused"


def test_p2_the_same_key_hears_the_same_answer_when_the_end_is_past(ana, clock):
    first = ana.given("gold", JULY, key="k1")
    clock.move(JULY)
    assert ana.given("gold", JULY, key="k1") == first


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"tier": "platinum"}, "tier_unknown", id="an unknown tier"),
        pytest.param({"tier": None}, "invalid_request", id="no tier"),
        pytest.param({"until": "2026-01-05T02:00:00Z"}, "invalid_request", id="an end that is now"),
        pytest.param({"until": "2020-01-05T02:00:00Z"}, "invalid_request", id="an end that is past"),
        pytest.param({"until": "2026-07-01T00:00:00"}, "invalid_request", id="an end without an offset"),
        pytest.param({"until": None}, "invalid_request", id="no end"),
        pytest.param({"reason": ""}, "invalid_request", id="an empty reason"),
        pytest.param({"reason": None}, "invalid_request", id="no reason"),
        pytest.param({"protected": "true"}, "invalid_request", id="a word for a truth"),
        pytest.param({"protected": 1}, "invalid_request", id="a number for a truth"),
        pytest.param({"forever": True}, "invalid_request", id="an unknown field"),
    ],
)
def test_a1_a2_what_cannot_be_given_is_refused_and_changes_nothing(ana, changes, code):
    body = {"tier": "gold", "until": wire(JULY), "reason": "a friend"} | changes
    told = {name: value for name, value in body.items() if value is not None}
    answer = ana.till.post(f"/members/{ana.member_id}/tier", told, idempotency_key="k1")
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert shown(ana) == (None, "joined", None)


def test_a3_nobody_is_given_nothing(ana):
    body = {"tier": "gold", "until": wire(JULY), "reason": "a friend"}
    answer = ana.till.post("/members/0/tier", body, idempotency_key="k1")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_p2_a_tier_is_given_only_with_a_key(ana):
    body = {"tier": "gold", "until": wire(JULY), "reason": "a friend"}
    answer = ana.till.post(f"/members/{ana.member_id}/tier", body)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")


def test_a_till_may_look_at_a_tier_but_not_give_one(make, ana):
    till = make.till("points:earn", "members:read")
    assert till.get(f"/members/{ana.member_id}/tier").status_code == 200
    body = {"tier": "gold", "until": wire(JULY), "reason": "a friend"}
    answer = till.post(f"/members/{ana.member_id}/tier", body, idempotency_key="k1")
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_t3_a_hand_and_a_sale_at_once_leave_one_term_after_the_other(app, ana):
    start = Barrier(4)

    def one(act):
        start.wait()
        act()

    acts = [lambda: ana.given("silver", JULY, key="a"), lambda: ana.given("gold", JULY, key="b")]
    acts += [lambda: ana.buy("150.00", receipt="1"), lambda: ana.buy("300.00", receipt="2")]
    threads = [Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    terms = terms_of(app, ana)
    assert [term.term_no for term in terms] == list(range(1, len(terms) + 1))
    assert [term.ended_at is None for term in terms] == [False] * (len(terms) - 1) + [True]
    assert ana.figures(unit="status")[0] == 450
