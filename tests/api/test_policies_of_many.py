"""Policies pass on, come in batches and in any order, and are shown with their reasons."""

import json
import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty.db import reading
from tests.makers import wire
from tests.policies import COOLING, Core, coverage, insurer, policy, standing

OPEN = {key: value for key, value in COOLING.items() if key != "from"}


@pytest.fixture
def core(make):
    make.document(insurer(rule=[OPEN]))
    return Core(make.till())


def lines(core, *told):
    """What becomes of a batch of states, line by line."""
    answer = core.till._client.post(
        "/v1/policies/batch",
        data="\n".join(one if isinstance(one, str) else json.dumps(one) for one in told),
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {core.till._key}"},
    )
    assert answer.status_code == 200, answer.json
    return [json.loads(line) for line in answer.text.splitlines()]


def line(policy_no, holder="C-1", **more):
    return {"policy_no": policy_no, "holder": {"reference": holder}} | policy(**more)


def test_i5_a_change_of_holder_moves_the_position_in_one_transaction(make, core, clock):
    ana = make.shopper(core.till, references=["C-1"])
    ben = make.shopper(core.till, references=["C-2"])
    core.tells("P1", "C-1")
    clock.move(timedelta(days=10))
    told = core.tells("P1", "C-2", version=2, effective_at=wire(clock.now()))
    assert (told["member_id"], told["position"]["after"], told["tier"]) == (
        ben.member_id,
        {"status": 100_000},
        "silver",
    )
    assert standing(ana) == (0, "silver", "2027-01-04")  # her card keeps its word
    assert standing(ben)[:2] == (100_000, "silver")

    later = wire(clock.now() + timedelta(days=5))
    core.tells("P1", "C-1", version=3, effective_at=later)  # it will come back to her
    assert (standing(ana)[0], standing(ben)[0]) == (0, 100_000)
    clock.move(timedelta(days=6))
    assert (standing(ana)[0], standing(ben)[0]) == (100_000, 0)
    make.run("jobs", "nightly")
    make.run("ledger", "verify")


def test_i5_i8_a_policy_that_passes_on_to_somebody_outside_gives_nobody_anything(make, core):
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    told = core.tells("P1", "C-9", version=2)
    assert (told["member_id"], told["position"]["after"]) == (None, {})
    assert standing(ana)[0] == 0
    joined = make.shopper(core.till, references=["C-9"])
    assert standing(joined)[0] == 0
    core.tells("P1", "C-9", version=3)  # the full load that joining asks for
    assert standing(joined)[0] == 100_000
    make.run("ledger", "verify")


def test_i8_where_the_club_takes_policy_holders_in_they_join(make):
    make.document(insurer(rule=[OPEN], **{"club.enrolment": "automatic"}))
    core = Core(make.till())
    told = core.tells("P1", "C-7")
    assert (told["tier"], told["position"]["after"]) == ("silver", {"status": 100_000})
    found = core.till.post("/members/lookup", {"reference": "C-7"})
    assert found.json["member_id"] == told["member_id"]
    again = core.tells("P2", "C-7")
    assert again["member_id"] == told["member_id"]


@pytest.mark.parametrize(
    ("more", "status", "code", "field"),
    [
        ({"holder": {"member_id": "m0000000000"}}, 404, "not_found", "holder.member_id"),
        ({"holder": {}}, 422, "invalid_request", "holder.reference"),
        ({"currency": "EUR"}, 422, "currency_foreign", None),
        ({"coverages": [coverage(), coverage()]}, 422, "invalid_request", "coverages"),
        ({"coverages": [coverage("1.001")]}, 422, "invalid_request", "coverages.0.premium"),
        ({"coverages": [coverage(pay_until_age=60)]}, 422, "invalid_request", "coverages.0.pay_years"),
        ({"status": "sleeping"}, 422, "invalid_request", "status"),
        ({"status": "reduced_paid_up"}, 422, "invalid_request", "coverages.0.reduced_premium"),
        ({"version": 0}, 422, "invalid_request", "version"),
        ({"effective_at": "2026-01-05T10:00:00"}, 422, "invalid_request", "effective_at"),
    ],
)
def test_a1_what_cannot_be_is_refused_with_its_field(make, core, more, status, code, field):
    make.shopper(core.till, references=["C-1"])
    told = {"holder": {"reference": "C-1"}} | policy() | more
    answer = core.till.send("PUT", "/policies/P1", told)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    if field is not None:
        assert field in answer.json.get("fields", answer.json)
    assert core.till.get("/policies/P1").status_code == 404


