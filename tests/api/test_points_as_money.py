import pytest

from tests.tenders import CLUB, DAY, WORTH, paid


@pytest.fixture
def ana(make):
    """She holds 1,000 points, worth 10.00 in steps of a hundred; a euro paid gives a point."""
    make.club(**CLUB)
    ana = make.shopper()
    ana.adjust(1000)
    return ana


def shown_code(ana, purpose):
    """The code that a member's page shows."""
    return ana.till.post(f"/members/{ana.member_id}/codes", {"purpose": purpose}).json["token"]


def test_p17_points_pay_a_part_of_a_sale_and_that_part_earns_nothing(make, ana):
    told = ana.buy("20.00", **paid(500, "5.00", "15.00"))
    assert told["award"]["units"]["reward"] == 15  # 20.00 less 5.00
    assert told["balance"]["reward"]["available"] == 515  # 1,000 - 500 + 15
    spent = told["paid_with_points"]
    assert (spent["unit"], spent["points"], spent["money"]) == ("reward", 500, "5.00")
    shown = ana.till.get(f"/redemptions/{spent['redemption_id']}").json
    assert (shown["points"], shown["reversed"], shown["for"]) == (500, 0, "purchase")
    make.run("ledger", "verify")


def test_p17_the_rule_may_let_the_part_paid_with_points_earn(make, ana):
    make.club(**CLUB | {"rule[0].paid_with_points": "earns"}, in_force_from=make.clock.now() + DAY)
    make.clock.move(2 * DAY)
    assert ana.buy("20.00", **paid(500, "5.00", "15.00"))["award"]["units"]["reward"] == 20


def test_p17_points_pay_the_lines_they_may_alike(make):
    line_rule = {"code": "fresh", "on": "purchase", "unit": "status", "when": "line.category == 'fresh'",
                 "earn": {"points": 1, "per": "1.00"}}  # fmt: skip
    make.club(**CLUB | {"rule[1]": line_rule})
    ana = make.shopper()
    ana.adjust(1000)
    lines = [{"category": "fresh", "amount": "30.00"}, {"category": "home", "amount": "10.00"},
             {"category": "gift-card", "amount": "50.00"}]  # fmt: skip
    told = ana.buy(*lines, **paid(1000, "10.00", "80.00"))
    # 10.00 of the 40.00 that points may pay: a quarter of each; the gift card is all money.
    assert told["award"]["units"] == {"reward": 80, "status": 22}  # 22.50, rounded down


def test_p17_a_sale_paid_with_points_alone_earns_nothing_not_even_a_fixed_number(make):
    fixed = {"code": "visit", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 7}}
    make.club(**CLUB | {"unit.reward.worth.max_share": 1, "rule[1]": fixed})
    ana = make.shopper()
    ana.adjust(1000)
    assert ana.buy("10.00", **paid(900, "9.00", "1.00"))["award"]["units"]["reward"] == 8  # 1 + 7
    ana.adjust(1000)
    told = ana.buy("10.00", **paid(1000, "10.00", None))
    assert told["award"]["units"]["reward"] == 0
    make.run("ledger", "verify")


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        pytest.param(paid(1000, "10.00", "8.00"), "points_share_exceeded", id="more than half of it"),
        pytest.param(paid(500, "5.01", "12.99"), "points_tender_wrong", id="another amount"),
        pytest.param(paid(550, "5.50", "12.50"), "points_tender_wrong", id="no whole steps"),
        pytest.param(paid(500, "5.00", "13.00", unit="status"), "points_tender_wrong", id="pays no goods"),
        pytest.param(paid(500, "5.00", "13.00", unit="air"), "points_tender_wrong", id="no such unit"),
        pytest.param(paid(500, "5.00", "12.99"), "tenders_uneven", id="a cent is missing"),
        pytest.param(paid(500, "5.00", "13.00") | {"rounding": "0.01"}, "tenders_uneven", id="rounding"),
    ],
)
def test_p17_points_that_cannot_pay_are_refused_and_nothing_happens(ana, tenders, code):
    assert ana.buy("18.00", expect=422, **tenders)["code"] == code
    assert ana.figures() == (1000, 0, 0, 0)


def test_p17_a_wrong_tender_hears_what_its_points_are_worth(ana):
    refused = ana.buy("18.00", expect=422, **paid(500, "5.01", "12.99"))
    assert (refused["points"], refused["step"], refused["worth"]) == (500, 100, "5.00")
    uneven = ana.buy("18.00", expect=422, **paid(550, "5.50", "12.50"))
    assert (uneven["step"], "worth" in uneven) == (100, False)


def test_p17_half_is_rounded_down_to_what_a_step_is_worth(ana):
    most = ana.buy("19.99", expect=422, **paid(1000, "10.00", "9.99"))
    assert (most["code"], most["most"]) == ("points_share_exceeded", 900)  # 9.995 pays nine steps
    assert ana.buy("19.99", **paid(900, "9.00", "10.99"))["balance"]["reward"]["available"] == 110


