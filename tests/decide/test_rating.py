"""What a policy gives, by its states and the editions alone (I2–I6, I9)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loyalty.decide.policy import is_void
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.decide.rating import Told, given_at, rate, schedule
from loyalty.errors import ProgrammeFaulty
from tests.policies import COOLING, PAY_YEARS, SINGLE, insurer
from tests.subjects.test_policy_positions import cover, day, state

FIRST, SECOND = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
OPEN = {key: value for key, value in COOLING.items() if key != "from"}


def editions(*documents: dict[str, Any]) -> Editions:
    starts = (FIRST, SECOND)
    return Editions(
        tuple(
            Edition(no, starts[no - 1], compile_programme(document))
            for no, document in enumerate(documents, start=1)
        )
    )


CLUB = editions(insurer(rule=[OPEN, SINGLE]))
HALVED = insurer(rule=[OPEN | {"earn": OPEN["earn"] | {"points": "0.5"}}])


def points(by: Editions, at: str, *states: Any, **more: Any) -> dict[str, int]:
    instant = day(at)
    return rate(by, Told(states, **more), instant).open_at(instant)


@pytest.mark.parametrize(
    ("coverage", "given"),
    [
        (cover(10_000_00, pay_years=20), 10_000),
        (cover(10_000_00, pay_years=25), 10_000),
        (cover(10_000_00, pay_years=10), 8_000),
        (cover(10_000_00, pay_years=3), 3_000),
        (cover(10_000_00, pay_years=4), 5_000),
        (cover(10_000_00, pay_years=None), 3_000),  # unknown: the first row
        (cover(1_000_99, pay_years=20, pay_mode="monthly"), 12_011),  # 12,011.88
    ],
)
def test_i9_factors_by_payment_years(coverage, given):
    assert points(CLUB, "2026-02-01", state(1, "2026-01-05", coverage)) == {"status": given}


def test_i2_layers_keep_the_edition_of_their_day_and_are_rated_together():
    by = editions(insurer(rule=[OPEN]), HALVED)
    told = [state(1, "2026-01-05", cover(1_000_00, pay_years=20))]
    assert points(by, "2026-12-01", *told) == {"status": 1_000}
    told.append(state(2, "2026-08-01", cover(1_501_00, pay_years=20)))
    assert points(by, "2026-12-01", *told) == {"status": 1_250}  # 1,000 + 501 / 2 rounded down
    told.append(state(3, "2026-09-01", cover(1_502_00, pay_years=20)))
    assert points(by, "2026-12-01", *told) == {"status": 1_251}  # 501 + 1 of one edition: 251


def test_i2_a_policy_from_before_the_first_edition_is_rated_by_the_first():
    assert points(CLUB, "2026-02-01", state(issued_on=date(2001, 1, 1))) == {}  # 1.00 × 0.8 rounds to nothing
    assert points(CLUB, "2026-02-01", state(1, "2026-01-05", cover(5_00), issued_on=date(2001, 1, 1))) == {
        "status": 4
    }


def test_i2_a_rebase_rates_every_layer_anew_from_its_instant():
    by = editions(insurer(rule=[OPEN]), HALVED)
    told = state(1, "2026-01-05", cover(1_000_00, pay_years=20))
    rebases = ((day("2026-09-01"), 2),)
    assert points(by, "2026-08-31", told, rebases=rebases) == {"status": 1_000}
    assert points(by, "2026-09-01", told, rebases=rebases) == {"status": 500}


@pytest.mark.parametrize(
    ("status", "given"),
    [
        ("in_force", 1_000), ("grace", 1_000), ("paid_up", 1_000), ("premium_waived", 1_000),
        ("reduced_paid_up", 400), ("lapsed", 0), ("lapse_terminated", 0), ("surrendered", 0), ("matured", 0),
        ("claim_terminated", 0), ("cancelled", 0), ("rescinded", 0), ("expired", 0), ("proposed", 0),
    ],
)  # fmt: skip
def test_i3_what_each_status_counts(status, given):
    coverage = cover(1_000_00, pay_years=20, reduced_premium_minor=400_00)
    states = [state(1, "2026-01-05", coverage), state(2, "2026-03-01", coverage, status=status)]
    assert points(CLUB, "2026-04-01", *states).get("status", 0) == given


def test_i6_what_no_rule_counts_is_named():
    told = state(1, "2026-01-05", cover(1_000_00, pay_years=20), cover(300_00, 2, cover_years=1), group=False)
    rated = rate(CLUB, Told((told,)), day("2026-02-01"))
    assert rated.excluded == (2,)
    assert [(one.rule, one.points) for one in rated.because] == [("regular", 1_000)]
    group = rate(CLUB, Told((state(group=True),)), day("2026-02-01"))
    assert (group.because, group.excluded) == ((), (1,))


def test_i4_p11_shares_open_after_cooling_off_and_after_days():
    parts = [{"share": "0.5", "after": "cooling_off_end"}, {"share": "0.5", "days": 365}]
    by = editions(insurer(rule=[OPEN | {"parts": parts}]))
    told = Told(
        (
            state(
                1,
                "2026-01-05",
                cover(1_001_00, pay_years=20),
                holder=7,
                cooling_off_ends_on=date(2026, 1, 20),
            ),
        )
    )
    after, year_later = datetime(2026, 1, 20, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert schedule(by, told, 7) == ((after, {"status": 500}), (year_later, {"status": 1_001}))
    assert schedule(by, told, 8) == ()


def test_days_after_the_end_of_cooling_off():
    rule = OPEN | {"from": {"after": "cooling_off_end", "days": 10}}
    by = editions(insurer(rule=[rule]))
    told = state(1, "2026-01-05", cover(1_000_00), cooling_off_ends_on=date(2026, 1, 20))
    assert [at for at, _ in schedule(by, Told((told,)), 7)] == [datetime(2026, 1, 30, 16, tzinfo=UTC)]


def test_i5_each_holder_has_their_time():
    coverage = cover(1_000_00, pay_years=20)
    told = Told((state(1, "2026-01-05", coverage), state(2, "2026-05-01", coverage, holder=9)))
    assert schedule(CLUB, told, 7) == ((day("2026-01-05"), {"status": 1_000}), (day("2026-05-01"), {}))
    assert schedule(CLUB, told, 9) == ((day("2026-05-01"), {"status": 1_000}),)
    assert given_at(schedule(CLUB, told, 7), day("2026-05-01") - timedelta(seconds=1)) == {"status": 1_000}


LARGE = {
    "code": "large", "on": "policy", "unit": "status", "when": "coverage.pay_mode == 'single'",
    "earn": {"points": 1, "per": "1000000.00", "of": "premium"}, "step": True,
}  # fmt: skip
LARGE_COVERAGE = {
    "code": "large", "on": "policy", "unit": "status", "earn": {"fixed": 1},
    "when": "coverage.pay_mode == 'single' && coverage.premium_minor >= 100000000",
}  # fmt: skip


@pytest.mark.parametrize(
    ("premiums_minor", "by_policy", "by_coverage"),
    [
        pytest.param([999_999_99], 0, 0, id="a cent below"),
        pytest.param([1_000_000_00], 1, 1, id="at the bar"),
        pytest.param([2_500_000_00], 2, 1, id="more than twice"),
        pytest.param([600_000_00, 400_000_00], 1, 0, id="a rider adds up"),
        pytest.param([1_000_000_00, 1_000_000_00], 2, 1, id="two large coverages"),
    ],
)
def test_t2_i2_a_rule_asks_one_policy_whether_it_is_large(premiums_minor, by_policy, by_coverage):
    coverages = [cover(minor, no, pay_mode="single") for no, minor in enumerate(premiums_minor, start=1)]
    told = state(1, "2026-01-05", *coverages)
    for rule, given in ((LARGE, by_policy), (LARGE_COVERAGE, by_coverage)):
        assert points(editions(insurer(rule=[rule])), "2026-02-01", told).get("status", 0) == given


def test_i2_layers_of_two_editions_are_asked_one_by_one_until_a_rebase():
    by, small = editions(*[insurer(rule=[LARGE])] * 2), cover(600_000_00, pay_mode="single")
    told = state(1, "2026-01-05", small), state(2, "2026-08-01", cover(1_200_000_00, pay_mode="single"))
    assert points(by, "2026-12-01", *told) == {}
    assert points(by, "2026-12-01", *told, rebases=((day("2026-09-01"), 2),)) == {"status": 1}


def test_before_the_first_state_nothing_is_given():
    assert rate(CLUB, Told((state(),)), day("2026-01-01")).because == ()
    assert Told((state(),)).at(day("2026-01-01")) is None


@pytest.mark.parametrize(
    ("status", "on", "void"),
    [
        ("cancelled", "2026-01-10", True),
        ("cancelled", "2026-02-10", False),
        ("rescinded", "2026-02-10", True),
        ("surrendered", "2026-01-10", False),
    ],
)
def test_t10_which_policies_never_were(status, on, void):
    states = (state(cooling_off_ends_on=date(2026, 1, 20)), state(2, on, status=status))
    assert is_void(CLUB, Told(states), day("2026-03-01")) is void
    assert is_void(CLUB, Told(()), day("2026-03-01")) is False
    unknown = (state(), state(2, "2026-02-10", status="cancelled"))
    assert is_void(CLUB, Told(unknown), day("2026-03-01")) is True


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"rule[0].limit": {"times": 1, "per": "year"}}, "rule[0].limit", "whatever was given before"),
        ({"rule[0].phase": "take"}, "rule[0].phase", "gives less"),
        ({"rule[0].earn.of": "amount"}, "rule[0].earn.of", "annual_premium"),
        ({"rule[0].earn.factors": "channel"}, "rule[0].earn.factors", "no table"),
        ({"factors.pay_years.by": "coverage.weight"}, "rule[0].earn.factors", "no policy has"),
        ({"rule[0].earn.factors": []}, "rule[0].earn.factors", "must name tables"),
        ({"rule[0].when": "member.tier == 'gold'"}, "rule[0].when", "undeclared"),
        ({"rule[0].from": "receipt"}, "rule[0].from", "must be a table"),
        ({"factors": {"pay_years": {}}}, "factors.pay_years.by", "1 to 200 rows"),
        ({"factors": {"pay_years": {"many": "1"}}}, "factors.pay_years.by", "whole numbers"),
        ({"factors": {"pay_years": {"3": "-1"}}}, "factors.pay_years.3", "from 0"),
        ({"compliance": {"regime": "insurance"}, "club.show_missing": "none", "rule[0].unit": "reward"},
         "rule[0].unit", "a rebate"),
        ({"compliance": {"regime": "insurance"}, "club.show_missing": "none",
          "rule[0]": {"code": "paid", "on": "premium", "unit": "reward", "earn": {"fixed": 1}}},
         "rule[0].unit", "a rebate"),
    ],
)  # fmt: skip
def test_b10_i9_faults_are_told_with_their_path(changes, path, message):
    with pytest.raises(ProgrammeFaulty) as faulty:
        compile_programme(insurer(**changes))
    found: Any = faulty.value.facts["faults"]
    assert [told for where, told in found if where == path and message in told], found


def test_b10_with_a_named_approval_points_to_spend_may_follow_a_premium():
    approval = {"by": "the authority", "reference": "2026/1", "until": "2027-12-31"}
    compile_programme(
        insurer(**{
            "compliance": {"regime": "insurance", "approval": approval}, "club.show_missing": "none",
            "rule[0].unit": "reward",
        })
    )  # fmt: skip


def test_factors_by_words():
    by_channel = {"by": "policy.channel", "bank": "0.5"}

    def by(names: object, channel: dict[str, str]) -> Editions:
        rule = OPEN | {"earn": OPEN["earn"] | {"factors": names}}
        return editions(insurer(rule=[rule], factors={"pay_years": PAY_YEARS, "channel": channel}))

    weighed = by(["pay_years", "channel"], by_channel | {"other": "2"})
    for channel, given in (("bank", 500), ("agent", 2_000)):
        told = state(1, "2026-01-05", cover(1_000_00, pay_years=20), channel=channel)
        assert points(weighed, "2026-02-01", told) == {"status": given}
    plain = by("channel", by_channel)
    assert points(plain, "2026-02-01", state(1, "2026-01-05", cover(10_00))) == {"status": 10}