def test_a_number_that_cannot_be_one_is_refused(core):
    assert (
        core.till.send("PUT", "/policies/%07", {"holder": {"reference": "C"}} | policy()).status_code == 422
    )
    assert core.till.get("/policies/%07").status_code == 404


def test_a3_a_key_without_the_scope_hears_nothing(make, core):
    assert make.till("points:earn").send("PUT", "/policies/P1", policy()).status_code == 403


def test_p16_a_batch_gives_an_outcome_a_line_and_again_the_same_balances(make, core):
    ana = make.shopper(core.till, references=["C-1"])
    told = [
        line("P1"),
        line("P2", coverages=[coverage("20000")]),
        line("P3", "C-9"),
        "{",
        line("P1", version=2, status="lapsed"),
    ]
    answers = lines(core, *told)
    assert [one["status"] for one in answers] == ["created", "created", "refused", "refused", "created"]
    assert answers[0]["position"]["after"] == {"status": 100_000}
    assert [answers[2]["code"], answers[3]["code"]] == ["not_a_member", "malformed_json"]
    assert standing(ana)[0] == 20_000
    again = lines(core, *told)
    assert [one["status"] for one in again] == ["replayed", "replayed", "refused", "refused", "replayed"]
    assert standing(ana)[0] == 20_000


def test_i1_any_order_of_arrival_ends_in_the_same_positions_and_balances(make, core, clock):
    clock.move(timedelta(days=200))
    states = [
        {"version": 1, "effective_at": "2026-01-05T10:00:00+08:00"},
        {"version": 2, "effective_at": "2026-02-05T10:00:00+08:00", "coverages": [coverage("150000")]},
        {"version": 3, "effective_at": "2026-03-05T10:00:00+08:00", "coverages": [coverage("90000")]},
        {"version": 4, "effective_at": "2026-03-05T10:00:00+08:00", "coverages": [coverage("95000")]},
        {"version": 5, "effective_at": "2026-10-05T10:00:00+08:00", "status": "lapsed"},
        {"version": 6, "effective_at": "2026-11-05T10:00:00+08:00", "coverages": [coverage("95000")]},
    ]
    shuffle, seen = random.Random(7), []
    for turn in range(6):
        who = make.shopper(core.till, references=[f"C-{turn}"])
        order = states if turn == 0 else shuffle.sample(states, len(states))
        for state in order:
            core.tells(f"P{turn}", f"C-{turn}", **state)
        shown = core.shows(f"P{turn}")
        days = [clock.now() + timedelta(days=days) for days in (0, 60, 100, 140)]
        seen.append((shown["schedule"], shown["position"], [who.figures(at, unit="status") for at in days]))
    assert all(one == seen[0] for one in seen)
    assert [figures[0] for figures in seen[0][2]] == [95_000, 95_000, 0, 95_000]
    clock.move(timedelta(days=150))
    make.run("jobs", "nightly")
    make.run("ledger", "verify")


