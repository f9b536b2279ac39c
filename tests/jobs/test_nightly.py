"""The night: safe to run twice, late, two at once, and to stop anywhere (N7, P5; ledger.md, 9)."""

import multiprocessing
import os
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from loyalty.app import create_app
from loyalty.calendar import INSTANT
from loyalty.db import db
from loyalty.jobs import nightly as job
from loyalty.jobs.worker import night_if_due
from loyalty.rooms import rooms
from tests import databases
from tests.clocks import MovableClock
from tests.jobs.books import digest, evidence, nights, operations
from tests.ladders import OF_STATUS, club, later, midnight, noon
from tests.makers import Maker

END = noon("2027-03-01")
CLUB = club(
    {"silver": 100, "gold": (200, 160)},
    status_lasts={"months": 6},
    downgrade="one_step",
    length={"until": "08-31"},
)


@contextmanager
def house(url):
    """An application of its own on a database."""
    clock = MovableClock()
    app = create_app(databases.settings_for(url), clock)
    yield Maker(app, clock)
    with app.app_context():
        db.engine.dispose()


def live(make, lives=1):
    """Members of whom the clock still wants something: openings, deaths, holds that end, reviews."""
    make.document(CLUB)
    till = make.till()
    for _ in range(lives):
        ana, bea, carla = make.shopper(till), make.shopper(till), make.shopper(till)
        ana.buy(later("250.00"))  # opens on the 15th: gold
        bea.adjust(120, "status")
        bea.buy(later("90.00"))
        bea.adjust(50)
        bea.hold(30, ends_in_seconds=3600)
        carla.adjust(100, "status")
        carla.given("gold", midnight("2026-03-01"), protected=True)


def run(make, now):
    """One night at an instant."""
    with make.app.app_context():
        return job.nightly(rooms(), now)


def test_p5_a_late_night_leaves_the_same_books_as_nights_on_time(kind):
    with kind.clone() as one, kind.clone() as other, house(one) as on_time, house(other) as late:
        live(on_time), live(late)
        night = on_time.clock.now()
        while night < END:
            on_time.clock.move(night := night + timedelta(days=7, hours=5))
            run(on_time, min(night, END))
        late.clock.move(END)
        run(late, END)
        assert digest(on_time.app) == digest(late.app)
        assert evidence(on_time.app) == evidence(late.app)
        assert len(operations(late.app, "expire")) >= 4


def test_p5_the_night_changes_nothing_that_anyone_can_see(make, clock):
    make.document(CLUB)
    ana = make.shopper()
    ana.buy(later("250.00"), "10.00")
    ana.hold(5)
    clock.move(END)
    seen = [ana.look("/tier"), ana.look("/balance"), ana.look("/balance", noon("2026-08-01"))]
    run(make, END)
    after = [ana.look("/tier"), ana.look("/balance"), ana.look("/balance", noon("2026-08-01"))]
    for before, now in zip(seen, after, strict=True):
        assert {**before, "because": None} == {**now, "because": None}


def test_a_night_that_runs_twice_books_once(make, clock):
    live(make)
    clock.move(END)
    first = run(make, END)
    books, count = digest(make.app), len(operations(make.app, "expire"))
    second = run(make, END)
    assert first.members["advanced"] == 3
    assert second.members == {
        "advanced": 0,
        "birthday": 0,
        "anniversary": 0,
        "booked": 0,
        "called_off": 0,
        "moved_up": 0,
        "granted": 0,
        "managers": 0,
    }
    assert (digest(make.app), len(operations(make.app, "expire"))) == (books, count)


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_a_night_of_any_chunks_leaves_the_same_books(kind, monkeypatch, size):
    with kind.clone() as one, kind.clone() as other, house(one) as whole, house(other) as parts:
        for make in (whole, parts):
            live(make, lives=2)
            make.clock.move(END)
        run(whole, END)
        monkeypatch.setattr(job, "CHUNK", size)
        assert run(parts, END).members["advanced"] == 6
        assert digest(whole.app) == digest(parts.app)