def test_p17_what_is_excluded_cannot_be_paid_with_points(ana):
    card = {"category": "gift-card", "amount": "50.00"}
    assert ana.buy(card, expect=422, **paid(100, "1.00", "49.00"))["most"] == 0
    home = {"category": "home", "amount": "2.00"}
    assert ana.buy(card, home, expect=422, **paid(200, "2.00", "50.00"))["most"] == 100
    assert ana.buy(card, home, **paid(100, "1.00", "51.00"))["award"]["units"]["reward"] == 51


def test_p8_who_is_in_debt_or_has_too_few_points_pays_with_money(ana):
    assert ana.buy("50.00", expect=422, **paid(1100, "11.00", "39.00"))["code"] == "not_enough_points"
    ana.redeem(1000)
    bought = ana.buy("100.00")
    ana.redeem(100)
    ana.give_back(bought, amount="100.00")
    assert ana.figures() == (0, 0, 0, 100)
    assert ana.buy("50.00", expect=422, **paid(100, "1.00", "49.00"))["code"] == "in_debt"


def test_p9_points_that_paid_can_be_given_back_by_their_redemption(make, ana):
    told = ana.buy("20.00", **paid(500, "5.00", "15.00"))
    ana.reverse(told["paid_with_points"], 200)
    assert ana.figures() == (715, 0, 0, 0)
    make.run("ledger", "verify")


def test_several_units_are_worth_money_and_the_till_names_one(make):
    miles = {"name": {"zh": "里程", "en": "Miles"}, "spendable": True, "worth": WORTH | {"money": "2.00"}}
    make.club(**CLUB | {"unit.miles": miles})
    ana = make.shopper()
    ana.adjust(100, unit="miles")
    assert ana.buy("20.00", expect=422, **paid(100, "2.00", "18.00"))["fields"].keys() == {"tenders"}
    told = ana.buy("20.00", **paid(100, "2.00", "18.00", unit="miles"))
    assert (told["paid_with_points"]["unit"], told["award"]["units"]["reward"]) == ("miles", 18)


def test_without_worth_no_points_pay_goods(make):
    make.club()
    ana = make.shopper()
    ana.adjust(1000)
    assert ana.buy("20.00", expect=422, **paid(500, "5.00", "15.00"))["code"] == "points_tender_wrong"


def test_p17_a_unit_with_decimals_pays_in_its_smallest_steps(make):
    worth = {"points": "12.5", "money": "1.00", "max_share": 1}
    make.club(**CLUB | {"unit.reward.decimals": 1, "unit.reward.worth": worth})
    ana = make.shopper()
    ana.adjust(1000)  # a hundred points
    told = ana.buy("20.00", **paid(250, "2.00", "18.00"))  # 25.0 points
    assert told["balance"]["reward"]["available"] == 930  # 100.0 - 25.0 + 18.0


def test_m4_where_the_club_spends_by_codes_so_do_tenders(make):
    make.club(**CLUB | {"club.spend_needs": "code"})
    ana = make.shopper()
    ana.adjust(1000)
    by_points = {"receipt": "one"} | paid(500, "5.00", "15.00")
    assert ana.buy("20.00", expect=422, **by_points)["code"] == "code_needed"
    ana._bearer = {"token": shown_code(ana, "earn")}
    assert ana.buy("20.00", expect=422, **by_points)["code"] == "code_purpose"
    ana._bearer = {"token": shown_code(ana, "spend")}
    assert ana.buy("20.00", **by_points)["balance"]["reward"]["available"] == 515
    assert ana.buy("20.00", **by_points)["replayed"] is True
    assert ana.buy("20.00", expect=404, **paid(500, "5.00", "15.00"))["code"] == "code_unknown"
    ana._bearer = {"token": shown_code(ana, "spend")}
    held = ana.hold(500)
    ana._bearer = {"card": ana.card}  # the code was shown for the hold
    ana.buy("20.00", **paid(500, "5.00", "15.00", hold_id=held["hold_id"]))
    make.run("ledger", "verify")


def test_points_that_pay_count_against_the_ceilings_of_spending(make):
    make.club(**CLUB | {"limits": {"spend": {"transaction": 500, "member_day": 800}}})
    ana = make.shopper()
    ana.adjust(2000)
    over = ana.buy("50.00", expect=422, **paid(600, "6.00", "44.00"))
    assert (over["code"], over["ceiling"], over["most"]) == ("ceiling_exceeded", "spend.transaction", 500)
    ana.buy("50.00", **paid(500, "5.00", "45.00"))
    assert ana.buy("50.00", expect=422, **paid(400, "4.00", "46.00"))["ceiling"] == "spend.member_day"
    assert ana.redeem(400, expect=422)["ceiling"] == "spend.member_day"
    ana.redeem(300)
    make.run("ledger", "verify")
