"""P7: goods come back without a receipt, rated by the rules now, up to a limit of the member's day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.makers import receipt, wire

DAY = timedelta(days=1)
ALLOWED = {"club.returns_without_receipt": {"member_day": "500.00"}}
STATUS = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}


@pytest.fixture
def ana(make):
    make.club(**ALLOWED)
    who = make.shopper()
    who.adjust(1_000)
    return who


def goods(*lines):
    """Lines by amount, or a table each."""
    told = [line if isinstance(line, dict) else {"amount": line} for line in lines]
    return {"lines": [{"line": no} | line for no, line in enumerate(told, start=1)]}


def bring_back(who, *lines, expect=201, ref="b-1", **more):
    body = receipt(ref, "return_ref") | {"returned_at": wire(who.clock.now()), "card": who.card}
    return who.tell("/returns", body | goods(*lines) | more, expect)


def test_p7_goods_without_a_receipt_are_rated_by_the_rules_now(make, ana):
    told = bring_back(ana, "60.00", {"amount": "10.00", "category": "fresh", "sku": "A", "quantity": "2"})
    assert (told["taken_back"], told["purchase_id"], told["debt"]) == ({"reward": 80}, None, {})
    assert told["refund"] == {"money_by_tender": {}, "points": {}}
    assert ana.figures() == (920, 0, 0, 0)
    make.run("ledger", "verify")


def test_p7_an_amount_alone_is_a_line_that_nothing_is_known_of(make, ana):
    told = ana.tell(
        "/returns",
        receipt("b-1", "return_ref")
        | {"returned_at": wire(ana.clock.now()), "member_id": ana.member_id, "amount": "30.00"},
        201,
    )
    assert told["taken_back"] == {"reward": 30}
    make.run("ledger", "verify")


def test_p7_a_club_that_takes_none_asks_for_the_receipt(make):
    make.club()
    assert bring_back(make.shopper(), "10.00", expect=422)["code"] == "receipt_needed"


def test_p7_the_limit_holds_for_the_members_day(make, ana, clock):
    bring_back(ana, "300.00", ref="b-1")
    told = bring_back(ana, "200.01", ref="b-2", expect=422)
    assert (told["code"], told["most"], told["left"]) == ("return_limit", "500.00", "200.00")
    bring_back(ana, "200.00", ref="b-2")
    assert bring_back(ana, "0.01", ref="b-3", expect=422)["code"] == "return_limit"
    bring_back(make.shopper(ana.till), "500.00", ref="b-4")
    clock.move(DAY)
    bring_back(ana, "500.00", ref="b-3")
    assert ana.figures() == (0, 0, 0, 0)
    make.run("ledger", "verify")


def test_p7_the_limit_holds_when_tills_ask_at_one_moment(make, ana):
    shops = [make.till() for _ in range(6)]

    def ask(place):
        body = receipt(f"b-{place}", "return_ref") | {"returned_at": wire(ana.clock.now()), "card": ana.card}
        return shops[place].post("/returns", body | goods("200.00")).status_code

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(ask, range(6)))
    assert told.count(201) <= 2
    assert ana.figures() == (1_000 - 200 * told.count(201), 0, 0, 0)
    make.run("ledger", "verify")


@pytest.mark.parametrize(
    ("mode", "after", "told"),
    [
        ("debt", (0, 0, 0, 20), ({"reward": 100}, {}, {"reward": 20})),
        ("clamp", (0, 0, 0, 0), ({"reward": 80}, {"reward": 20}, {})),
        ("pending_only", (80, 0, 0, 0), ({"reward": 0}, {}, {})),
    ],
)
def test_p7_the_unit_says_what_becomes_of_points_that_are_gone(make, mode, after, told):
    make.club(**ALLOWED, **{"unit.reward.on_return": mode})
    ana = make.shopper()
    ana.adjust(80)
    heard = bring_back(ana, "100.00")
    assert (heard["taken_back"], heard["shortfall"], heard["debt"]) == told
    assert ana.figures() == after
    make.run("ledger", "verify")


def test_p7_it_counts_on_its_own_day(make, clock):
    window = {"earned": "status", "window": {"days": 10}}
    make.club(**ALLOWED, **{"rule[2]": STATUS, "terms.measure": window})
    ana = make.shopper()
    ana.buy("300.00")
    clock.move(9 * DAY)
    bring_back(ana, "100.00")
    assert ana.look("/tier")["measure"] == 200
    clock.move(5 * DAY)
    assert ana.look("/tier")["measure"] == -100
    make.run("ledger", "verify")


def test_p2_told_twice_it_is_taken_once(make, ana):
    first = bring_back(ana, "100.00")
    assert bring_back(ana, "100.00") == first | {"replayed": True}
    assert bring_back(ana, "90.00", expect=422)["code"] == "key_reused"
    assert ana.figures() == (900, 0, 0, 0)
    make.run("ledger", "verify")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"card": None}, "original", id="nobody and no receipt"),
        pytest.param({"original": receipt("r")}, "original", id="a receipt and somebody"),
        pytest.param({"lines": None}, "lines", id="nothing"),
        pytest.param({"amount": "1.00"}, "lines", id="lines and an amount"),
        pytest.param(goods("-1.00"), "lines.0.amount", id="below zero"),
        pytest.param({"lines": [{"line": 1, "amount": "1.00"}] * 2}, "lines", id="a line twice"),
        pytest.param(
            {"card": None, "original": receipt("r")}, "lines.0.quantity", id="a receipt, no quantity"
        ),
        pytest.param(
            {
                "card": None,
                "original": receipt("r"),
                **goods({"amount": "1.00", "quantity": "1", "sku": "A"}),
            },
            "lines.0",
            id="a receipt and what the sale knows",
        ),
    ],
)
def test_a2_a_return_names_a_receipt_or_a_member_and_its_goods(ana, change, field):
    body = receipt("b-1", "return_ref") | {"returned_at": wire(ana.clock.now()), "card": ana.card}
    body |= goods("10.00") | change
    told = ana.tell("/returns", {name: value for name, value in body.items() if value is not None}, 422)
    assert field in told["fields"]


def test_m2_a_blocked_card_brings_nothing_back_without_a_receipt(ana):
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    assert bring_back(ana, "1.00", expect=422)["code"] == "card_blocked"


def test_a_return_stamped_ahead_is_refused(ana):
    ahead = {"returned_at": wire(ana.clock.now() + timedelta(minutes=11))}
    assert bring_back(ana, "1.00", expect=422, **ahead)["code"] == "sold_in_future"


def test_the_statement_says_what_it_was_for(ana):
    bring_back(ana, "60.00")
    line = ana.look("/entries")["items"][0]
    assert (line["kind"], line["points"], line["refers_to"]) == ("return", -60, None)
