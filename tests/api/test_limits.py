"""How much a member, and the club, gets from a rule (P15)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from tests.actions.test_once import at_once
from tests.databases import PostgresDatabases
from tests.makers import wire

DAY = timedelta(days=1)
WELCOME = {"code": "welcome", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 50}}
ONCE = WELCOME | {"limit": {"times": 1, "per": "lifetime"}}


def club(make, *rules, **changes):
    make.club(**({"rule": list(rules)} | changes))


def points(answer):
    return answer["award"]["units"]["reward"]


def because(answer):
    return [(line["rule"], line["points"]) for line in answer["award"]["because"]]


@pytest.mark.parametrize(
    ("limit", "given"),
    [
        pytest.param({"times": 2, "per": "lifetime"}, [50, 50, 0, 0, 0], id="times"),
        pytest.param({"points": 70, "per": "lifetime"}, [50, 20, 0, 0, 0], id="points"),
        pytest.param({"times": 2, "points": 90, "per": "day"}, [50, 40, 0, 50, 40], id="both, each day"),
        pytest.param({"times": 1, "per": "month"}, [50, 0, 0, 0, 0], id="a month"),
        pytest.param({"times": 1, "per": "year"}, [50, 0, 0, 0, 0], id="a year"),
    ],
)
def test_p15_a_limit_counts_for_each_member(make, clock, limit, given):
    club(make, WELCOME | {"limit": limit})
    ana, ben = make.shopper(), make.shopper()
    told = [points(ana.buy("1.00")) for _ in range(3)]
    assert points(ben.buy("1.00")) == 50
    clock.move(DAY)
    assert told + [points(ana.buy("1.00")) for _ in range(2)] == given
    make.run("ledger", "verify")


def test_p15_what_trims_shows_as_a_reason_below_zero(make):
    club(make, ONCE)
    ana = make.shopper()
    assert because(ana.buy("1.00")) == [("welcome", 50)]
    second = ana.buy("1.00")
    assert because(second) == [("welcome", 50), ("welcome:limit", -50)]
    reprint = ana.till.get(f"/purchases/{second['purchase_id']}").json
    assert [(line["rule"], line["points"]) for line in reprint["award"]["because"]] == because(second)


def test_p15_a_replay_hears_its_first_answer_and_uses_up_nothing(make):
    club(make, WELCOME | {"limit": {"times": 2, "per": "lifetime"}})
    ana = make.shopper()
    first = ana.buy("1.00", receipt="1")
    for _ in range(3):
        assert ana.buy("1.00", receipt="1", sold_at=wire(ana.clock.now())) == first | {"replayed": True}
    assert [points(ana.buy("1.00")) for _ in range(2)] == [50, 0]


def test_p15_a_refused_sale_uses_up_nothing(make):
    club(make, ONCE, {"code": "much", "on": "purchase", "unit": "reward", "when": "line.sku == 'gold'",
                      "earn": {"points": 1, "per": "0.01"}})  # fmt: skip
    ana = make.shopper()
    refused = ana.buy({"amount": "99999999999.00", "sku": "gold"}, expect=422)
    assert refused["code"] == "too_many_points"
    assert points(ana.buy("1.00")) == 50


def test_p14_a_late_sale_uses_the_limit_of_its_own_day(make, clock):
    club(make, WELCOME | {"limit": {"times": 1, "per": "day"}})
    ana = make.shopper()
    yesterday = wire(clock.now())
    clock.move(DAY)
    assert points(ana.buy("1.00")) == 50
    assert points(ana.buy("1.00", sold_at=yesterday)) == 50
    assert points(ana.buy("1.00", sold_at=yesterday)) == 0


def test_n5_a_day_is_a_day_of_the_club(make, clock):
    club(make, WELCOME | {"limit": {"times": 1, "per": "day"}}, **{"club.time_zone": "Asia/Shanghai"})
    ana = make.shopper()
    clock.move(datetime(2026, 3, 1, 15, 59, tzinfo=UTC) - clock.now())
    assert [points(ana.buy("1.00")) for _ in range(2)] == [50, 0]
    clock.move(timedelta(minutes=1))  # midnight in Shanghai
    assert points(ana.buy("1.00")) == 50


def test_p15_a_budget_is_for_the_whole_club_and_its_last_award_is_in_part(make, clock):
    club(make, WELCOME | {"budget": {"points": 120, "per": "day"}})
    members = [make.shopper() for _ in range(4)]
    told = [one.buy("1.00") for one in members]
    assert [points(one) for one in told] == [50, 50, 20, 0]
    assert because(told[2]) == [("welcome", 50), ("welcome:budget", -30)]
    clock.move(DAY)
    assert points(members[3].buy("1.00")) == 50


def test_p15_a_later_edition_counts_on_under_the_same_code(make, clock):
    club(make, WELCOME | {"limit": {"points": 60, "per": "lifetime"}})
    ana = make.shopper()
    assert points(ana.buy("1.00")) == 50
    make.club(clock.now() + DAY, rule=[WELCOME | {"limit": {"points": 70, "per": "lifetime"}}])
    clock.move(2 * DAY)
    assert points(ana.buy("1.00")) == 20


def test_of_a_group_the_best_counts_and_a_cap_comes_last(make):
    club(
        make,
        {
            "code": "tenth",
            "on": "purchase",
            "unit": "reward",
            "group": "g",
            "earn": {"points": 1, "per": "10.00"},
        },
        {"code": "five", "on": "purchase", "unit": "reward", "group": "g", "earn": {"fixed": 5}},
        {"code": "cap", "on": "purchase", "unit": "reward", "phase": "cap", "earn": {"at_most": 8}},
    )
    ana = make.shopper()
    assert because(ana.buy("40.00")) == [("tenth", 4), ("tenth:group", -4), ("five", 5)]
    assert because(ana.buy("90.00")) == [("tenth", 9), ("five", 5), ("five:group", -5), ("cap", -1)]
    make.run("ledger", "verify")


def test_what_a_limit_left_is_what_a_return_takes_back(make):
    club(make, WELCOME | {"limit": {"points": 70, "per": "lifetime"}})
    ana = make.shopper()
    ana.buy("10.00")
    trimmed = ana.buy("10.00")
    assert ana.give_back(trimmed, (1, "5.00"))["taken_back"]["reward"] == 10
    assert ana.give_back(trimmed, (1, "5.00"))["taken_back"]["reward"] == 10
    assert points(ana.buy("10.00")) == 0  # what came back does not refill a limit


def test_p15_joining_and_birthdays_have_limits_too(make, clock):
    joining = {"code": "join", "on": "enrolment", "unit": "reward", "earn": {"fixed": 60}}
    birthday = {"code": "cake", "on": "birthday", "unit": "reward", "earn": {"fixed": 40}}
    budget = {"budget": {"points": 100, "per": "lifetime"}}
    club(make, joining | budget, birthday | budget | {"limit": {"times": 1, "per": "lifetime"}})
    born = clock.now().date().replace(year=1990) + DAY
    members = [make.shopper(birth_date=born.isoformat()) for _ in range(3)]
    assert [one.figures()[0] for one in members] == [60, 40, 0]
    clock.move(DAY)
    make.run("jobs", "nightly")
    assert [one.figures()[0] for one in members] == [100, 80, 20]
    clock.move(365 * DAY)
    make.run("jobs", "nightly")
    assert [one.figures()[0] for one in members] == [100, 80, 20]
    make.run("ledger", "verify")


def test_p15_fifty_tills_at_once_give_exactly_the_budget(make, kind):
    """Fifty parallel earns of 30 against 1,000: the last that gets something gets 10."""
    tills = 50 if isinstance(kind, PostgresDatabases) else 8
    budget = 1000 if tills == 50 else 200
    club(make, WELCOME | {"earn": {"fixed": 30}, "budget": {"points": budget, "per": "day"}})
    till = make.till()
    members, start = [make.shopper(till) for _ in range(tills)], Barrier(tills)

    def one(member):
        start.wait()
        for _ in range(20):  # a till that hears "busy" sends the same again
            body = {"receipt": f"once-{member.member_id}"}
            answer = member.till.post("/purchases", sale(member) | body)
            if answer.status_code == 201:
                return points(answer.json)
        raise AssertionError(answer.json)

    with ThreadPoolExecutor(tills) as pool:
        given = sorted(pool.map(one, members), reverse=True)
    whole, part = divmod(budget, 30)
    assert given == ([30] * whole + [part] + [0] * tills)[:tills]
    assert sum(given) == min(budget, 30 * tills)
    make.run("ledger", "verify")


def test_p15_one_member_s_sales_at_once_give_a_limited_rule_once(make):
    club(make, ONCE)
    ana = make.shopper()
    told = at_once(6, lambda number: points(ana.buy("1.00", receipt=f"at-once-{number}")))
    assert sorted(told) == [0, 0, 0, 0, 0, 50]
    make.run("ledger", "verify")


def sale(member):
    return {
        "store": "S1", "terminal": "T1", "business_date": "2026-01-05", "card": member.card,
        "sold_at": wire(member.clock.now()), "currency": "EUR", "lines": [{"line": 1, "amount": "1.00"}],
    }  # fmt: skip
