"""Points follow the policies in force (I1–I9)."""

from datetime import timedelta

import pytest

from tests.makers import wire
from tests.policies import Core, coverage, insurer


@pytest.fixture
def core(make):
    make.document(insurer())
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(core.till, references=["C-1"])


def status(who, at=None):
    return who.figures(at, unit="status")[0]


def test_i2_t4_new_business_gives_its_yearly_premium_and_lifts_at_once(core, ana):
    told = core.tells("P1", "C-1")
    assert told["position"] == {
        "before": {},
        "after": {"status": 100_000},
        "pending": False,
        "pending_until": None,
    }
    assert told["because"] == [{"rule": "regular", "unit": "status", "points": 100_000, "edition": 1}]
    assert told["tier"] == "silver"
    assert told["tier_change"]["before"] is None
    assert status(ana) == 100_000


def test_i1_a_state_told_again_changes_nothing_and_another_content_is_refused(core, ana):
    first = core.tells("P1", "C-1")
    assert core.tells("P1", "C-1") == first | {"replayed": True}
    assert core.tells("P1", "C-1", 422, status="lapsed")["code"] == "key_reused"
    assert status(ana) == 100_000


def test_i4_points_wait_for_the_end_of_cooling_off(make, core, ana, clock):
    told = core.tells("P1", "C-1", cooling_off_ends_on="2026-01-20")
    assert told["position"]["after"] == {}
    assert told["position"]["pending_until"] == "2026-01-20T16:00:00Z"  # midnight in Shanghai
    assert ana.figures(unit="status") == (0, 0, 100_000, 0)
    clock.move(timedelta(days=15))
    assert ana.look("/tier")["tier"] is None
    clock.move(timedelta(days=1))
    assert (status(ana), ana.look("/tier")["tier"], ana.look("/tier")["last_day"]) == (
        100_000,
        "silver",
        "2027-01-20",
    )
    make.run("jobs", "nightly")
    make.run("ledger", "verify")


def test_i4_an_unknown_end_of_cooling_off_is_pending_until_it_is_told(make, core, ana, clock):
    told = core.tells("P1", "C-1", cooling_off_ends_on=None)
    assert told["position"] == {"before": {}, "after": {}, "pending": True, "pending_until": None}
    clock.move(timedelta(days=400))
    assert ana.figures(unit="status") == (0, 0, 100_000, 0)
    ana.tell("/facts", {"member_id": ana.member_id, "kind": "cooling_off_end", "reference": "f1",
                        "happened_at": wire(clock.now()), "attributes": {}}, 201)  # fmt: skip
    core.tells("P1", "C-1", version=2, cooling_off_ends_on=None, coverages=[coverage("60000.00")])
    assert ana.figures(unit="status") == (0, 0, 60_000, 0)
    make.run("ledger", "verify")
    core.tells("P1", "C-1", version=3, coverages=[coverage("60000.00")])
    assert ana.figures(unit="status") == (60_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_i1_a_future_state_acts_by_the_clock_and_a_later_version_closes_it(make, core, ana, clock):
    core.tells("P1", "C-1")
    core.tells("P1", "C-1", version=2, effective_at="2026-06-01T00:00:00+08:00", status="surrendered")
    assert status(ana) == 100_000
    assert [one["points"] for one in ana.look("/tier")["because"]] == [100_000]
    assert ana.look("/tier", clock.now() + timedelta(days=180))["because"] == []  # by then it gives nothing
    core.tells(
        "P1", "C-1", version=3, effective_at="2026-01-05T10:00:00+08:00", coverages=[coverage("60000")]
    )
    assert status(ana) == 60_000
    clock.move(timedelta(days=300))
    assert status(ana) == 60_000
    core.tells(
        "P1", "C-1", version=4, effective_at="2026-12-01T00:00:00+08:00", status="surrendered",
        coverages=[coverage("60000")],
    )  # fmt: skip
    clock.move(timedelta(days=40))
    assert status(ana) == 0
    make.run("jobs", "nightly")
    make.run("ledger", "verify")


def test_i1_a_policy_shows_what_it_gives_from_when_on(core, ana):
    core.tells("P1", "C-1")
    core.tells("P1", "C-1", version=2, effective_at="2026-06-01T00:00:00+08:00", status="surrendered")
    assert core.shows("P1")["schedule"] == [
        {"at": "2026-01-05T02:00:00Z", "units": {"status": 100_000}},
        {"at": "2026-05-31T16:00:00Z", "units": {}},
    ]


def test_t5_a_surrender_takes_the_points_and_leaves_the_card(make, core, ana, clock):
    core.tells("P1", "C-1")
    clock.move(timedelta(days=30))
    told = core.tells("P1", "C-1", version=2, effective_at="2026-02-04T10:00:00+08:00", status="surrendered")
    assert (told["position"]["after"], told["tier"], told["tier_change"]) == ({}, "silver", None)
    clock.move(timedelta(days=300))
    assert ana.look("/tier")["tier"] == "silver"
    clock.move(timedelta(days=100))
    assert ana.look("/tier")["tier"] is None
    make.run("ledger", "verify")


def test_i8_a_policy_of_nobody_is_refused_and_not_kept(core, ana):
    assert core.tells("P9", "C-9", 422)["code"] == "not_a_member"
    assert core.till.get("/policies/P9").status_code == 404
