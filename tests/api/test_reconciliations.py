from datetime import timedelta

import pytest

from tests.makers import wire

DAY = timedelta(days=1)
DATE = "2026-01-05"
NOTHING = {"count": 0, "amount": "0.00"}


@pytest.fixture
def ana(make):
    make.club(limits={"earn": {"transaction": 500}})
    return make.shopper()


def total(count, amount):
    return {"count": count, "amount": amount}


def compare(ana, sales=NOTHING, returns=NOTHING, receipts=None, expect=200, **more):
    body = {"store": "S1", "business_date": DATE, "totals": {"sales": sales, "returns": returns}} | more
    return ana.tell(
        "/reconciliations", body | ({"receipts": receipts} if receipts is not None else {}), expect
    )


def slip(number, amount, kind="sale", terminal="T1"):
    return {"terminal": terminal, "receipt": number, "kind": kind, "amount": amount}


def found(answer):
    return [
        (one["terminal"], one["receipt"], one["difference"], one["ours"], one["theirs"])
        for one in answer["differences"]
    ]


def test_a_day_on_which_nothing_happened_matches(ana):
    told = compare(ana, receipts=[])
    assert told == {
        "match": True, "differences": [], "ours": dict.fromkeys(("sales", "returns", "redeemed"), NOTHING)
    }  # fmt: skip


def test_a_day_matches_by_its_totals_and_by_its_receipts(make, ana):
    bought = ana.buy("100.00", "20.50", receipt="A")
    other = make.shopper(make.till(terminal="T2"))
    other.buy("30.00", receipt="A", terminal="T2")
    ana.buy("7.00", receipt="elsewhere", store="S2")
    ana.buy("8.00", receipt="tomorrow", business_date="2026-01-06")
    ana.give_back(bought, (1, "40.00"), return_ref="A")
    ana.give_back(bought, amount="5.00", return_ref="B")
    sales, returns = total(2, "150.50"), total(2, "45.00")
    receipts = [slip("A", "120.50"), slip("A", "30.00", terminal="T2"), slip("A", "40.00", "return")]
    receipts.append(slip("B", "5.00", "return"))
    told = compare(ana, sales, returns, receipts)
    assert (told["match"], told["differences"]) == (True, [])
    assert told["ours"] == {"sales": sales, "returns": returns, "redeemed": NOTHING}
    assert compare(ana, sales, returns)["match"] is True
    wrong = compare(ana, total(2, "150.51"), returns)
    assert (wrong["match"], wrong["differences"]) == (False, [])
    assert compare(ana, total(3, "150.50"), returns)["match"] is False


def test_each_difference_is_named_by_its_receipt(ana):
    ana.buy("10.00", receipt="both")
    ana.buy("20.00", receipt="ours")
    ana.buy("30.00", receipt="amount")
    ana.buy("501.00", receipt="held", expect=202)
    receipts = [
        slip("both", "10.00"),
        slip("amount", "31.00"),
        slip("theirs", "40.00"),
        slip("held", "501.00"),
    ]
    receipts.append(slip("both", "1.00", "return"))
    told = compare(ana, total(4, "582.00"), total(1, "1.00"), receipts)
    assert told["match"] is False
    assert found(told) == [
        ("T1", "both", "missing_here", None, "1.00"),
        ("T1", "amount", "amount_differs", "30.00", "31.00"),
        ("T1", "held", "under_review", "501.00", "501.00"),
        ("T1", "ours", "missing_there", "20.00", None),
        ("T1", "theirs", "missing_here", None, "40.00"),
    ]
    assert told["ours"]["sales"] == total(3, "60.00")


def test_what_awaits_review_is_told_without_receipts_too(ana):
    held = ana.buy("501.00", receipt="held", expect=202)
    told = compare(ana)
    assert (told["match"], found(told)) == (False, [("T1", "held", "under_review", "501.00", None)])
    ana.tell(f"/reviews/{held['review_id']}/reject", None, 200, "k")
    assert compare(ana)["match"] is True


def test_a_cancelled_sale_counts_no_more(ana):
    sale = ana.sale("10.00", receipt="void")
    ana.tell("/purchases", sale, 201)
    named = {name: sale[name] for name in ("store", "terminal", "business_date", "receipt")}
    ana.tell("/purchases/cancel", named | {"cancel_ref": "C"}, 200)
    assert compare(ana, receipts=[])["match"] is True
    told = compare(ana, total(1, "10.00"), receipts=[slip("void", "10.00")])
    assert found(told) == [("T1", "void", "cancelled_here", "10.00", "10.00")]


def test_p17_what_was_paid_with_points_is_reconciled_in_money(make, clock):
    worth = {"points": 100, "money": "1.00", "step": 100, "max_share": "0.5"}
    make.club(**{"unit.reward.worth": worth})
    ana = make.shopper()
    ana.buy("1000.00", business_date="2026-01-04")
    tenders = [{"kind": "points", "points": 300, "amount": "3.00"}, {"kind": "cash", "amount": "7.00"}]
    ana.buy("10.00", tenders=tenders)
    told = compare(ana, totals={"sales": total(1, "10.00"), "returns": NOTHING, "redeemed": total(1, "3.00")})
    assert (told["match"], told["ours"]["redeemed"]) == (True, total(1, "3.00"))
    wrong = {"sales": total(1, "10.00"), "returns": NOTHING, "redeemed": total(1, "3.01")}
    assert compare(ana, totals=wrong)["match"] is False


def test_a_comparison_changes_nothing_and_needs_no_key(ana):
    ana.buy("10.00", sold_at=wire(ana.clock.now() - DAY))
    assert compare(ana, total(1, "10.00")) == compare(ana, total(1, "10.00"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"totals": {"sales": NOTHING}}, "totals.returns"),
        ({"totals": {"sales": total(-1, "0"), "returns": NOTHING}}, "totals.sales.count"),
        ({"totals": {"sales": total(1, "0.001"), "returns": NOTHING}}, "totals.sales.amount"),
        ({"receipts": [slip("A", "1"), slip("A", "2")]}, "receipts"),
        ({"receipts": [slip("A", "1.999")]}, "receipts.0.amount"),
        ({"receipts": [slip("A", "1", "gift")]}, "receipts.0.kind"),
        ({"business_date": "today"}, "business_date"),
    ],
)
def test_a_day_that_cannot_be_is_told_by_its_field(ana, change, field):
    told = compare(ana, expect=422, **change)
    assert (told["code"], list(told["fields"])) == ("invalid_request", [field])


def test_a_key_of_a_store_compares_its_own_days(make, ana):
    ana.till = make.till("points:return", store="S1")
    assert compare(ana)["match"] is True
    assert compare(ana, store="S2", expect=403)["code"] == "store_foreign"
    ana.till = make.till("points:spend")
    assert compare(ana, expect=403)["code"] == "forbidden"
