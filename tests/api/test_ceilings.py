from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.makers import receipt, wire

DAY = timedelta(days=1)


def club(make, **limits):
    make.club(limits=limits)
    return make.shopper()


def refused(answer):
    assert answer["code"] == "ceiling_exceeded"
    return answer["ceiling"], answer["most"]


def test_a_ceiling_is_the_most_that_still_passes(make):
    ana = club(make, earn={"transaction": 100})
    ana.buy("100.99")
    assert ana.buy("101.00", expect=202)["reason"] == "earn.transaction"


def test_what_a_member_earns_in_a_day_is_counted_over_all_tills(make, clock):
    ana = club(make, earn={"member_day": 100})
    bea, other = make.shopper(), make.till(terminal="T2")
    ana.buy("60.00")
    ana.till = other
    told = ana.buy("41.00", terminal="T2", expect=202)
    assert told["reason"] == "earn.member_day"
    ana.buy("40.00", terminal="T2")  # what was held did not count
    bea.buy("100.00")
    clock.move(DAY)
    ana.buy("100.00", terminal="T2")
    make.run("ledger", "verify")


def test_a_day_is_the_clubs_own_and_that_of_the_sale(make, clock):
    ana = club(make, earn={"member_day": 100})
    yesterday = wire(clock.now() - DAY)
    ana.buy("100.00")
    ana.buy("100.00", sold_at=yesterday)
    assert ana.buy("1.00", sold_at=yesterday, expect=202)["reason"] == "earn.member_day"


def test_velocity_how_often_a_card_is_used_in_a_day(make, clock):
    ana = club(make, earn={"member_day_times": 2})
    for amount in ("0.00", "10.00"):
        ana.buy(amount)
    assert ana.buy("1.00", expect=202)["reason"] == "earn.member_day_times"
    clock.move(DAY)
    ana.buy("1.00")


def test_what_a_terminal_gives_in_a_day_is_counted_over_all_members(make):
    ana = club(make, earn={"terminal_day": 100})
    bea = make.shopper()
    ana.buy("60.00")
    assert bea.buy("41.00", expect=202)["reason"] == "earn.terminal_day"
    bea.buy("41.00", store="S2")  # its terminal is another one
    bea.buy("40.00")


def test_each_unit_is_counted_by_itself(make):
    climb = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
    make.club(**{"rule[2]": climb, "limits": {"earn": {"transaction": 100, "member_day": 150}}})
    ana = make.shopper()
    ana.buy("100.00")
    ana.buy("50.00")
    assert ana.buy("1.00", expect=202)["reason"] == "earn.member_day"
    assert ana.figures(unit="status")[0] == 150


@pytest.mark.parametrize("act", ["redeem", "hold"])
def test_spending_above_a_ceiling_is_refused(make, clock, act):
    ana = club(make, spend={"transaction": 100, "member_day": 150, "member_day_times": 3})
    ana.buy("1000.00")
    spend = getattr(ana, act)
    assert refused(spend(101, expect=422)) == ("spend.transaction", 100)
    spend(100)
    assert refused(spend(51, expect=422)) == ("spend.member_day", 150)
    spend(25)
    spend(24)
    assert refused(spend(1, expect=422)) == ("spend.member_day_times", 3)
    clock.move(DAY)
    spend(100)
    make.run("ledger", "verify")


def test_a_hold_counts_when_it_is_taken_and_not_again_when_captured(make):
    ana = club(make, spend={"member_day": 100})
    ana.buy("1000.00")
    held = ana.hold(60)
    ana.capture(held)
    ana.void(ana.hold(20))
    assert refused(ana.redeem(21, expect=422)) == ("spend.member_day", 100)
    ana.redeem(20)


def test_what_one_client_spends_in_a_day_is_counted_over_all_members(make):
    ana = club(make, spend={"terminal_day": 100})
    bea = make.shopper()
    for one in (ana, bea):
        one.buy("100.00")
    ana.redeem(60)
    assert refused(bea.redeem(41, expect=422)) == ("spend.terminal_day", 100)
    bea.redeem(40)


def test_a_return_above_a_ceiling_is_refused(make, clock):
    ana = club(make, **{"return": {"transaction": 50, "member_day": 80, "terminal_day": 1000}})
    bought = ana.buy("1000.00")
    assert refused(ana.give_back(bought, amount="51.00", expect=422)) == ("return.transaction", 50)
    ana.give_back(bought, amount="50.00")
    assert refused(ana.give_back(bought, amount="31.00", expect=422)) == ("return.member_day", 80)
    ana.give_back(bought, amount="30.00")
    assert ana.figures()[0] == 920
    clock.move(DAY)
    ana.give_back(bought, amount="50.00")
    make.run("ledger", "verify")


def test_a_correction_above_a_ceiling_is_refused_up_and_down(make):
    ana = club(make, manual={"transaction": 100, "terminal_day": 250})
    assert refused(ana.adjust(101, expect=422)) == ("manual.transaction", 100)
    ana.adjust(100)
    ana.buy("1.00")
    assert refused(ana.adjust(-101, expect=422)) == ("manual.transaction", 100)
    ana.adjust(-100)
    bea = make.shopper()
    assert refused(bea.adjust(51, expect=422)) == ("manual.terminal_day", 250)
    bea.adjust(50)


def test_p3_a_ceiling_is_heard_again_under_its_key_and_the_reference_stays_free(make, clock):
    ana = club(make, spend={"member_day": 100})
    ana.buy("1000.00")
    body = {"card": ana.card, "points": 101, "reference": "R"}
    first = ana.tell("/redemptions", body, 422, key="k")
    assert ana.tell("/redemptions", body, 422, key="k") == first
    clock.move(DAY)
    assert ana.tell("/redemptions", body, 422, key="k") == first
    ana.tell("/redemptions", body | {"points": 100}, 201, key="other")


def test_a_ceiling_of_nothing_lets_nothing_pass(make):
    ana = club(make, manual={"transaction": 0})
    assert refused(ana.adjust(1, expect=422)) == ("manual.transaction", 0)


def test_the_edition_in_force_says_the_ceilings(make, clock):
    ana = club(make, earn={"member_day": 100})
    ana.buy("100.00")
    make.club(clock.now() + timedelta(minutes=1), limits={"earn": {"member_day": 200}})
    clock.move(timedelta(minutes=2))
    ana.buy("100.00")
    assert ana.buy("1.00", expect=202)["reason"] == "earn.member_day"


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_parallel_sales_of_a_terminal_stay_below_its_ceiling(make):
    club(make, earn={"terminal_day": 100})
    shoppers = [make.shopper() for _ in range(4)]

    def sell(turn):
        ana = shoppers[turn % 4]
        body = receipt(f"parallel-{turn}") | {"card": ana.card, "sold_at": wire(ana.clock.now())}
        lines = [{"line": 1, "amount": "30.00"}]
        return ana.till.post("/purchases", body | {"currency": "EUR", "lines": lines}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sell, range(12)))
    assert sorted(answers) == [201] * 3 + [202] * 9
    assert sum(ana.figures()[0] for ana in shoppers) == 90
    make.run("ledger", "verify")
