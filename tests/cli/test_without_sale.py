from datetime import timedelta

DAY = timedelta(days=1)
GIFT = {"code": "gift", "on": "birthday", "unit": "reward", "earn": {"fixed": 40}}


def lines(make, first="2026-01-05", last="2026-01-05"):
    return make.run("ledger", "without-sale", "--from", first, "--to", last).stdout.splitlines()


def test_points_issued_without_a_sale_are_summed_by_hand_and_reason(make, clock):
    make.club()
    ana, bea = make.shopper(), make.shopper(make.till(terminal="T2"))
    assert lines(make) == ["nothing"]
    bought = ana.buy("500.00")
    ana.give_back(bought, amount="10.00")
    ana.redeem(100)
    for points in (10, 20, -5):
        ana.adjust(points)
    ana.adjust(7, reason_code="mistake")
    bea.adjust(30)
    assert lines(make) == [
        "T1  adjust  goodwill  reward  2 times  30 points",
        "T1  adjust  mistake  reward  1 time  7 points",
        "T2  adjust  goodwill  reward  1 time  30 points",
    ]


def test_days_are_the_clubs_own_and_both_ends_count(make, clock):
    make.club(**{"club.time_zone": "Asia/Shanghai"})
    ana = make.shopper()
    clock.move(timedelta(hours=13, minutes=59, seconds=59))
    ana.adjust(1)
    clock.move(timedelta(seconds=1))
    ana.adjust(2)
    assert lines(make) == ["T1  adjust  goodwill  reward  1 time  1 point"]
    assert lines(make, last="2026-01-06") == ["T1  adjust  goodwill  reward  2 times  3 points"]


def test_what_the_rules_give_without_a_sale_is_told_by_rule(make, clock):
    make.club(**{"rule[2]": GIFT})
    make.shopper(birth_date="1990-01-06")
    clock.move(DAY)
    make.run("jobs", "nightly")
    assert lines(make, last="2026-01-06") == ["programme  award  gift  reward  1 time  40 points"]
