from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from loyalty import ids
from tests.documents import GONE
from tests.makers import receipt, wire

DAY = timedelta(days=1)
YEAR_END = {"months": 12, "align": "year_end"}


def promise(code, points, days):
    return {"code": code, "on": "purchase", "unit": "reward", "phase": "bonus", "from": {"days": days},
            "earn": {"fixed": points}}  # fmt: skip


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def taken(answer):
    return answer["taken_back"].get("reward", 0)


def test_p7_a_return_takes_back_its_share_from_the_lot_it_gave(make, clock):
    make.club(**{"unit.reward.expiry": {"months": 1}})
    ana = make.shopper()
    ana.buy("50.00")  # dies first, and is left alone
    clock.move(3 * DAY)
    sold = ana.buy("60.00", "40.00")
    told = ana.give_back(sold, (2, "40.00"))
    assert (told["taken_back"], told["debt"], told["shortfall"]) == ({"reward": 40}, {}, {})
    assert (told["purchase_id"], told["edition"]) == (sold["purchase_id"], 1)
    shown = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in shown] == [(50, "2026-02-05"), (60, "2026-02-08")]


SPLITS = {
    "in thirds": ["33.33", "33.33", "33.34"],
    "in odd cents": ["0.01", "99.98", "0.01"],
    "in one": ["100.00"],
    "in ten": ["10.00"] * 10,
    "a nothing between": ["50.00", "0.00", "50.00"],
}


@pytest.mark.parametrize("rounding", ["down", "half_up", "up"])
@pytest.mark.parametrize("parts", SPLITS.values(), ids=SPLITS.keys())
def test_n4_the_parts_add_up_to_the_whole_whatever_the_split(make, rounding, parts):
    rate = {"code": "points", "on": "purchase", "unit": "reward", "round": rounding,
            "earn": {"points": 7, "per": "10.00"}}  # fmt: skip
    make.club(**{"rule[0]": rate})
    ana = make.shopper()
    sold = ana.buy("100.00")
    assert sum(taken(ana.give_back(sold, amount=part)) for part in parts) == 70
    assert ana.figures() == (0, 0, 0, 0)


WAYS = [{"lines": [(1, "30.00")]}, {"lines": [(2, "20.00"), (1, "20.00")]}, {"amount": "37.77"}]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_n4_lines_and_amounts_mix_in_any_order(ana, order):
    sold = ana.buy({"amount": "50.00", "category": "fresh"}, "57.77", "12.23")
    assert sold["award"]["units"]["reward"] == 170  # 120 + 50 for the fresh line
    for place in order:
        way = dict(WAYS[place])
        ana.give_back(sold, *way.pop("lines", ()), **way)
    # 12.23 is kept of 120.00: of the rule for all 12; nothing of the fresh line is left
    assert ana.figures() == (12, 0, 0, 0)
    ana.give_back(sold, amount="12.23")
    assert ana.figures() == (0, 0, 0, 0)


def test_n4_half_kept_is_rounded_as_the_rule_rounds(ana):
    sold = ana.buy("3.00")
    assert taken(ana.give_back(sold, amount="1.50")) == 2  # 1.5 is kept, so 1
    assert taken(ana.give_back(sold, amount="1.50")) == 1


@pytest.mark.parametrize("by_amount", [False, True], ids=["by lines", "by amount"])
def test_n4_all_goods_back_take_all_points_back_also_those_for_a_gift(make, by_amount):
    gift = {"code": "gift", "on": "purchase", "unit": "reward", "phase": "bonus",
            "when": "line.category == 'gift'", "earn": {"fixed": 5}}  # fmt: skip
    make.club(**{"rule[2]": gift})
    ana = make.shopper()
    sold = ana.buy("10.00", {"amount": "0.00", "category": "gift"})
    assert sold["award"]["units"]["reward"] == 15
    if by_amount:
        ana.give_back(sold, amount="10.00")
    else:
        ana.give_back(sold, (1, "10.00"), (2, "0.00"))
    assert ana.figures() == (0, 0, 0, 0)


def test_p7_pending_points_go_first_and_the_rest_opens(make, clock):
    make.club(**{"rule[2]": promise("later", 40, 14)})
    ana = make.shopper()
    sold = ana.buy("100.00")
    assert ana.figures() == (100, 0, 40, 0)
    told = ana.give_back(sold, amount="25.00")  # a quarter of 140
    assert (taken(told), ana.figures()) == (35, (100, 0, 5, 0))
    clock.move(14 * DAY)
    assert ana.figures() == (105, 0, 0, 0)
    assert taken(ana.give_back(sold, amount="75.00")) == 105
    assert ana.figures() == (0, 0, 0, 0)


def test_p13_a_return_mirrors_the_sale_whatever_the_rules_say_now(make, ana, clock):
    sold = ana.buy({"amount": "60.00", "category": "fresh"}, "40.00")
    change = {"rule[0].earn": {"points": 9, "per": "1.00"}, "unit.reward.on_return": "clamp"}
    make.club(in_force_from=clock.now() + DAY, **change, **{"rule[1]": GONE})
    clock.move(2 * DAY)
    ana.redeem(160)
    told = ana.give_back(sold, (1, "60.00"))
    assert (taken(told), told["debt"], told["edition"]) == (120, {"reward": 120}, 1)


