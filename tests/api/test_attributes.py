"""Conditions may ask for attributes of members and of purchases."""

import pytest

from tests.api.test_facts import tell

PER_EURO = {"on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
BY_APP = PER_EURO | {"code": "app", "when": "purchase.attributes['channel'] == 'app'"}
STAFF = PER_EURO | {"code": "staff", "when": "'staff' in member.attributes && member.attributes['staff']"}
CAME = {"code": "came", "on": "activity", "unit": "reward", "earn": {"fixed": 5}}
BADGE = {"name": {"zh": "徽章", "en": "Badge"}, "spendable": False}
APP = {"attributes": {"channel": "app", "guests": 2, "gift": False}}


def reward(told):
    return told["award"]["units"]["reward"]


def test_a_purchase_s_attributes_are_asked_for_in_conditions(make):
    make.club(rule=[BY_APP])
    ana = make.shopper()
    assert reward(ana.buy("10.00", **APP)) == 10
    assert reward(ana.buy("10.00", attributes={"channel": "till"})) == 0
    assert reward(ana.buy("10.00")) == 0  # what was not told holds for nothing
    make.run("ledger", "verify")


def test_a_quote_and_a_sale_under_review_keep_the_attributes(make):
    make.club(rule=[BY_APP], limits={"earn": {"transaction": 100}})
    ana = make.shopper()
    basket = {
        name: value
        for name, value in ana.sale("50.00", **APP).items()
        if name not in ("receipt", "business_date")
    }
    quoted = ana.tell("/quotes", basket, 200)
    assert reward(quoted) == 50
    held = ana.buy("200.00", expect=202, **APP)
    released = ana.tell(f"/reviews/{held['review_id']}/release", None, 200, "k")
    assert reward(released["purchase"]) == 200


def test_p2_other_attributes_are_another_sale(make):
    make.club(rule=[BY_APP])
    ana = make.shopper()
    sale = ana.sale("10.00", **APP)
    assert ana.tell("/purchases", sale, 201)["replayed"] is False
    assert ana.tell("/purchases", sale, 201)["replayed"] is True
    other = sale | {"attributes": {"channel": "till"}}
    assert ana.tell("/purchases", other, 422)["code"] == "key_reused"


@pytest.mark.parametrize(
    "told",
    [5, [], {"A": 1}, {"a": 1.5}, {"a": None}, {"a": {}}, {"a": "x" * 201}, {f"a{n}": n for n in range(21)}],
)
def test_a2_attributes_are_strict_and_few(make, told):
    make.club(rule=[BY_APP])
    ana = make.shopper()
    assert ana.buy("10.00", attributes=told, expect=422)["code"] == "invalid_request"
    assert reward(ana.buy("10.00", attributes={})) == 0


def test_a_member_s_attributes_are_those_of_now(make):
    make.club(rule=[STAFF])
    ana = make.shopper(attributes={"staff": True})
    assert reward(ana.buy("10.00")) == 10
    version = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    changed = ana.till.send(
        "PATCH", f"/members/{ana.member_id}", {"attributes": {"staff": False}}, if_match=version
    )
    assert changed.status_code == 200, changed.json
    assert reward(ana.buy("10.00")) == 0
    assert reward(make.shopper().buy("10.00")) == 0


def test_conditions_ask_what_a_member_holds(make):
    once = CAME | {"code": "badge", "unit": "badge", "earn": {"fixed": 1}, "when": "activity.kind == 'badge'"}
    more = CAME | {"when": "activity.kind == 'came' && member.points['badge'] > 0"}
    make.club(rule=[once, more], **{"unit.badge": BADGE})
    ana = make.shopper()
    assert reward(tell(ana, "came", "1")) == 0
    tell(ana, "badge", "2")
    assert reward(tell(ana, "came", "3")) == 5
    make.run("ledger", "verify")