def test_i7_a_policy_is_shown_with_its_history_and_why(make, core, clock):
    ana = make.shopper(core.till, references=["C-1"])
    before = wire(clock.now() - timedelta(seconds=1))
    core.tells("P1", "C-1", coverages=[coverage(), coverage("500.00", 2, cover_years=1)])
    clock.move(timedelta(days=30))
    core.tells("P1", "C-1", version=2, effective_at=wire(clock.now()), status="matured")
    shown = core.shows("P1")
    assert [state["version"] for state in shown["history"]] == [1, 2]
    assert (shown["state"]["status"], shown["position"], shown["because"]) == ("matured", {}, [])
    assert shown["schedule"] == [
        {"at": "2026-01-05T02:00:00Z", "units": {"status": 100_000}},
        {"at": wire(clock.now()), "units": {}},
    ]
    then = core.shows("P1", "2026-01-10T00:00:00Z")
    assert (then["position"], then["excluded"]) == ({"status": 100_000}, [2])
    assert then["because"][0] | {"opens_at": None} == {
        "rule": "regular", "unit": "status", "points": 100_000, "edition": 1, "opens_at": None,
    }  # fmt: skip
    assert core.till.get(f"/policies/P1?at={before}").status_code == 404
    why = ana.look("/tier", clock.now() - timedelta(days=20))
    assert why["policies"] == [{"policy_no": "P1", "status": "in_force", "units": {"status": 100_000}}]
    assert ana.look("/tier")["policies"] == []
    entries = ana.look("/entries")["items"]
    assert [(one["kind"], one["contra"], one["points"]) for one in entries] == [
        ("position", "position", -100_000),
        ("policy", "position", 100_000),
    ]
    assert entries[1]["reasons"]["policy"] == "P1"
    assert entries[1]["reasons"]["excluded"] == [2]


def test_t3_the_evidence_of_a_term_names_what_each_policy_came_to(make, core):
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1", coverages=[coverage("30000")])
    core.tells("P1", "C-1", version=2, coverages=[coverage("45000")])
    core.tells("P2", "C-1", coverages=[coverage("10000")])
    shown = ana.look("/tier")
    assert shown["tier"] == "silver"
    assert [(one["kind"], one["points"]) for one in shown["because"]] == [
        ("policy", 45_000),
        ("policy", 10_000),
    ]


def test_a_debt_left_by_a_correction_is_paid_by_the_next_rise(make, core):
    ana = make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    ana.adjust(-30_000, "status")
    core.tells("P1", "C-1", version=2, status="surrendered")
    assert ana.figures(unit="status") == (0, 0, 0, 30_000)
    core.tells("P1", "C-1", version=3)
    assert ana.figures(unit="status") == (70_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_a5_events_tell_that_points_followed_a_policy(make, core):
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    core.tells("P1", "C-1", version=2, status="lapsed")
    make.run("jobs", "post")
    told = [
        event
        for event in core.till.get("/events?limit=100").json["items"]
        if event["type"] == "points.followed_policy"
    ]
    assert [event["data"]["units"] for event in told] == [{"status": 100_000}, {"status": -100_000}]


def test_a_length_that_ends_at_an_age_is_told_by_a_birth_date_that_is_not_kept(make, core):
    ana = make.shopper(core.till, references=["C-1"])
    until_60 = {"no": 1, "product": "life", "premium": "100.00", "pay_mode": "annual", "pay_until_age": 60,
                "whole_life": True}  # fmt: skip
    core.tells(  # 35 years old when it was issued: 25 years of payment count in full, 4 years half
        "P1", "C-1", coverages=[until_60],
        insured=[{"reference": "X", "relation": "self", "birth_date": "1990-11-30"}],
    )  # fmt: skip
    assert standing(ana)[0] == 100
    core.tells(
        "P2", "C-1", coverages=[until_60],
        insured=[{"reference": "X", "relation": "self", "birth_date": "1969-11-30"}],
    )  # fmt: skip
    assert standing(ana)[0] == 150
    with make.app.app_context(), reading() as session:
        kept = session.scalars(text("SELECT CAST(content AS VARCHAR(4000)) FROM policy_version")).all()
    assert not any("1990-11-30" in one for one in kept)
