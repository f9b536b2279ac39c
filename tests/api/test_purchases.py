from datetime import UTC, datetime, timedelta

import pytest

from loyalty import ids
from tests.makers import receipt, wire

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 40}}
TRIPLE = {"code": "triple", "on": "purchase", "unit": "reward", "phase": "multiplier", "earn": {"times": 3}}
TO_BOTH = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def given(answer):
    return answer["award"]["units"]["reward"]


def test_a_sale_gives_points_and_says_why(ana):
    told = ana.buy({"amount": "60.00", "category": "fresh"}, "40.50")
    assert told["award"] == {
        "units": {"reward": 160, "status": 0},
        "because": [
            {"rule": "points", "unit": "reward", "points": 100},
            {"rule": "double", "unit": "reward", "points": 60},
        ],
        "pending": [],
    }
    assert told["balance"]["reward"] == {"available": 160, "held": 0, "pending": 0, "debt": 0}
    assert (told["edition"], told["late"], told["clock_ahead"], told["replayed"]) == (1, False, False, False)
    assert told["print"] == ["Silver", "Points: 160"]


@pytest.mark.parametrize(
    ("lines", "points"),
    [
        pytest.param(["0.00"], 0, id="nothing to pay"),
        pytest.param(["0"], 0, id="no digits after the point"),
        pytest.param(["0.99"], 0, id="below a point"),
        pytest.param(["0.5", "0.5"], 1, id="rounded once for the fact"),
        pytest.param(["99999999999.99", "0.01"], 100_000_000_000, id="a very large sale"),
    ],
)
def test_n2_n4_money_is_exact_and_rounded_once(ana, lines, points):
    assert given(ana.buy(*lines)) == points
    assert ana.figures() == (points, 0, 0, 0)


@pytest.mark.parametrize(
    "amount",
    ["1.005", "1.000", "--1.00", "1e3", "", "1,00", " 1.00", "1.", ".5", "１.00", "+1.00", 1.5, 1, None, True,
     "1000000000000.00", "NaN"],
)  # fmt: skip
def test_n2_money_that_is_not_exact_is_refused_at_its_field(ana, amount):
    told = ana.buy("1.00", {"amount": amount}, expect=422)
    assert (told["code"], list(told["fields"])) == ("invalid_request", ["lines.1.amount"])
    assert ana.figures() == (0, 0, 0, 0)


def test_n2_another_currency_is_refused(ana):
    assert ana.buy("1", currency="JPY", expect=422)["code"] == "currency_foreign"
    assert ana.buy("1.5", currency="JPY", expect=422)["fields"] == {
        "lines.0.amount": "JPY has 0 digits after the point"
    }


def test_n1_one_operation_moves_at_most_a_million_million(make):
    make.club(**{"rule[0].earn": {"points": 1, "per": "0.01"}})
    ana = make.shopper()
    told = ana.buy("10000000000.00", "0.01", expect=422)
    assert (told["code"], told["points"], told["most"]) == ("too_many_points", 10**12 + 1, 10**12)
    assert ana.figures() == (0, 0, 0, 0)
    assert given(ana.buy("9999999999.99", "0.01")) == 10**12
    assert given(ana.buy("10000000000.00")) == 10**12  # a balance may grow beyond
    assert ana.figures() == (2 * 10**12, 0, 0, 0)
    assert ana.redeem(10**12 + 1, expect=422)["code"] == "invalid_request"
    ana.redeem(10**12)
    assert ana.figures() == (10**12, 0, 0, 0)


@pytest.mark.parametrize(
    ("step", "rounding", "amount", "points"),
    [
        pytest.param(True, "down", "15.00", 25, id="n3 stepped: whole tens count"),
        pytest.param(False, "down", "15.00", 37, id="n3 linear: 37.5, down"),
        pytest.param(False, "half_up", "15.00", 38, id="n4 linear: 37.5, half up"),
        pytest.param(False, "up", "15.01", 38, id="n4 linear: 37.525, up"),
    ],
)
def test_n3_n4_the_rule_says_how_it_counts_and_rounds(make, step, rounding, amount, points):
    rate = {"code": "points", "on": "purchase", "unit": "reward", "step": step, "round": rounding,
            "earn": {"points": 25, "per": "10.00"}}  # fmt: skip
    make.club(**{"rule[0]": rate})
    assert given(make.shopper().buy(amount)) == points


def test_n1_a_unit_with_decimals_is_counted_in_its_smallest_steps(make):
    make.club(**{"unit.reward.decimals": 1})
    ana = make.shopper()
    told = ana.buy("12.55")
    assert (given(told), told["print"][-1]) == (125, "Points: 12.5")
    ana.redeem(5)
    assert ana.figures() == (120, 0, 0, 0)
    assert ana.look("/balance")["units"]["reward"]["decimals"] == 1


def test_a_sale_feeds_two_units_in_one_operation(make):
    make.club(**{"rule[2]": TO_BOTH})
    ana = make.shopper()
    told = ana.buy("70.00")
    assert told["award"]["units"] == {"reward": 70, "status": 70}
    operations = {line["operation"] for line in ana.look("/entries")["items"]}
    assert operations == {told["purchase_id"]}


