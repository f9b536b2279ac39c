from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.makers import wire

DAY = timedelta(days=1)
DOUBLE = {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 2, "per": "1.00"}}


@pytest.fixture
def ana(make):
    make.club(limits={"earn": {"transaction": 100}})
    return make.shopper()


def close(ana, held, act, key="k", expect=200):
    return ana.tell(f"/reviews/{held['review_id']}/{act}", None, expect, key)


def reviews(ana, query=""):
    answer = ana.till.get(f"/reviews{query}")
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def test_a_sale_above_a_ceiling_is_held_for_review(make, ana):
    ana.buy("40.00")
    told = ana.buy("101.00", expect=202, cashier="c7")
    assert (told["status"], told["reason"]) == ("held_for_review", "earn.transaction")
    assert (told["tier"], told["tier_change"], told["edition"]) == ("silver", None, 1)
    assert told["balance"]["reward"]["available"] == 40
    assert told["print"] == ["Silver", "Points: 40"]
    (shown,) = reviews(ana)
    assert shown["review_id"] == told["review_id"]
    assert {name: shown[name] for name in ("state", "amount", "cashier", "client", "member_id")} == {
        "state": "open", "amount": "101.00", "cashier": "c7", "client": "T1", "member_id": ana.member_id,
    }  # fmt: skip
    assert ana.till.get(f"/reviews/{told['review_id']}").json == shown
    assert ana.figures()[0] == 40
    make.run("ledger", "verify")


def test_p2_a_held_sale_told_again_hears_the_same(ana):
    sale = ana.sale("101.00")
    first = ana.tell("/purchases", sale, 202, key="a")
    for key in ("a", None, "b"):
        assert ana.tell("/purchases", sale, 202, key=key) == first | {"replayed": True}
    other = sale | {"lines": [{"line": 1, "amount": "99.00"}]}
    assert ana.tell("/purchases", other, 422)["code"] == "key_reused"
    assert len(reviews(ana)) == 1


def test_a_released_sale_is_booked_as_of_when_it_was_sold(make, ana, clock):
    sold_at = clock.now()
    held = ana.buy("150.00", expect=202)
    clock.move(DAY)
    make.club(in_force_from=clock.now() + DAY, **{"rule[0]": DOUBLE})
    clock.move(40 * DAY)
    told = close(ana, held, "release")
    purchase = told["purchase"]
    assert (told["state"], purchase["edition"], purchase["late"]) == ("released", 1, False)
    assert purchase["award"]["units"]["reward"] == 150
    assert ana.figures() == (150, 0, 0, 0)
    assert ana.look("/entries")["items"][0]["happened_at"] == wire(sold_at)
    assert close(ana, held, "release") == told
    (shown,) = reviews(ana, "?state=released")
    assert (shown["purchase_id"], shown["closed_by"]) == (purchase["purchase_id"], "T1")
    assert shown["closed_at"] == wire(clock.now())
    make.run("ledger", "verify")


def test_a_released_sale_can_be_read_and_given_back_by_its_receipt(make, ana):
    sale = ana.sale("150.00")
    held = ana.tell("/purchases", sale, 202)
    place = {name: sale[name] for name in ("store", "terminal", "business_date", "receipt")}
    query = "/purchases?" + "&".join(f"{name}={value}" for name, value in place.items())
    assert ana.till.get(query).status_code == 404
    purchase = close(ana, held, "release")["purchase"]
    assert ana.till.get(query).json["purchase_id"] == purchase["purchase_id"]
    assert ana.tell("/purchases", sale, 202)["review_id"] == held["review_id"]
    ana.give_back(purchase, amount="50.00")
    assert ana.figures()[0] == 100
    make.run("ledger", "verify")


def test_a_rejected_sale_is_never_booked_and_its_receipt_stays_taken(make, ana):
    sale = ana.sale("150.00")
    held = ana.tell("/purchases", sale, 202)
    told = close(ana, held, "reject")
    assert (told["state"], told["purchase_id"]) == ("rejected", None)
    assert close(ana, held, "reject") == told
    assert ana.tell("/purchases", sale, 202)["review_id"] == held["review_id"]
    assert ana.figures()[0] == 0
    make.run("ledger", "verify")


@pytest.mark.parametrize("first", ["release", "reject"])
@pytest.mark.parametrize("second", ["release", "reject"])
def test_a_review_is_closed_once(ana, first, second):
    held = ana.buy("150.00", expect=202)
    close(ana, held, first)
    told = close(ana, held, second, key="other", expect=422)
    assert (told["code"], told["state"]) == ("review_closed", f"{first}d".replace("rejectd", "rejected"))
    assert ana.figures()[0] == (150 if first == "release" else 0)