@pytest.mark.parametrize(
    ("lines", "amount", "code"),
    [
        pytest.param([(1, "60.01")], None, "return_exceeds_purchase", id="more than the line"),
        pytest.param([(3, "1.00")], None, "line_unknown", id="a line that was not bought"),
        pytest.param([], "100.01", "return_exceeds_purchase", id="more than all"),
    ],
)
def test_p10_nobody_returns_more_than_was_bought(ana, lines, amount, code):
    sold = ana.buy("60.00", "40.00")
    more = {"amount": amount} if amount else {}
    assert ana.give_back(sold, *lines, expect=422, **more)["code"] == code
    assert ana.figures() == (100, 0, 0, 0)


def test_p10_lines_and_amounts_together_are_no_more_than_was_bought(ana):
    sold = ana.buy("60.00", "40.00")
    ana.give_back(sold, amount="50.00")
    assert ana.give_back(sold, (1, "50.01"), expect=422)["code"] == "return_exceeds_purchase"
    ana.give_back(sold, (1, "50.00"))
    assert ana.give_back(sold, amount="0.01", expect=422)["code"] == "return_exceeds_purchase"
    assert ana.figures() == (0, 0, 0, 0)


def test_p10_no_more_pieces_come_back_than_were_sold(ana):
    sold = ana.buy({"amount": "10.00", "quantity": "2"})
    back = {"line": 1, "amount": "1.00"}
    ana.give_back(sold, lines=[back | {"quantity": "1.5"}])
    told = ana.give_back(sold, lines=[back | {"quantity": "0.501"}], expect=422)
    assert (told["code"], told["line"]) == ("return_exceeds_purchase", 1)
    ana.give_back(sold, lines=[back | {"quantity": "0.5"}])


def test_p10_a_return_told_twice_takes_once(ana):
    sold = ana.buy("100.00")
    back = receipt("ret-1", "return_ref") | {"returned_at": wire(ana.clock.now()), "amount": "30.00"}
    path = f"/purchases/{sold['purchase_id']}/returns"
    first = ana.tell(path, back, 201)
    again = ana.tell(path, back, 201)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again | {"replayed": False} == first
    assert ana.figures() == (70, 0, 0, 0)
    assert ana.tell(path, back | {"amount": "31.00"}, 422)["code"] == "key_reused"


def test_a_return_can_name_its_sale_by_the_receipt(ana):
    ana.buy("100.00", receipt="bought")
    back = receipt("ret-1", "return_ref") | {"returned_at": wire(ana.clock.now()), "amount": "30.00"}
    told = ana.tell("/returns", back | {"original": receipt("bought")}, 201)
    assert taken(told) == 30
    assert ana.tell("/returns", back | {"original": receipt("never")}, 422)["code"] == "key_reused"
    other = back | {"return_ref": "ret-2"}
    refused = ana.tell("/returns", other | {"original": receipt("never")}, 404)
    assert (refused["code"], refused["fields"]) == ("not_found", {"original": "is unknown"})
    assert ana.tell("/returns", other, 422)["fields"].keys() == {"original"}


def test_m2_a_blocked_card_does_not_stop_a_return(ana):
    sold = ana.buy("100.00")
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    assert taken(ana.give_back(sold, amount="100.00")) == 100


def test_a_sale_without_points_can_come_back(ana):
    told = ana.give_back(ana.buy("0.99"), amount="0.99")
    assert (told["taken_back"], told["debt"]) == ({}, {})
    assert ana.look("/entries")["items"] == []


def test_p14_a_return_counts_on_the_day_of_its_sale(make, clock):
    status = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
    window = {"earned": "status", "window": {"days": 10}}
    make.club(**{"rule[2]": status, "terms.measure": window})
    ana = make.shopper()
    first = ana.buy("300.00")
    clock.move(9 * DAY)
    ana.buy("200.00")
    ana.give_back(first, amount="300.00")
    clock.move(datetime(2026, 1, 15, 12, tzinfo=UTC))  # the first sale's day has left the window
    assert ana.look("/tier")["measure"] == 200


@pytest.mark.parametrize("both", [True, False])
def test_a_return_is_by_lines_or_by_amount(ana, both):
    sold = ana.buy("10.00")
    more = {"amount": "1.00", "lines": [{"line": 1, "quantity": "0", "amount": "1.00"}]} if both else {}
    assert ana.give_back(sold, expect=422, **more)["fields"].keys() == {"lines"}


def test_a3_a_sale_is_found_only_under_its_own_member(make, ana):
    ben = make.shopper(ana.till)
    sold, other = ana.buy("10.00"), ana.redeem(5)["redemption_id"]
    op_id = ids.pair_from_text(sold["purchase_id"])[1]
    for name in (ids.pair_to_text(ids.from_text(ben.member_id), op_id), other, "0-0", "x", "1-2-3"):
        assert ana.give_back({"purchase_id": name}, amount="1.00", expect=404)["code"] == "not_found"
    assert (ana.figures(), ben.figures()) == ((5, 0, 0, 0), (0, 0, 0, 0))


def test_a_reprint_shows_what_came_back(ana):
    sold = ana.buy({"amount": "60.00", "quantity": "2"}, "40.00")
    ana.give_back(sold, lines=[{"line": 1, "quantity": "1", "amount": "30.00"}])
    ana.give_back(sold, amount="5.00")
    shown = ana.till.get(f"/purchases/{sold['purchase_id']}").json
    assert (shown["amount"], shown["returned"]) == ("100.00", "35.00")
    assert [(line["returned_quantity"], line["returned_amount"]) for line in shown["lines"]] == [
        ("1", "30.00"),
        ("0", "0.00"),
    ]
