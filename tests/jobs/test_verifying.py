"""The night passes over whom it must not touch, and proves the books when it is done."""

import json
from datetime import timedelta

import pytest

from loyalty.app import create_app
from loyalty.db import db, reading
from loyalty.jobs import verifying
from loyalty.jobs.nightly import nightly
from loyalty.jobs.verifying import verify_night
from loyalty.reads.verified import CHANGES, WHOLE, last_verified
from loyalty.rooms import rooms
from tests.breaks import break_total, mend_total
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.jobs.books import nights, operations
from tests.jobs.test_birthdays import gift
from tests.ladders import club, midnight
from tests.makers import Maker

DAY = timedelta(days=1)
VERIFIED = "loyalty_ledger_verified_timestamp_seconds"
SOUND = ["--by", "Rui", "--reason", "mended"]


@pytest.fixture
def people(make):
    make.document(club(status_lasts={"days": 30}, rules=(gift("birthday", 200),)))
    till = make.till()
    return [make.shopper(till, birth_date="1990-02-10") for _ in range(3)]


def night(make):
    with make.app.app_context():
        return nightly(rooms(), make.clock.now())


def verified(make):
    with make.app.app_context():
        return verify_night(rooms())


def last(make, kind):
    with make.app.app_context(), reading() as session:
        return last_verified(session, kind, make.clock.now())


def test_the_night_stops_whose_books_break_and_goes_on_with_the_others(make, clock, people):
    ana, ben, cai = people
    for one in people:
        one.adjust(7, "status")
    break_total(make.app, ben)
    clock.move(midnight("2026-02-05"))
    done = night(make)
    assert (done.members["advanced"], done.stopped) == (3, 1)
    assert nights(make.app)[-1].result["stopped"] == 1
    assert len(operations(make.app, "expire")) == 2
    assert [one.figures(unit="status") for one in (ana, cai)] == [(0, 0, 0, 0)] * 2
    assert [one.look("")["stopped"] for one in people] == [False, True, False]
    mend_total(make.app, ben)
    make.run("ledger", "release", ben.member_id, *SOUND)
    assert night(make).stopped == 0
    assert len(operations(make.app, "expire")) == 3


def test_a_birthday_within_a_stop_is_not_taken_as_given(make, clock, people):
    _, ben, _ = people
    break_total(make.app, ben)
    ben.buy(expect=423)
    clock.move(midnight("2026-02-09"))
    night(make)
    clock.move(midnight("2026-02-10"))
    night(make)
    assert [one.figures()[0] for one in people] == [200, 0, 200]
    mend_total(make.app, ben)
    make.run("ledger", "release", ben.member_id, *SOUND)
    make.run("ledger", "verify")


def test_everything_is_proven_once_a_week_and_what_changed_in_the_nights_between(make, clock, people):
    assert verified(make).since is None
    since = []
    for _ in range(8):
        clock.move(DAY)
        since.append(verified(make).since)
    hour = timedelta(hours=1)
    start = clock.now() - 8 * DAY
    assert since == [*(start + n * DAY - hour for n in range(6)), None, start + 7 * DAY - hour]
    assert last(make, WHOLE).as_of == start + 7 * DAY
    assert last(make, CHANGES).as_of == start + 8 * DAY


def test_what_was_booked_is_looked_at_and_what_was_not_waits_for_the_week(make, clock, people):
    ana, ben, _ = people
    for one in people:
        one.buy("10.00")
    clock.move(timedelta(hours=2))
    verified(make)
    clock.move(DAY)
    ana.buy("10.00")
    break_total(make.app, ana), break_total(make.app, ben)
    found = verified(make)
    assert (found.faults["1"], found.stopped, found.entries) == (1, 1, 4)
    assert [one.look("")["stopped"] for one in people] == [True, False, False]
    clock.move(DAY)
    assert verified(make).faults["1"] == 1  # whoever is stopped is looked at until they are mended
    clock.move(5 * DAY)
    found = verified(make)
    assert (found.since, found.faults["1"], found.stopped) == (None, 2, 1)
    assert ben.buy(expect=423)["code"] == "account_stopped"


def test_more_broken_members_than_accounts_can_be_are_left_to_a_person(make, people, monkeypatch):
    monkeypatch.setattr(verifying, "MOST_STOPPED", 2)
    for one in people:
        break_total(make.app, one)
    found = verified(make)
    assert (found.faults["1"], found.stopped) == (3, 2)


def test_what_the_audit_found_is_a_metric_even_when_the_worker_is_another_process(
    make, clock, client, people
):
    assert VERIFIED not in client.get("/metrics").text
    verified(make)
    clock.move(timedelta(minutes=1))
    shown = client.get("/metrics").text
    [at] = [line.split()[1] for line in shown.splitlines() if line.startswith(f"{VERIFIED} ")]
    assert float(at) == (clock.now() - timedelta(minutes=1)).timestamp()
    assert 'loyalty_ledger_faults{law="1"} 0.0' in shown
    assert 'loyalty_ledger_faults{law="positions"} 0.0' in shown
    break_total(make.app, people[0])
    people[0].buy(expect=423)
    verified(make)
    clock.move(timedelta(minutes=1))
    assert 'loyalty_ledger_faults{law="1"} 1.0' in client.get("/metrics").text


def test_metrics_are_served_when_the_database_is_away(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path}/nowhere/club.db"))
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert "loyalty_requests_total" in answer.text
    assert "loyalty_stopped_accounts" not in answer.text
    with app.app_context():
        db.engine.dispose()


def test_the_night_by_hand_proves_the_books_and_fails_when_they_are_broken(make, clock, people):
    assert "verified everything: ok" in make.run("jobs", "nightly").stdout
    clock.move(DAY)
    people[0].buy("10.00")
    break_total(make.app, people[0])
    told = make.run("jobs", "nightly", exit_code=1).stdout
    assert "verified changes: broken (law 1: 1" in told
    clock.move(DAY)
    assert "stopped accounts passed over: 1" in make.run("jobs", "nightly", exit_code=1).stdout


def test_each_fault_and_the_whole_are_lines_of_the_log(database, capsys):
    clock = MovableClock()
    make = Maker(create_app(settings_for(database, log_level="INFO"), clock), clock)
    make.document(club())
    ana = make.shopper()
    break_total(make.app, ana)
    capsys.readouterr()
    verified(make)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = {line["event"]: line for line in lines}
    assert told.keys() == {"account_stopped", "ledger_broken", "ledger_verified"}
    assert (told["ledger_broken"]["level"], told["ledger_broken"]["law"]) == ("error", "3")
    whole = told["ledger_verified"]
    assert (whole["faults"], whole["stopped"], whole["rows"], whole["since"]) == (2, 1, 0, None)
    with make.app.app_context():
        db.engine.dispose()
