"""P18: a sale is cancelled by its receipt, booked or not told yet."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.documents import GONE
from tests.makers import receipt, wire

DAY = timedelta(days=1)
STATUS = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
LATER = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "from": {"days": 14},
         "earn": {"fixed": 40}}  # fmt: skip


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def cancelled(who, number="r-1", expect=200, ref="c-1", **more):
    """The sale of that receipt shall be void."""
    return who.tell("/purchases/cancel", receipt(number) | {"cancel_ref": ref} | more, expect)


def verified(make):
    return make.run("ledger", "verify").stdout


def test_p18_a_booked_sale_gives_everything_back_and_is_void(make, ana):
    sold = ana.buy("100.00", receipt="r-1")
    told = cancelled(ana)
    assert (told["was"], told["void"], told["purchase_id"]) == ("booked", True, sold["purchase_id"])
    assert (told["taken_back"], told["debt"], told["shortfall"]) == ({"reward": 100}, {}, {})
    assert (told["balance"]["reward"]["available"], told["replayed"]) == (0, False)
    assert ana.till.get(f"/purchases/{sold['purchase_id']}").json["cancelled_at"] is not None
    verified(make)


def test_p18_twice_is_once(make, ana):
    ana.buy("100.00", receipt="r-1")
    first = cancelled(ana)
    again = cancelled(ana)
    assert again == first | {"replayed": True}
    other = cancelled(ana, ref="c-2")
    assert (other["was"], other["taken_back"], other["purchase_id"]) == (
        "cancelled",
        {},
        first["purchase_id"],
    )
    assert cancelled(ana, "r-2", ref="c-1", expect=422)["code"] == "key_reused"
    assert ana.figures() == (0, 0, 0, 0)
    verified(make)


def test_p18_the_till_that_sends_the_cancelled_sale_again_hears_its_first_answer(ana):
    sale = {"receipt": "r-1", "sold_at": wire(ana.clock.now())}
    first = ana.buy("100.00", **sale)
    cancelled(ana)
    assert ana.buy("100.00", **sale) == first | {"replayed": True}
    assert ana.figures() == (0, 0, 0, 0)


def test_p18_a_sale_not_seen_yet_is_refused_when_it_comes_whatever_it_says(make, ana):
    told = cancelled(ana)
    assert (told["was"], told["purchase_id"], told["balance"], told["print"]) == ("unseen", None, {}, [])
    for amount in ("100.00", "7.00"):
        for key in (None, "k"):
            refused = ana.buy(amount, receipt="r-1", expect=422, key=key)
            assert refused["code"] == "receipt_cancelled"
    assert cancelled(ana, ref="c-2")["was"] == "cancelled"
    assert ana.figures() == (0, 0, 0, 0)
    assert (
        ana.till.get("/purchases?store=S1&terminal=T1&business_date=2026-01-05&receipt=r-1").status_code
        == 404
    )
    verified(make)


def test_p18_what_came_back_before_is_not_taken_again(make, ana):
    sold = ana.buy("60.00", "40.00", receipt="r-1")
    ana.give_back(sold, (2, "40.00"))
    assert cancelled(ana)["taken_back"] == {"reward": 60}
    assert ana.figures() == (0, 0, 0, 0)
    assert ana.give_back(sold, (1, "1.00"), expect=422)["code"] == "receipt_cancelled"
    verified(make)


def test_p18_pending_points_are_never_given(make, clock):
    make.club(**{"rule[2]": LATER})
    ana = make.shopper()
    ana.buy("100.00", receipt="r-1")
    assert cancelled(ana)["taken_back"] == {"reward": 140}
    clock.move(20 * DAY)
    assert ana.figures() == (0, 0, 0, 0)
    verified(make)


def test_p18_pending_points_that_opened_are_taken_too(make, clock):
    make.club(**{"rule[2]": LATER})
    ana = make.shopper()
    ana.buy("100.00", receipt="r-1")
    clock.move(20 * DAY)
    told = cancelled(ana)
    assert (told["taken_back"], told["void"]) == ({"reward": 140}, False)
    assert ana.figures() == (0, 0, 0, 0)
    verified(make)


@pytest.mark.parametrize(
    ("mode", "later", "after"),
    [
        ("debt", False, (0, 0, 0, 90)),
        ("clamp", False, (0, 0, 0, 0)),
        ("pending_only", False, (0, 0, 0, 0)),
        ("debt", True, (0, 0, 0, 90)),
        ("clamp", True, (0, 0, 0, 0)),
        ("pending_only", True, (10, 0, 0, 0)),
    ],
)
def test_p7_p18_a_void_sale_leaves_nothing_and_a_later_cancellation_is_a_return(
    make, clock, mode, later, after
):
    make.club(**{"unit.reward.on_return": mode})
    ana = make.shopper()
    ana.buy("100.00", receipt="r-1")
    ana.redeem(90)
    clock.move(DAY if later else DAY / 24)
    assert cancelled(ana)["void"] is not later
    assert ana.figures() == after
    verified(make)


def test_t10_the_tier_of_a_void_sale_is_gone_and_shown_as_it_was(make, clock):
    make.club(**{"rule[2]": STATUS})
    ana = make.shopper()
    before = clock.now()
    clock.move(DAY / 24)
    ana.buy("2500.00", receipt="r-1")
    bought = clock.now()
    assert ana.look("/tier")["tier"] == "gold"
    clock.move(DAY / 24)
    told = cancelled(ana)
    assert (told["tier_change"]["before"], told["tier"]) == ("gold", "silver")
    shown = ana.look("/tier")
    assert (shown["tier"], shown["last_day"], shown["reason"]) == ("silver", "2027-01-04", "resumed")
    assert [ana.look("/tier", at)["tier"] for at in (before, bought)] == ["silver", "gold"]
    verified(make)


def test_t10_a_sale_cancelled_on_a_later_day_leaves_the_tier(make, clock):
    make.club(**{"rule[2]": STATUS})
    ana = make.shopper()
    ana.buy("2500.00", receipt="r-1")
    clock.move(DAY)
    told = cancelled(ana)
    assert (told["void"], told["tier"], told["taken_back"]) == (
        False,
        "gold",
        {"reward": 2500, "status": 2500},
    )
    verified(make)


def test_t10_the_night_and_the_next_review_go_on_from_the_resumed_term(make, clock):
    make.club(**{"rule[2]": STATUS, "tier[0].attain": 500})
    ana = make.shopper()
    ana.buy("600.00", receipt="r-0")
    clock.move(30 * DAY)
    ana.buy("2500.00", receipt="r-1")
    cancelled(ana)
    assert (ana.look("/tier")["tier"], ana.look("/tier")["last_day"]) == ("silver", "2027-01-04")
    for last_day, tier in (("2028-01-04", "silver"), (None, None)):
        clock.move(400 * DAY)
        make.run("jobs", "nightly")
        assert (ana.look("/tier")["tier"], ana.look("/tier")["last_day"]) == (tier, last_day)
    verified(make)


def test_m2_a_blocked_card_does_not_stop_a_cancellation(ana):
    ana.buy("100.00", receipt="r-1")
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    assert cancelled(ana)["taken_back"] == {"reward": 100}


def test_a_till_cancels_only_its_own_receipts_and_needs_the_scope(make, ana):
    ana.buy("100.00", receipt="r-1")
    body = receipt("r-1") | {"cancel_ref": "c"}
    assert make.till("points:earn").post("/purchases/cancel", body).json["code"] == "forbidden"
    other = make.till("points:return", terminal="T2").post("/purchases/cancel", body)
    assert (other.status_code, other.json["code"]) == (403, "terminal_foreign")
    assert ana.till.post("/purchases/cancel", receipt("r-1")).json["fields"].keys() == {"cancel_ref"}


def test_p2_p18_a_sale_and_its_cancellation_at_one_moment_leave_nothing(make, ana, kind):
    """Whoever comes first: the sale is booked and undone, or refused."""
    sale = receipt("r-1") | {"card": ana.card, "sold_at": wire(ana.clock.now()), "currency": "EUR",
                             "lines": [{"line": 1, "amount": "100.00"}]}  # fmt: skip
    tills = [make.till() for _ in range(6)]
    wishes = [("/purchases", sale), ("/purchases/cancel", receipt("r-1") | {"cancel_ref": "c"})] * 3

    def send(place):
        answer = tills[place].post(*wishes[place])
        return answer.status_code, (answer.json or {}).get("code")

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(send, range(6)))
    assert {code for status, code in told if status >= 400} <= {"receipt_cancelled", "busy", "in_progress"}
    cancelled(ana, ref="again")
    assert ana.figures() == (0, 0, 0, 0)
    verified(make)


def test_p18_a_rule_that_is_gone_by_then_does_not_matter(make, ana, clock):
    ana.buy("100.00", receipt="r-1")
    make.club(
        in_force_from=clock.now() + DAY, **{"rule[1]": GONE, "rule[0].earn": {"points": 9, "per": "1.00"}}
    )
    clock.move(2 * DAY)
    told = cancelled(ana)
    assert (told["taken_back"], told["edition"]) == ({"reward": 100}, 1)


def test_p18_a_sale_under_review_is_closed_and_refused_when_it_comes_again(make):
    make.club(limits={"earn": {"transaction": 50}})
    ana = make.shopper()
    sale = {"receipt": "r-1", "sold_at": wire(ana.clock.now())}
    held = ana.buy("100.00", expect=202, **sale)
    told = cancelled(ana)
    assert (told["was"], told["taken_back"], told["purchase_id"]) == ("under_review", {}, None)
    assert ana.buy("100.00", expect=422, **sale)["code"] == "receipt_cancelled"
    path = f"/reviews/{held['review_id']}/release"
    assert ana.till.post(path, idempotency_key="late").json["code"] == "review_closed"
    assert cancelled(ana, ref="c-2")["was"] == "cancelled"
    verified(make)


@pytest.mark.parametrize("verdict", ["release", "reject"])
def test_p18_a_sale_that_was_judged_is_cancelled_as_it_then_is(make, verdict):
    make.club(limits={"earn": {"transaction": 50}})
    ana = make.shopper()
    held = ana.buy("100.00", expect=202, receipt="r-1")
    path = f"/reviews/{held['review_id']}/{verdict}"
    assert ana.till.post(path, idempotency_key="judged").status_code < 300
    told = cancelled(ana)
    assert told["was"] == ("booked" if verdict == "release" else "rejected")
    assert told["taken_back"] == ({"reward": 100} if verdict == "release" else {})
    assert ana.figures() == (0, 0, 0, 0)
    verified(make)
