"""Premiums earn by their own rules, once, and are taken back as if never paid (P2, P15, P18)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.policies import Core, insurer

DAY = timedelta(days=1)
PAID = {
    "code": "paid", "on": "premium", "unit": "status",
    "earn": {"points": 1, "per": "10.00", "of": "amount", "factors": "first_years"},
}  # fmt: skip
BODY = {
    "policy_no": "P1", "due_on": "2025-12-01", "paid_at": "2026-01-05T10:00:00+08:00",
    "amount": "10000.00", "reference": "F-1",
}  # fmt: skip
FIRST_YEARS = {"by": "premium.year", "1": "1", "2": "0.5", "3": "0"}
CLUB = {
    "rule": [
        PAID,
        {"code": "bought", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
    ],
    "factors": {"first_years": FIRST_YEARS},
    "tier[0].attain": 1_000,
}


@pytest.fixture
def core(make):
    make.document(insurer(**CLUB))
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    one = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    return one


@pytest.fixture(autouse=True)
def _verified(make):
    yield
    make.run("ledger", "verify")


def paid(core, reference="F-1", expect=201, **more):
    answer = core.till.post("/premiums", BODY | {"reference": reference} | more)
    assert answer.status_code == expect, answer.json
    return answer.json


def back(core, reference="F-1", expect=200, **headers):
    answer = core.till.post(f"/premiums/{reference}/reverse", **headers)
    assert answer.status_code == expect, answer.json
    return answer.json


def status(who):
    return who.figures(unit="status")[0]


def test_a_premium_earns_by_its_rules_and_lifts_at_once(core, ana):
    told = paid(core)
    assert (told["policy_no"], told["reference"], told["year"]) == ("P1", "F-1", 1)
    assert (told["member_id"], told["tier"]) == (ana.member_id, "standard")
    assert told["award"] == {
        "units": {"reward": 0, "status": 1_000},
        "because": [{"rule": "paid", "unit": "status", "points": 1_000}],
        "pending": [],
    }
    assert (told["late"], told["clock_ahead"], told["edition"], told["replayed"]) == (False, False, 1, False)
    [line] = ana.look("/entries")["items"]
    assert line["operation"] == told["premium_id"]
    assert {name: line["reasons"][name] for name in ("on", "policy", "reference")} == {
        "on": "premium",
        "policy": "P1",
        "reference": "F-1",
    }


@pytest.mark.parametrize(
    ("due_on", "year", "points"),
    [
        pytest.param("2025-11-01", 1, 1_000, id="due before it was issued"),
        pytest.param("2025-12-01", 1, 1_000, id="the day of issue"),
        pytest.param("2026-11-30", 1, 1_000, id="the last day of the first year"),
        pytest.param("2026-12-01", 2, 500, id="the second year"),
        pytest.param("2040-12-01", 16, 0, id="beyond the table"),
    ],
)
def test_i9_the_policy_year_it_is_due_in_weighs_a_premium(core, ana, due_on, year, points):
    told = paid(core, due_on=due_on)
    assert (told["year"], told["award"]["units"]["status"]) == (year, points)


def test_a_condition_may_ask_of_member_policy_and_premium(make):
    when = "premium.amount_minor >= 1000000 && premium.year == 1 && !policy.group && member.tier == ''"
    make.document(insurer(**CLUB | {"rule": [PAID | {"when": when}]}))
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    core.tells("P2", "C-1", group=True)
    given = [paid(core, f"F-{no}", **more)["award"]["units"]["status"] for no, more in enumerate((
        {"amount": "9999.99"}, {"policy_no": "P2"}, {"due_on": "2027-01-01"}, {}, {},
    ))]  # fmt: skip
    assert given == [0, 0, 0, 1_000, 0]  # the last one finds a member who has a tier


def test_p2_a_premium_told_again_changes_nothing_whoever_tells_it(make, core, ana):
    first = paid(core)
    assert paid(core) == first | {"replayed": True}
    assert paid(Core(make.till(terminal="T9")), currency="CNY") == first | {"replayed": True}
    assert paid(core, expect=422, amount="1.00")["code"] == "key_reused"
    assert status(ana) == 1_000


@pytest.mark.parametrize(
    ("more", "status_code", "code", "field"),
    [
        ({"policy_no": "P9"}, 404, "not_found", "policy_no"),
        ({"currency": "EUR"}, 422, "currency_foreign", None),
        ({"currency": "CNX"}, 422, "invalid_request", "currency"),
        ({"amount": "1.005"}, 422, "invalid_request", "amount"),
        ({"reference": "a/b"}, 422, "invalid_request", "reference"),
        ({"paid_at": "2026-01-06T10:00:00+08:00"}, 422, "sold_in_future", None),
    ],
)
def test_a_premium_that_cannot_be_is_refused_and_its_reference_stays_free(
    core, ana, more, status_code, code, field
):
    told = paid(core, **{"reference": "F-1"} | more, expect=status_code)
    assert (told["code"], field is None or field in told["fields"]) == (code, True)
    assert paid(core)["replayed"] is False


def test_i5_the_points_go_to_who_held_the_policy_when_it_was_paid(make, core, ana, clock):
    bea = make.shopper(core.till, references=["C-2"])
    clock.move(30 * DAY)
    core.tells("P1", "C-2", version=2, effective_at="2026-01-20T00:00:00+08:00")
    paid(core, "F-1", paid_at="2026-01-19T23:59:59+08:00")
    paid(core, "F-2", paid_at="2026-01-20T00:00:00+08:00")
    assert (status(ana), status(bea)) == (1_000, 1_000)
    assert paid(core, "F-0", paid_at="2025-12-20T00:00:00+08:00")["member_id"] == ana.member_id


def test_i8_a_premium_of_a_policy_that_left_the_club_is_refused(core, ana):
    core.tells("P1", "C-9", version=2)
    assert paid(core, expect=422)["code"] == "not_a_member"


def test_p15_a_limit_of_a_rule_trims_what_a_premium_gives(make):
    rule = PAID | {"limit": {"points": 1_500, "per": "year"}}
    make.document(insurer(**CLUB | {"rule": [rule]}))
    core = Core(make.till())
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    paid(core, "F-1")
    told = paid(core, "F-2")
    assert told["award"]["because"][1] == {"rule": "paid:limit", "unit": "status", "points": -500}
    back(core, "F-1")
    assert paid(core, "F-3")["award"]["units"]["status"] == 1_000
    assert status(ana) == 1_500


def test_p15_a_reversal_counts_back_in_the_period_of_the_premium(make, clock):
    rule = PAID | {"limit": {"times": 1, "per": "month"}}
    make.document(insurer(**CLUB | {"rule": [rule]}))
    core = Core(make.till())
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    paid(core, "F-1")
    clock.move(30 * DAY)  # February: its own premium keeps its place
    paid(core, "F-2", paid_at="2026-02-04T10:00:00+08:00")
    back(core, "F-1")
    assert paid(core, "F-3", paid_at="2026-02-04T10:00:00+08:00")["award"]["units"]["status"] == 0
    assert paid(core, "F-4", paid_at="2026-01-06T10:00:00+08:00")["award"]["units"]["status"] == 1_000
    assert status(ana) == 2_000


def test_p14_a_premium_told_too_late_is_judged_by_today(core, ana, clock):
    clock.move(60 * DAY)
    told = paid(core)
    assert told["late"] is True


def test_p18_t10_a_reversed_premium_was_never_paid_and_leaves_no_tier(core, ana, clock):
    paid(core, "F-1")
    clock.move(10 * DAY)
    told = back(core)
    assert (told["was"], told["policy_no"], told["member_id"]) == ("booked", "P1", ana.member_id)
    assert (told["taken_back"], told["tier"]) == ({"status": 1_000}, None)
    assert told["tier_change"]["before"] == "standard"
    assert ana.look("/tier")["reason"] == "resumed"
    assert status(ana) == 0


def test_p18_t10_two_premiums_that_lifted_together_are_void_together(core, ana):
    paid(core, "F-1", amount="5000.00")
    paid(core, "F-2", amount="6000.00")
    assert back(core, "F-1")["tier"] is None
    assert back(core, "F-2")["tier"] is None
    assert status(ana) == 0


def test_p18_a_premium_reversed_twice_is_reversed_once(core, ana):
    paid(core)
    first = back(core)
    assert back(core) == first | {"replayed": True}
    assert back(core, idempotency_key="another wish") == first | {"replayed": True}
    assert paid(core)["replayed"] is True  # the premium hears its first answer again, and does not count
    assert status(ana) == 0


def test_p18_a_premium_not_seen_yet_is_refused_when_it_comes(core, ana):
    told = back(core)
    assert (told["was"], told["premium_id"], told["taken_back"], told["balance"]) == ("unseen", None, {}, {})
    assert paid(core, expect=422)["code"] == "reference_cancelled"
    assert paid(core, expect=422, amount="7.00")["code"] == "reference_cancelled"
    assert back(core) == told | {"replayed": True}
    assert paid(core, "F-2")["award"]["units"]["status"] == 1_000


def test_p2_p18_a_premium_and_its_reversal_at_one_moment_leave_nothing(make, core, ana):
    tellers = [Core(make.till()) for _ in range(6)]
    wishes = [("/premiums", BODY), ("/premiums/F-1/reverse", None)] * 3

    def send(place):
        answer = tellers[place].till.post(*wishes[place])
        return (answer.json or {}).get("code")

    with ThreadPoolExecutor(6) as pool:
        told = set(pool.map(send, range(6)))
    assert told <= {None, "reference_cancelled", "busy", "in_progress"}
    back(core)
    assert status(ana) == 0


def test_p7_points_of_a_premium_that_are_pending_are_taken_back_first(make):
    rule = PAID | {"from": {"days": 14}}
    make.document(insurer(**CLUB | {"rule": [rule]}))
    core = Core(make.till())
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    [promise] = paid(core)["award"]["pending"]
    assert promise["points"] == 1_000
    assert back(core)["taken_back"] == {"status": 1_000}
    assert ana.figures(unit="status") == (0, 0, 0, 0)


@pytest.mark.parametrize("reference", ["x" * 101, "a%0Ab"])
def test_a_reference_that_no_premium_can_have_is_refused(core, ana, reference):
    assert back(core, reference, 422)["fields"].keys() == {"reference"}


def test_a_premium_is_no_act_that_keeps_points_alive(make, clock):
    make.document(insurer(**CLUB | {"unit.reward.expiry": {"inactive_months": 1}}))
    core = Core(make.till())
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    ana.buy("100.00", currency="CNY")
    clock.move(20 * DAY)
    paid(core, paid_at="2026-01-25T10:00:00+08:00")
    assert ana.figures()[0] == 100
    clock.move(20 * DAY)
    assert (ana.figures()[0], status(ana)) == (0, 1_000)


def test_only_the_core_system_tells_premiums(make, core, ana):
    till = make.till("points:earn", "points:return")
    assert till.post("/premiums", {}).status_code == 403
    assert till.post("/premiums/F-1/reverse").status_code == 403
