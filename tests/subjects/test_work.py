from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from loyalty import work
from loyalty.db import carry_out, reading
from tests.clocks import START

DAY = timedelta(days=1)
LATER = START + 9 * DAY


def begin(session, as_of=START):
    return work.start(session, "nightly", as_of=as_of, now=START)


def test_a_run_is_told_from_start_to_end(app):
    with app.app_context():
        task_id = carry_out(begin)
        carry_out(lambda session: work.progress(session, task_id, done=5, total=9))
        carry_out(lambda session: work.finish(session, task_id, now=START + DAY, result={"expired": 3}))
        with reading() as session:
            task = work.last_finished(session, "nightly", LATER)
    assert task is not None
    assert (task.state, task.done, task.total, task.result) == ("done", 5, 9, {"expired": 3})
    assert (task.started_at, task.finished_at) == (START, START + DAY)


def test_the_last_finished_is_the_one_done_for_the_latest_day(app):
    with app.app_context():
        late, early, failed = (carry_out(lambda s, n=n: begin(s, START + n * DAY)) for n in (2, 1, 3))
        carry_out(lambda session: work.finish(session, late, now=START))
        carry_out(lambda session: work.finish(session, early, now=START + DAY))
        carry_out(lambda session: work.fail(session, failed, "x" * 600, now=START))
        with reading() as session:
            assert work.last_finished(session, "nightly", LATER).id == late
            assert work.last_finished(session, "nightly", START + DAY).id == early
            assert work.last_finished(session, "import", LATER) is None
            assert len(session.get(work.Task, failed).fault) == 500


def test_what_has_ended_is_left_alone(app):
    with app.app_context():
        task_id = carry_out(begin)
        carry_out(lambda session: work.fail(session, task_id, "stopped", now=START))
        carry_out(lambda session: work.finish(session, task_id, now=START))
        carry_out(lambda session: work.progress(session, task_id, done=7))
        with reading() as session:
            task = session.get(work.Task, task_id)
    assert (task.state, task.done, task.fault) == ("failed", 0, "stopped")


def test_the_database_refuses_an_end_without_its_instant(app):
    with app.app_context():
        carry_out(begin)
        with pytest.raises(IntegrityError, match="finished_when_ended"):
            carry_out(lambda session: session.execute(text("UPDATE work SET state = 'done'")))


def test_what_was_stopped_keeps_no_more_parts_until_it_goes_on(app):
    def part(number):
        return carry_out(
            lambda rows: work.keep_part(rows, task_id, number, f"{number}", {}, done=number, now=START)
        )

    with app.app_context():
        task_id = carry_out(begin)
        assert carry_out(lambda rows: work.take_next(rows, "nightly", START)) == task_id
        assert carry_out(lambda rows: work.take_next(rows, "nightly", START)) is None  # it is in a hand
        assert part(1)
        assert carry_out(lambda rows: work.stop(rows, task_id, now=START))
        assert not part(2)
        assert not carry_out(lambda rows: work.stop(rows, task_id, now=START))
        assert carry_out(lambda rows: work.go_on(rows, task_id))
        assert part(2)
        carry_out(lambda rows: work.let_go(rows, task_id))
        assert carry_out(lambda rows: work.take_next(rows, "nightly", START)) == task_id
        with reading() as rows:
            assert work.last_part(rows, task_id) == (2, "2")


def test_a_worker_that_says_nothing_is_taken_to_have_died(app):
    with app.app_context():
        task_id = carry_out(begin)
        for minutes, found in ((0, task_id), (1, None), (2, task_id)):
            now = START + timedelta(minutes=minutes)
            assert carry_out(lambda rows, now=now: work.take_next(rows, "nightly", now)) == found
