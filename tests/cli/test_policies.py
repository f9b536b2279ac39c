"""Policies compared with the core system's own list, and rated by a newer edition."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from loyalty import acts
from loyalty.db import reading
from loyalty.policies import STATUSES, PolicyShare
from loyalty.work import Task
from tests.files import csv_file, mapped
from tests.policies import COOLING, SINGLE, Core, coverage, insurer

HEADER = "policy_no,version,status,reference,premium"
NEWER = {"rule": [COOLING | {"earn": COOLING["earn"] | {"points": 2}}, SINGLE]}


@pytest.fixture
def core(make):
    make.document(insurer(), datetime(2025, 1, 1, tzinfo=UTC))
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(core.till, references=["C-1"])


def status(who, at=None):
    return who.figures(at, unit="status")[0]


def reconciled(make, folder, *rows, header=HEADER, exit_code=0):
    file = csv_file(folder, header, *rows)
    return make.run("policies", "reconcile", file, exit_code=exit_code).stdout.splitlines()


def test_i8_what_agrees_is_no_difference(make, core, ana, tmp_path):
    core.tells("P1", "C-1", coverages=[coverage("60000"), coverage("0.50", 2)])
    core.tells("P2", "C-1", version=7, status="lapsed")
    core.tells("P3", "C-1", version=9, effective_at="2026-03-01T00:00:00+08:00")
    rows = ["P1,1,in_force,C-1,60000", "P1,1,in_force,C-1,0.50", "P9,1,in_force,C-9,1.00"]
    told = reconciled(make, tmp_path, *rows, "P3,9,in_force,C-1,")
    assert told == ["3 policies in the file, 1 of nobody in the club; 0 differences"]


def test_i8_each_difference_is_told_by_policy(make, core, ana, tmp_path):
    make.shopper(core.till, references=["C-2", "C-2b"], name="Bo")
    for no in range(1, 8):
        core.tells(f"P{no}", "C-1", version=2)
    core.tells("P8", "C-2")
    rows = ["P0,1,in_force,C-1,1.00", "P1,2,in_force,C-1,100000", "P2,3,in_force,C-1,", "P3,1,in_force,C-1,",
            "P4,2,lapsed,C-1,", "P5,2,in_force,C-2,", "P6,2,in_force,C-9,90000.50",
            "P8,1,in_force,C-2b,"]  # fmt: skip
    assert reconciled(make, tmp_path, *rows, exit_code=1) == [
        "P2: version behind: 2 here, 3 there",
        "P3: version ahead: 2 here, 1 there",
        "P4: status differs: in_force here, lapsed there",
        f"P5: holder differs: {ana.member_id} here, C-2 there",
        f"P6: holder differs: {ana.member_id} here, C-9 there",
        "P6: premium differs: 100000.00 here, 90000.50 there",
        "P7: missing there: in_force here",
        "P0: missing here",
        "8 policies in the file, 0 of nobody in the club; 8 differences: holder differs 2, missing here 1,"
        " missing there 1, premium differs 1, status differs 1, version ahead 1, version behind 1",
    ]


def test_i8_premiums_are_compared_only_where_the_file_tells_them(make, core, ana, tmp_path):
    core.tells("P1", "C-1")
    told = reconciled(make, tmp_path, "P1,1,in_force,C-1,", "P1,1,in_force,C-1,")
    assert told[-1].endswith("0 differences")


def test_i8_holders_are_named_by_id_too_and_one_who_left_the_club_is_another(make, core, ana, tmp_path):
    core.tells("P1", "C-1")
    core.tells("P2", "C-1")
    core.tells("P2", "C-9", version=2)
    header = "policy_no,version,status,member_id"
    rows = [f"P1,1,in_force,{ana.member_id}", f"P2,2,in_force,{ana.member_id}"]
    told = reconciled(make, tmp_path, *rows, header=header, exit_code=1)
    assert told[0] == f"P2: holder differs: C-9 here, {ana.member_id} there"
    assert told[1].endswith("1 difference: holder differs 1")


def test_a_club_that_takes_holders_in_misses_every_policy(make, tmp_path):
    make.document(insurer(**{"club.enrolment": "automatic"}))
    told = reconciled(make, tmp_path, "P1,1,in_force,C-1,1.00", exit_code=1)
    assert told[0] == "P1: missing here"


def test_a_file_of_current_states_is_held_to_its_form(make, core, tmp_path):
    rows = ["P1,1,in_force,C-1,1.00", "P1,2,in_force,C-1,1.00", "P2,0,asleep,,-1"]
    told = reconciled(make, tmp_path, *rows, exit_code=1)
    assert "line 3: policy_no: line 2 tells something else of 'P1'" in told
    assert {line for line in told if line.startswith("line 4")} == {
        "line 4: reference: is missing; who holds it is told by reference or by member_id",
        "line 4: version: must be from 1 to 9007199254740992",
        f"line 4: status: 'asleep' is none of {', '.join(sorted(STATUSES))}",
        "line 4: premium: is below nil",
    }


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_cannot_be_compared_is_said(make, tmp_path):
    file = csv_file(tmp_path, HEADER)
    run = make.app.test_cli_runner().invoke
    assert "no programme is published" in run(args=["policies", "reconcile", file]).output
    make.document(insurer())
    more = run(args=["policies", "reconcile", file, "--map", "premium=money"])
    assert "column money is not among" in more.output
    assert "product is no field" in run(args=["policies", "reconcile", file, "--set", "product=x"]).output
    assert "0 policies in the file" in run(args=["policies", "reconcile", file, *mapped("premium")]).output


def rebased(make, when, *options, exit_code=0, edition=2):
    words = ["policies", "rebase", "--edition", str(edition), "--when", when, *options]
    return make.run(*words, exit_code=exit_code).output.splitlines()


@pytest.fixture
def newer(make, core, ana, clock):
    """Two policies by the first edition, one of them increased by the second, which gives twice as much."""
    core.tells("P1", "C-1")
    core.tells("P2", "C-1", coverages=[coverage("10000")])
    make.document(insurer(**NEWER), clock.now() + timedelta(minutes=1))
    clock.move(timedelta(days=1))
    more = {"version": 2, "effective_at": "2026-01-06T10:00:00+08:00", "coverages": [coverage("15000")]}
    core.tells("P2", "C-1", **more)
    assert status(ana) == 100_000 + 10_000 + 2 * 5_000


def test_i2_at_once_every_layer_is_rated_by_the_edition_and_that_is_told_first(make, app, core, ana, newer):
    told = rebased(make, "at_once", "--dry-run")
    assert told == [
        f"P1  {ana.member_id}  from 2026-01-06T02:00:00Z  status 100000 → 200000",
        f"P2  {ana.member_id}  from 2026-01-06T02:00:00Z  status 20000 → 30000",
        "2 policies would be rated by edition 2; nothing was written",
    ]
    assert status(ana) == 120_000
    told = rebased(make, "at_once")
    assert told == [
        "P1  from 2026-01-06T02:00:00Z  status 100000 → 200000",
        "P2  from 2026-01-06T02:00:00Z  status 20000 → 30000",
        "2 policies rated by edition 2",
    ]
    assert (status(ana), ana.look("/tier")["tier"]) == (230_000, "gold")
    with app.app_context(), reading() as session:
        *_, (line, _) = acts.lines(session)
        task = session.scalars(select(Task).where(Task.kind == "rebase")).one()
    assert (line.kind, line.subject) == ("policies.rebased", "edition 2")
    assert line.content == {
        "when": "at_once",
        "policies": {"P1": "2026-01-06T02:00:00Z", "P2": "2026-01-06T02:00:00Z"},
    }
    assert (task.state, task.result) == ("done", {"edition": 2, "policies": 2})
    make.run("ledger", "verify")


def test_i2_a_rebase_told_twice_changes_nothing(make, app, ana, newer):
    rebased(make, "at_once")
    make.clock.move(timedelta(days=1))
    for when in ("at_once", "next_review"):
        assert rebased(make, when) == ["0 policies rated by edition 2"]
        assert rebased(make, when, "--dry-run") == [
            "0 policies would be rated by edition 2; nothing was written"
        ]
    assert status(ana) == 230_000
    with app.app_context(), reading() as session:
        kinds = [line.kind for line, _ in acts.lines(session)]
    assert kinds.count("policies.rebased") == 1


def test_i2_n7_at_the_next_review_it_acts_by_the_clock_just_before_it(make, core, ana, clock, tmp_path):
    """An edition that gives half: silver is kept to its last day, and the review already sees the half."""
    core.tells("P1", "C-1")
    half = COOLING | {"earn": COOLING["earn"] | {"per": "2.50"}}
    make.document(insurer(rule=[half, SINGLE]), clock.now() + timedelta(minutes=1))
    clock.move(timedelta(days=1))
    assert rebased(make, "next_review")[0] == "P1  from 2027-01-04T16:00:00Z  status 100000 → 40000"
    assert rebased(make, "next_review") == ["0 policies rated by edition 2"]
    assert (status(ana), ana.look("/tier")["tier"]) == (100_000, "silver")
    clock.move(timedelta(days=363))
    make.run("jobs", "nightly")
    assert (status(ana), ana.look("/tier")["tier"]) == (100_000, "silver")
    clock.move(timedelta(days=1))
    assert (status(ana), ana.look("/tier")["tier"]) == (40_000, "standard")
    make.run("jobs", "nightly")
    make.run("ledger", "verify")


def test_i2_at_once_may_overtake_what_waits_for_a_review(make, core, ana, newer):
    rebased(make, "next_review")
    assert status(ana) == 120_000
    assert rebased(make, "at_once")[-1] == "2 policies rated by edition 2"
    assert status(ana) == 230_000
    make.clock.move(timedelta(days=400))
    assert status(ana) == 230_000
    make.run("jobs", "nightly")
    make.run("ledger", "verify")


def test_i2_only_the_policies_named_are_rated_anew(make, ana, newer):
    assert rebased(make, "at_once", "--policy", "P2", "--policy", "P2")[-1] == "1 policy rated by edition 2"
    assert status(ana) == 130_000
    assert rebased(make, "at_once", "--policy", "P7", exit_code=1) == ["Error: no policy P7"]


def test_i2_an_edition_that_is_newer_still_is_not_undone(make, ana, newer, clock):
    rebased(make, "at_once")
    assert rebased(make, "at_once", edition=1) == ["0 policies rated by edition 1"]
    assert rebased(make, "at_once", edition=9, exit_code=1) == ["Error: there is no edition 9"]
    make.document(insurer(), clock.now() + timedelta(days=1))
    clock.move(timedelta(minutes=1))
    assert rebased(make, "at_once", edition=3, exit_code=1) == ["Error: edition 3 is not in force yet"]


def test_i2_what_the_older_edition_did_not_count_is_counted_now(make, app, core, ana, clock):
    core.tells("P1", "C-1", group=True)
    with app.app_context(), reading() as session:
        assert session.scalars(select(PolicyShare)).all() == []
    groups_too = COOLING | {"when": "coverage.pay_mode != 'single'"}
    make.document(insurer(rule=[groups_too, SINGLE]), clock.now() + timedelta(minutes=1))
    clock.move(timedelta(days=1))
    assert rebased(make, "next_review")[0] == "P1  from 2026-01-06T02:00:00Z  status 0 → 100000"
    assert (status(ana), ana.look("/tier")["tier"]) == (100_000, "silver")
    make.run("ledger", "verify")


def test_i2_i4_i5_who_holds_it_now_gets_the_difference_and_what_waits_waits_on(make, core, ana, clock):
    bo = make.shopper(core.till, references=["C-2"], name="Bo")
    core.tells("P1", "C-1")
    core.tells("P1", "C-2", version=2)
    core.tells("P2", "C-1", cooling_off_ends_on="2026-01-20")
    core.tells("P3", "C-1")
    core.tells("P3", "C-1", version=2, status="rescinded")
    make.document(insurer(**NEWER), clock.now() + timedelta(minutes=1))
    clock.move(timedelta(days=1))
    told = rebased(make, "at_once", "--dry-run")
    assert told[:2] == [
        f"P1  {bo.member_id}  from 2026-01-06T02:00:00Z  status 100000 → 200000",
        f"P2  {ana.member_id}  from 2026-01-06T02:00:00Z  status 100000 → 200000",
    ]
    assert rebased(make, "at_once")[-1] == "3 policies rated by edition 2"
    assert (ana.figures(unit="status"), status(bo)) == ((0, 0, 200_000, 0), 200_000)
    clock.move(timedelta(days=20))
    assert status(ana) == 200_000
    make.run("jobs", "nightly")
    make.run("ledger", "verify")
