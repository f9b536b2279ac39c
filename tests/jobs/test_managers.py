"""The benefit that is a person: the agent of a policy, else one of the pool, else a queue (B8)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.test_benefits import benefit, shown
from tests.ladders import club, midnight, noon
from tests.makers import Till
from tests.policies import Core, coverage, insurer

MANAGER = benefit("manager", kind="person", tiers=("silver", "gold"))
OF_SILVER = MANAGER | {"tiers": ["silver"]}


@pytest.fixture
def house(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=[MANAGER]))
    return make


def add(house, *codes, pool=True):
    for code in codes:
        house.run("service-managers", "add", code, "--name", f"Ms {code}", *([] if pool else ["--no-pool"]))


def insured(house, reference, **more):
    core = Core(house.till())
    who = house.shopper(core.till, references=[reference])
    core.tells(f"P-{reference}", reference, **more)
    return who


def manager(who):
    one = shown(who, "manager")
    return one and one["person"]


def news(house, who):
    house.run("jobs", "post")
    told = house.till().get("/events?limit=100").json["items"]
    mine = [one["type"] for one in told if one["member_id"] == who.member_id]
    return [kind for kind in mine if kind.startswith("manager.")]


def test_b8_the_agent_of_the_policy_looks_after_its_holder(house):
    add(house, "B-1")
    add(house, "A-7", pool=False)
    assert manager(insured(house, "C-1", service_agent="A-7")) == "Ms A-7"
    assert manager(insured(house, "C-2", service_agent="A-9")) == "Ms B-1"  # an agent nobody knows
    assert manager(insured(house, "C-3")) == "Ms B-1"


def test_b8_without_an_agent_members_are_spread_evenly(house):
    add(house, "B-1", "B-2", "B-3")
    got = [manager(insured(house, f"C-{no}")) for no in range(6)]
    assert sorted(got) == ["Ms B-1", "Ms B-1", "Ms B-2", "Ms B-2", "Ms B-3", "Ms B-3"]


def test_b8_who_finds_nobody_waits_and_is_told_once_somebody_comes(house):
    ana = insured(house, "C-1")
    assert manager(ana) is None
    house.run("jobs", "nightly")
    add(house, "B-1")
    house.run("jobs", "nightly")
    assert manager(ana) == "Ms B-1"
    assert news(house, ana) == ["manager.wanted", "manager.assigned"]


def test_b8_a_manager_who_leaves_is_replaced_and_the_member_told(house):
    add(house, "B-1")
    ana = insured(house, "C-1")
    house.run("service-managers", "leave", "B-1")
    house.run("jobs", "nightly")
    assert manager(ana) is None
    add(house, "B-2")
    house.run("jobs", "nightly")
    house.run("jobs", "nightly")
    assert manager(ana) == "Ms B-2"
    assert news(house, ana) == ["manager.assigned", "manager.wanted", "manager.assigned"]


def test_b3_b8_the_manager_stays_as_long_as_the_card_does(house, clock):
    add(house, "B-1", "B-2")
    ana = insured(house, "C-1")
    Core(house.till()).tells("P-C-1", "C-1", version=2, coverages=[coverage("20000.00")])
    clock.move(midnight("2027-03-02"))
    assert manager(ana) is None
    house.run("jobs", "nightly")
    assert (manager(ana), news(house, ana)) == (None, ["manager.assigned", "manager.ended"])


def dies(house, reference):
    dead = {"version": 1, "name": "Ana Silva", "deceased": True}
    assert house.till().send("PUT", f"/customers/{reference}", dead).status_code == 200


def test_m9_nobody_looks_after_the_dead_whatever_terms_follow(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(club(tiers={"silver": 0}) | {"benefit": [OF_SILVER]})
    add(make, "B-1")
    ana = make.shopper(references=["C-1"])
    assert manager(ana) == "Ms B-1"
    dies(make, "C-1")
    clock.move(midnight("2027-03-04"))
    make.run("jobs", "nightly")
    assert (manager(ana), news(make, ana)) == (None, ["manager.assigned"])
    add(make, "B-2")
    assert {manager(make.shopper()) for _ in range(2)} == {"Ms B-1", "Ms B-2"}  # the dead are no burden


def test_b2_b8_an_edition_that_binds_at_new_year_brings_its_manager(make, clock):
    clock.move(noon("2026-03-02"))
    document = club(tiers={"silver": 0}, terms_follow="calendar_year")
    make.document(document | {"benefit": []})
    add(make, "B-1")
    ana = make.shopper(references=["C-1"])
    make.shopper(references=["C-2"])
    dies(make, "C-2")
    clock.move(noon("2026-06-02"))
    make.document(document | {"benefit": [OF_SILVER]})
    make.run("jobs", "nightly")
    assert (shown(ana, "manager"), news(make, ana)) == (None, [])  # the card keeps to its edition
    for day in ("2027-01-02", "2027-01-03"):
        clock.move(midnight(day))
        make.run("jobs", "nightly")
    assert (manager(ana), news(make, ana)) == ("Ms B-1", ["manager.assigned"])


def test_p5_b8_a_manager_who_left_is_not_shown_though_no_night_was(house, clock):
    add(house, "B-1")
    ana = insured(house, "C-1")
    before = clock.now()
    clock.move(noon("2026-03-03"))
    house.run("service-managers", "leave", "B-1")
    assert manager(ana) is None
    assert shown(ana, "manager", before)["person"] == "Ms B-1"


def test_b8_members_who_rise_at_once_are_spread_evenly(make):
    bar = {"tier[0].attain": 10, "terms.measure": {"balance": "reward"}}
    make.club(**bar, benefit=[OF_SILVER])
    add(make, "B-1", "B-2", "B-3", "B-4")
    people = [make.shopper() for _ in range(8)]
    key, begin = make.keys(terminal="T1")[0], Barrier(8)

    def rises(who):
        till, body = Till(make.app, key), {"reason_code": "goodwill", "note": "x", "reference": who.member_id}
        begin.wait()
        body |= {"member_id": who.member_id, "unit": "reward", "points": 50}
        return till.post("/adjustments", body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(rises, people)) == {201}
    assert Counter(map(manager, people)) == {f"Ms B-{no}": 2 for no in range(1, 5)}


@pytest.mark.parametrize(
    ("code", "name", "fault"),
    [
        ("c" * 81, "Ms C", "Invalid value for 'CODE': must have at most 80 characters"),
        ("C-1", "c" * 121, "Invalid value for '--name': must have at most 120 characters"),
        ("C-1", " ", "Invalid value for '--name': must not be empty"),
    ],
)
def test_a_manager_is_called_by_what_fits(make, code, name, fault):
    assert fault in make.run("service-managers", "add", code, "--name", name, exit_code=2).output


def test_a_manager_is_called_by_as_much_as_fits(make):
    make.run("service-managers", "add", "c" * 80, "--name", "s" * 120)
    assert "c" * 80 in make.run("service-managers", "list").output