def test_p2_closing_a_review_carries_a_key(ana):
    held = ana.buy("150.00", expect=202)
    assert close(ana, held, "release", key=None, expect=400)["code"] == "idempotency_key_missing"
    other = ana.buy("160.00", expect=202)
    close(ana, held, "release")
    assert close(ana, other, "release", expect=422)["code"] == "key_reused"


def test_a3_only_who_may_change_members_sees_reviews(make, ana):
    held = ana.buy("150.00", expect=202)
    till = make.till("points:earn", "members:read")
    assert till.get("/reviews").status_code == 403
    assert till.get(f"/reviews/{held['review_id']}").status_code == 403
    assert till.post(f"/reviews/{held['review_id']}/release", idempotency_key="k").status_code == 403
    for path in ("", "/release", "/reject"):
        method = "POST" if path else "GET"
        assert ana.till.send(method, f"/reviews/7{path}", idempotency_key=f"n{path}").status_code == 404


def test_reviews_are_listed_by_state_and_page_by_page(ana):
    held = [ana.buy(f"{amount}.00", expect=202)["review_id"] for amount in range(101, 106)]
    close(ana, {"review_id": held[2]}, "reject")
    first = ana.till.get("/reviews?state=open&limit=3").json
    second = ana.till.get(f"/reviews?state=open&limit=3&cursor={first['next']}").json
    listed = [one["review_id"] for one in first["items"] + second["items"]]
    assert listed == [held[4], held[3], held[1], held[0]]
    assert second["next"] is None
    assert ana.till.get("/reviews?state=gone").json["code"] == "invalid_request"
    assert ana.till.get("/reviews?cursor=abc").json["fields"] == {"cursor": "is not one of ours"}


def test_a_release_lifts_from_the_moment_it_is_booked(make, clock):
    make.club(
        **{"limits": {"earn": {"transaction": 600}}, "rule[2]": {
            "code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}}
    )  # fmt: skip
    ana = make.shopper()
    held = ana.buy("2500.00", expect=202)
    clock.move(3 * DAY)
    told = close(ana, held, "release")["purchase"]
    assert told["tier_change"]["after"] == "gold"
    assert datetime.fromisoformat(ana.look("/tier")["from"]) == clock.now()
    make.run("ledger", "verify")


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_of_two_who_close_a_review_at_once_one_does(make, ana):
    held = ana.buy("150.00", expect=202)
    path = f"/reviews/{held['review_id']}"

    def send(turn):
        return ana.till.post(f"{path}/{'release' if turn % 2 else 'reject'}", idempotency_key=f"turn-{turn}")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[422] * 7]
    assert {answer.json["code"] for answer in answers if answer.status_code == 422} == {"review_closed"}
    assert ana.figures()[0] == (150 if reviews(ana)[0]["state"] == "released" else 0)
    make.run("ledger", "verify")


def test_where_points_are_spent_with_it_a_sale_cannot_wait(make):
    worth = {"points": 100, "money": "1.00", "step": 100, "max_share": "0.5"}
    make.club(**{"unit.reward.worth": worth, "limits": {"earn": {"transaction": 1000}}})
    ana = make.shopper()
    ana.buy("1000.00")
    tenders = [{"kind": "points", "points": 100, "amount": "1.00"}, {"kind": "cash", "amount": "1999.00"}]
    told = ana.buy("2000.00", tenders=tenders, expect=422)
    assert (told["code"], told["ceiling"], told["most"]) == ("ceiling_exceeded", "earn.transaction", 1000)
    assert ana.figures()[0] == 1000
    told = ana.buy("2000.00", tenders=[{"kind": "cash", "amount": "2000.00"}], expect=202)
    assert close(ana, told, "release")["purchase"]["award"]["units"]["reward"] == 2000


def test_a_quoted_edition_rules_a_released_sale_too(make, ana, clock):
    quoted = ana.till.post("/quotes", {
        name: value for name, value in ana.sale("150.00").items() if name not in ("receipt", "business_date")
    }).json  # fmt: skip
    soon = clock.now() + timedelta(minutes=1)
    make.club(soon, **{"rule[0]": DOUBLE, "limits": {"earn": {"transaction": 100}}})
    clock.move(timedelta(minutes=2))
    held = ana.buy("150.00", expect=202, quote_id=quoted["quote_id"])
    assert close(ana, held, "release")["purchase"]["edition"] == 1