def test_p11_points_may_be_promised_for_later_and_open_by_the_clock(make, ana, clock):
    make.club(**{"rule[2]": LATER | {"from": {"days": 14}}})
    clock.move(MINUTE)
    told = ana.buy("10.00")
    assert told["award"]["pending"] == [
        {"unit": "reward", "points": 40, "opens_at": "2026-01-19T00:00:00Z", "event": None, "lapses_at": None}
    ]
    assert told["balance"]["reward"] == {"available": 10, "held": 0, "pending": 40, "debt": 0}
    opens_at = datetime(2026, 1, 19, tzinfo=UTC)
    clock.move(opens_at - timedelta(microseconds=1))
    assert ana.figures() == (10, 0, 40, 0)
    ana.redeem(11, expect=422)
    clock.move(opens_at)
    assert ana.figures() == (50, 0, 0, 0)
    assert ana.redeem(50)["balance"]["reward"]["pending"] == 0


def test_n6_pending_points_live_from_the_day_they_open(make, ana, clock):
    make.club(**{"rule[2]": LATER | {"from": {"days": 26}}, "unit.reward.expiry": {"months": 1}})
    clock.move(MINUTE)
    ana.buy("10.00")
    clock.move(timedelta(days=26))
    shown = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in shown] == [(10, "2026-02-05"), (40, "2026-02-28")]


def test_m2_a_blocked_card_earns_nothing_until_it_speaks_again(ana):
    turn = f"/members/{ana.member_id}"
    ana.tell(f"{turn}/block", None, 200, key="b")
    told = ana.buy(expect=422)
    assert (told["code"], told["action"]) == ("card_blocked", "sell_without")
    ana.tell(f"{turn}/unblock", None, 200, key="u")
    assert given(ana.buy()) == 100


def test_a_member_id_names_a_member_as_a_card_does(ana):
    body = {"member_id": ana.member_id}
    sold = {name: value for name, value in _body(ana).items() if name != "card"} | body
    assert given(ana.tell("/purchases", sold, 201)) == 1
    assert ana.tell("/purchases", sold | {"card": ana.card}, 422)["code"] == "invalid_request"
    nobody = sold | {"receipt": "other", "member_id": ids.to_text(77)}
    refused = ana.tell("/purchases", nobody, 404)
    assert (refused["code"], refused["fields"]) == ("not_found", {"member_id": "is unknown"})
    assert ana.tell("/purchases", nobody | {"member_id": "no such"}, 404) == refused
    assert ana.buy(card="7012345678901234", expect=404)["code"] == "card_unknown"


def _body(ana, **more):
    lines = [{"line": 1, "amount": "1.00"}]
    body = receipt("one") | {"card": ana.card, "sold_at": wire(ana.clock.now()), "currency": "EUR"}
    return body | {"lines": lines} | more


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{"line": 1, "amount": "1.00"}] * 2}, "lines"),
        ({"lines": [{"line": 0, "amount": "1.00"}]}, "lines.0.line"),
        ({"lines": [{"line": True, "amount": "1.00"}]}, "lines.0.line"),
        ({"lines": [{"line": 1, "amount": "1.00", "colour": "red"}]}, "lines.0.colour"),
        ({"lines": [{"line": 1, "amount": "1.00", "quantity": "-1"}]}, "lines.0.quantity"),
        ({"sold_at": "2026-01-05T02:00:00"}, "sold_at"),
        ({"business_date": "2026-02-30"}, "business_date"),
        ({"store": ""}, "store"),
        ({"receipt": "a\nb"}, "receipt"),
        ({"currency": "XXX"}, "currency"),
        ({"points": 5}, "points"),
    ],
)
def test_a_sale_that_cannot_be_is_told_by_its_field(ana, change, field):
    told = ana.tell("/purchases", _body(ana, **change), 422)
    assert (told["code"], list(told["fields"])) == ("invalid_request", [field])


def test_a_key_speaks_for_its_own_terminal(ana):
    assert ana.buy(terminal="T2", expect=403)["code"] == "terminal_foreign"


def test_a_sale_can_be_read_again_by_id_and_by_receipt(ana):
    told = ana.buy({"amount": "60", "sku": "A", "category": "fresh", "quantity": "1.5"}, receipt="R 1/ä")
    by_id = ana.till.get(f"/purchases/{told['purchase_id']}").json
    query = "/purchases?store=S1&terminal=T1&business_date=2026-01-05&receipt=R%201/%C3%A4"
    assert ana.till.get(query).json == by_id
    assert by_id["award"] == told["award"]
    assert by_id["lines"] == [
        {"line": 1, "sku": "A", "category": "fresh", "quantity": "1.5", "amount": "60.00",
         "returned_quantity": "0", "returned_amount": "0.00"}
    ]  # fmt: skip
    assert ana.till.get(query + "x").status_code == 404
    assert ana.till.get(f"/purchases/{told['purchase_id']}0").status_code == 404
