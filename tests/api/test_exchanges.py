import pytest

from tests.documents import GONE
from tests.makers import receipt, wire

BACK = {"sku": "OLD", "category": "shirt", "quantity": "-1", "amount": "-60.00"}
NEW = {"sku": "NEW", "category": "shirt", "amount": "100.00"}


@pytest.fixture
def ana(make):
    make.club(**{"rule[1]": GONE})
    return make.shopper()


def given(answer):
    return answer["award"]["units"]["reward"]


def returned(ana, sold, **more):
    body = receipt(f"B-{len(str(more))}", "return_ref") | {"returned_at": wire(ana.clock.now())} | more
    return ana.till.post(f"/purchases/{sold['purchase_id']}/returns", body)


def test_an_exchange_earns_on_what_is_paid_for_it(make, ana):
    told = ana.buy(BACK, NEW, tenders=[{"kind": "cash", "amount": "40.00"}])
    assert given(told) == 40  # 100.00 less 60.00
    shown = ana.till.get(f"/purchases/{told['purchase_id']}").json
    assert (shown["amount"], [line["amount"] for line in shown["lines"]]) == ("40.00", ["-60.00", "100.00"])
    assert [line["quantity"] for line in shown["lines"]] == ["-1", "1"]
    make.run("ledger", "verify")


def test_an_even_exchange_earns_nothing_and_needs_no_tender(make, ana):
    assert given(ana.buy(BACK, NEW | {"amount": "60.00"})) == 0
    assert ana.figures() == (0, 0, 0, 0)
    make.run("ledger", "verify")


def test_p10_more_coming_back_than_is_bought_is_a_return(make, ana):
    refused = ana.buy(BACK, NEW | {"amount": "59.99"}, expect=422, receipt="below")
    assert refused["code"] == "exchange_negative"
    assert ana.buy(BACK | {"amount": "-0.01"}, expect=422)["code"] == "exchange_negative"
    assert given(ana.buy(NEW, receipt="below")) == 100  # the receipt is still free
    make.run("ledger", "verify")


def test_a_quantity_goes_below_zero_only_with_its_amount(ana):
    refused = ana.buy(NEW | {"quantity": "-1"}, expect=422)
    assert (refused["code"], list(refused["fields"])) == ("invalid_request", ["lines.0.quantity"])
    assert given(ana.buy(BACK | {"quantity": "1"}, NEW)) == 40
    assert given(ana.buy({"quantity": "-0.5", "amount": "0.00"}, NEW)) == 100


@pytest.mark.parametrize(
    ("back", "code"),
    [
        pytest.param({"lines": [{"line": 1, "quantity": "0", "amount": "0.00"}]}, None, id="handed back"),
        pytest.param(
            {"lines": [{"line": 1, "quantity": "1", "amount": "60.00"}]}, None, id="handed back dear"
        ),
        pytest.param(
            {"lines": [{"line": 2, "quantity": "1", "amount": "40.01"}]}, None, id="more than in all"
        ),
        pytest.param({"amount": "40.01"}, None, id="more than in all, by amount"),
        pytest.param({"lines": [{"line": 2, "quantity": "1", "amount": "40.00"}]}, 40, id="what was paid"),
        pytest.param({"amount": "10.00"}, 10, id="by amount"),
    ],
)
def test_p10_what_was_handed_back_never_comes_back(make, ana, back, code):
    sold = ana.buy(BACK, NEW)
    told = returned(ana, sold, **back)
    if code is None:
        assert (told.status_code, told.json["code"]) == (422, "return_exceeds_purchase")
    else:
        assert (told.status_code, told.json["taken_back"]) == (201, {"reward": code})
    make.run("ledger", "verify")


def test_p7_a_return_of_an_exchange_takes_what_the_exchange_gave(make, ana):
    sold = ana.buy(BACK, NEW)
    ana.give_back(sold, (2, "20.00"))
    assert ana.figures() == (20, 0, 0, 0)  # the award × 20.00 ÷ 40.00
    ana.give_back(sold, (2, "20.00"))
    assert ana.figures() == (0, 0, 0, 0)
    make.run("ledger", "verify")


def test_quantities_are_decimals_and_a_sku_may_stand_on_several_lines(make, ana):
    apples = {"sku": "APPLE", "category": "fresh"}
    sold = ana.buy(
        apples | {"quantity": "0.125", "amount": "0.50"},
        apples | {"quantity": "1.5", "amount": "6.00"},
        apples | {"quantity": "999999999.999", "amount": "3.50"},
    )
    assert given(sold) == 10
    too_many = returned(ana, sold, lines=[{"line": 1, "quantity": "0.126", "amount": "0.50"}])
    assert (too_many.json["code"], too_many.json["line"]) == ("return_exceeds_purchase", 1)
    too_fine = returned(ana, sold, lines=[{"line": 1, "quantity": "0.0625", "amount": "0.25"}])
    assert list(too_fine.json["fields"]) == ["lines.0.quantity"]
    assert returned(ana, sold, lines=[{"line": 2, "quantity": "0.75", "amount": "3.00"}]).status_code == 201
    lines = ana.till.get(f"/purchases/{sold['purchase_id']}").json["lines"]
    assert [line["returned_quantity"] for line in lines] == ["0", "0.75", "0"]
    assert ana.figures() == (7, 0, 0, 0)
    make.run("ledger", "verify")


def test_p17_points_pay_only_what_an_exchange_leaves_to_pay(make):
    worth = {"points": 100, "money": "1.00", "max_share": 1, "excluded_categories": ["gift-card"]}
    make.club(**{"rule[1]": GONE, "unit.reward.worth": worth})
    ana = make.shopper()
    ana.adjust(10_000)
    told = ana.buy(BACK, NEW, tenders=[{"kind": "points", "points": 4000, "amount": "40.00"}])
    assert (given(told), told["paid_with_points"]["points"]) == (0, 4000)
    card = {"category": "gift-card", "amount": "50.00"}
    over = {"kind": "points", "points": 2000, "amount": "20.00"}
    cash = {"kind": "cash", "amount": "20.00"}
    assert ana.buy(BACK | {"amount": "-10.00"}, card, expect=422, tenders=[over, cash])["most"] == 0
    gone = BACK | {"category": "gift-card", "amount": "-90.00"}
    refused = ana.buy(gone, NEW, expect=422, tenders=[over, {"kind": "change", "amount": "-10.00"}])
    assert list(refused["fields"]) == ["tenders.1.amount"]
    assert ana.buy(gone, NEW, tenders=[over | {"points": 1000, "amount": "10.00"}])["balance"]["reward"]
    make.run("ledger", "verify")