def test_two_nights_at_once_in_threads_book_once(kind, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 2)
    with kind.clone() as one, kind.clone() as other, house(one) as alone, house(other) as make:
        for maker in (alone, make):
            live(maker, lives=2)
            maker.clock.move(END)
        run(alone, END)
        start, faults = Barrier(2), []

        def night():
            start.wait()
            try:
                run(make, END)
            except Exception as fault:
                faults.append(fault)

        threads = [Thread(target=night) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert digest(make.app) == digest(alone.app)
        assert [task.state for task in nights(make.app)] == ["done", "done"]
        make.run("ledger", "verify")


def night_of_its_own(url, stop_after):
    """A process that runs the night, two members a chunk, and may be gone after some chunks."""
    job.CHUNK = 2
    chunks = 0

    def tell(kind, total):
        nonlocal chunks
        chunks += 1
        if chunks == stop_after:
            os._exit(9)

    with house(url) as make, make.app.app_context():
        make.clock.move(END)
        job.nightly(rooms(), END, tell)


def in_processes(url, *stops):
    spawn = multiprocessing.get_context("spawn")
    started = [spawn.Process(target=night_of_its_own, args=(url, stop)) for stop in stops]
    for process in started:
        process.start()
    for process in started:
        process.join(timeout=60)
    return [process.exitcode for process in started]


def test_two_nights_at_once_in_processes_and_one_killed_between_chunks(kind):
    """One process dies after its first chunk, two at once do the rest: the books of one quiet night."""
    with kind.clone() as one, kind.clone() as other, house(one) as alone, house(other) as make:
        for maker in (alone, make):
            live(maker, lives=2)
        alone.clock.move(END)
        run(alone, END)
        assert in_processes(other, 1) == [9]
        assert digest(make.app) != digest(alone.app)
        assert [(task.state, task.done) for task in nights(make.app)] == [("running", 2)]
        assert in_processes(other, 0, 0) == [0, 0]
        assert digest(make.app) == digest(alone.app)
        assert sorted(task.state for task in nights(make.app)) == ["done", "done", "running"]
        make.run("ledger", "verify")


def test_a_night_that_fails_says_why_and_the_next_one_does_the_rest(make, clock, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 2)
    live(make)
    clock.move(END)

    def tell(kind, total):
        raise RuntimeError("the lights went out")

    with make.app.app_context(), pytest.raises(RuntimeError):
        job.nightly(rooms(), END, tell)
    failed = nights(make.app)[0]
    assert (failed.state, failed.fault, failed.done) == ("failed", "RuntimeError: the lights went out", 2)
    assert run(make, END).members["advanced"] == 1
    done = nights(make.app)[1]
    assert (done.state, done.as_of) == ("done", END)
    assert done.result == {
        "advanced": 1,
        "birthday": 0,
        "anniversary": 0,
        "booked": 0,
        "called_off": 0,
        "moved_up": 0,
        "granted": 0,
        "managers": 0,
    }


def test_m3_the_night_brings_the_card_of_a_first_tier_that_opened(make, clock):
    make.document(CLUB)
    ana = make.shopper()
    ana.buy(later("100.00"))
    clock.move(noon("2026-01-15"))
    run(make, clock.now())
    shown = ana.look("")
    assert (shown["state"], shown["card"]["tier"], shown["card"]["last_day"]) == (
        "active",
        "silver",
        "2026-08-31",
    )


def test_as_of_a_day_is_as_if_the_clock_stood_at_its_first_instant(make, clock):
    make.document(club(status_lasts={"days": 30}))
    ana = make.shopper()
    ana.adjust(7, "status")  # of 5 January: its last day is 4 February
    told = make.run("jobs", "nightly", "--as-of", "2026-02-04")
    assert "advanced 0" in told.stdout
    told = make.run("jobs", "nightly", "--as-of", "2026-02-05")
    assert "advanced 1" in told.stdout
    assert [task.as_of for task in nights(make.app)] == [midnight("2026-02-04"), midnight("2026-02-05")]
    assert [op.happened_at for op in operations(make.app, "expire")] == [midnight("2026-02-05")]


def test_without_a_programme_there_is_no_night(make):
    assert "no programme" in make.run("jobs", "nightly", exit_code=1).stderr


def test_the_worker_runs_one_night_a_day(make, clock):
    with make.app.app_context():
        assert night_if_due(rooms()) is None  # no programme yet
        make.document(club())
        assert night_if_due(rooms()) is not None
        clock.move(midnight("2026-01-06") - INSTANT)
        assert night_if_due(rooms()) is None
        clock.move(midnight("2026-01-06"))
        assert night_if_due(rooms()) is not None
        assert night_if_due(rooms()) is None


def test_n7_on_the_night_of_a_review_points_open_and_die_before_it(make, clock):
    """200 open and 100 die at the midnight at which the term ends: the review finds 200."""
    terms = {"measure": {"balance": "status"}, "length": {"days": 30}}
    make.document(club({"silver": 100, "gold": 200}, status_lasts={"days": 30}, **terms))
    ana = make.shopper()
    ana.adjust(100, "status")
    clock.move(noon("2026-01-26"))
    ana.buy(later("200.00"))
    clock.move(noon("2026-02-05"))
    run(make, clock.now())
    tier = ana.look("/tier")
    assert (tier["tier"], tier["measure"], tier["from"]) == ("gold", 200, "2026-02-04T16:00:00Z")


def test_t2_the_night_measures_the_year_before_it_is_forgotten(make, clock):
    airline = {"length": {"until": "03-31"}, "review": {"measured_on": "12-31"}}
    make.document(club({"gold": 200}, measure=OF_STATUS | {"window": "calendar_year"}, **airline))
    ana = make.shopper()
    clock.move(noon("2026-05-10"))
    ana.buy("200.00")
    for day in ("2026-12-31", "2027-01-01", "2027-03-31", "2027-04-01"):
        make.run("jobs", "nightly", "--as-of", day)
    clock.move(noon("2027-04-01"))
    assert (ana.look("/tier")["reason"], ana.look("/tier")["tier"]) == ("review", "gold")
