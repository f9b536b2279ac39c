from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.makers import wire
from tests.tenders import CLUB, DAY, paid


@pytest.fixture
def ana(make):
    """She holds 1,000 points, worth 10.00 in steps of a hundred; a euro paid gives a point."""
    make.club(**CLUB)
    ana = make.shopper()
    ana.adjust(1000)
    return ana


@pytest.mark.parametrize(
    ("tender", "field"),
    [
        pytest.param({"kind": "points", "amount": "5.00"}, "tenders.0.points", id="how many"),
        pytest.param({"kind": "cash", "amount": "5.00", "points": 5}, "tenders.0.points", id="cash is none"),
        pytest.param({"kind": "cash", "amount": "5.00", "unit": "reward"}, "tenders.0.kind", id="unit"),
        pytest.param({"kind": "cash", "amount": "-5.00"}, "tenders.0.amount", id="below zero"),
        pytest.param({"kind": "cash", "amount": "5.001"}, "tenders.0.amount", id="too fine"),
    ],
)
def test_a_tender_that_cannot_be_is_told_by_its_field(ana, tender, field):
    refused = ana.buy("5.00", expect=422, tenders=[tender])
    assert (refused["code"], list(refused["fields"])) == ("invalid_request", [field])


def test_only_one_tender_can_be_points(ana):
    two = paid(100, "1.00", None)["tenders"] * 2
    assert ana.buy("2.00", expect=422, tenders=two)["fields"].keys() == {"tenders"}


def test_tenders_without_points_are_kept_and_must_add_up(make, ana):
    card = [{"kind": "card", "amount": "9.00"}, {"kind": "cash", "amount": "0.95"}]
    told = ana.buy("9.97", tenders=card, rounding="-0.02")
    assert (told["paid_with_points"], told["award"]["units"]["reward"]) == (None, 9)
    assert ana.buy("9.97", expect=422, tenders=card)["code"] == "tenders_uneven"
    assert ana.buy("9.97", expect=422, rounding="-0.02")["code"] == "tenders_uneven"
    uneven = ana.buy("9.97", expect=422, tenders=card, rounding="-0.03")
    assert (uneven["due"], uneven["paid"]) == ("9.94", "9.95")
    make.run("ledger", "verify")


def test_a_reprint_shows_how_a_sale_was_paid(ana):
    told = ana.buy("20.00", **paid(500, "5.00", "15.00"))
    shown = ana.till.get(f"/purchases/{told['purchase_id']}").json
    assert shown["tenders"] == [{"kind": "points", "amount": "5.00"}, {"kind": "cash", "amount": "15.00"}]
    assert (shown["paid_with_points"], shown["rounding"]) == (told["paid_with_points"], "0.00")
    assert (shown["flags"], shown["cancelled_at"]) == ([], None)
    plain = ana.till.get(f"/purchases/{ana.buy('1.00')['purchase_id']}").json
    assert (plain["tenders"], plain["paid_with_points"]) == ([], None)


def test_what_was_odd_about_a_sale_is_flagged_and_kept(make, ana):
    ahead = ana.buy("1.00", sold_at=wire(make.clock.now() + timedelta(minutes=10)))
    assert (ahead["flags"], ahead["clock_ahead"], ahead["late"]) == (["clock_ahead"], True, False)
    late = ana.buy("1.00", sold_at=wire(make.clock.now() - 31 * DAY))
    assert (late["flags"], late["late"]) == (["late"], True)
    shown = ana.till.get(f"/purchases/{late['purchase_id']}").json
    assert shown["flags"] == ["late"]


def test_p2_a_sale_paid_with_points_is_told_twice_and_paid_once(make, ana):
    sold = {"receipt": "once"} | paid(500, "5.00", "15.00")
    first, again = ana.buy("20.00", **sold), ana.buy("20.00", **sold)
    assert again == first | {"replayed": True, "print": again["print"]}
    assert ana.buy("20.00", expect=422, receipt="once", **paid(400, "4.00", "16.00"))["code"] == "key_reused"
    assert ana.buy("20.00", expect=422, receipt="once")["code"] == "key_reused"
    assert ana.figures() == (515, 0, 0, 0)
    make.run("ledger", "verify")


def test_p2_twins_in_parallel_pay_once(make, ana):
    sold = {"receipt": "twins", "sold_at": wire(ana.clock.now())} | paid(500, "5.00", "15.00")
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: ana.buy("20.00", **sold), range(4)))
    assert sorted(one["replayed"] for one in told) == [False, True, True, True]
    assert ana.figures() == (515, 0, 0, 0)
    make.run("ledger", "verify")


def test_p3_a_refused_tender_leaves_the_receipt_free_and_its_key_remembers(ana):
    sold = {"receipt": "later"} | paid(1100, "11.00", "39.00")
    refused = ana.buy("50.00", expect=422, key="first", **sold)
    ana.adjust(100)
    assert ana.buy("50.00", expect=422, key="first", **sold)["code"] == refused["code"]
    assert ana.buy("50.00", key="second", **sold)["balance"]["reward"]["available"] == 39


def test_a_key_without_the_scope_spends_no_points(make, ana):
    ana.till = make.till("points:earn")
    refused = ana.buy("20.00", expect=403, **paid(500, "5.00", "15.00"))
    assert (refused["code"], refused["needs"]) == ("forbidden", ["points:spend"])
    ana.buy("20.00", tenders=[{"kind": "cash", "amount": "20.00"}])
