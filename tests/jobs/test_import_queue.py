"""Files that staff hand in: checked by a worker, begun by their digest, carried in by any worker."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from loyalty import imports
from loyalty.actions.import_file import begin_import, hand_in
from loyalty.db import carry_out, db, reading
from loyalty.errors import Invalid, NotFound
from loyalty.imports import HandedIn
from tests.files import csv_file, xlsx_file
from tests.jobs.books import operations
from tests.jobs.killing import killed_once

MEMBERS = ["reference", "name"]
CORRECTIONS = "reference,unit,points,reason_code,note,correction"


class Desk:
    """Whoever hands files in and looks at what came of them."""

    def __init__(self, make):
        self.make = make

    def do(self, act):
        with self.make.app.app_context():
            return carry_out(act)

    def hand_in(self, kind, file, **told):
        given = HandedIn(kind, Path(file).name, Path(file).read_bytes(), "carl", **told)
        return self.do(lambda session: hand_in(session, given, now=self.make.clock.now()))

    def checked(self, kind, file, **told):
        import_id = self.hand_in(kind, file, **told)
        self.make.run("jobs", "imports")
        return self.of(import_id)

    def begin(self, row, by="berta"):
        now, digest = self.make.clock.now(), row.digest or ""
        self.do(lambda session: begin_import(session, row.import_id, digest, now=now, approved_by=by))

    def done(self, row):
        self.begin(row)
        self.make.run("jobs", "imports")
        return self.of(row.import_id)

    def of(self, import_id):
        with self.make.app.app_context(), reading() as session:
            row = imports.of_id(session, import_id)
            if row is not None:
                session.expunge(row)
            return row

    def result(self, row):
        with self.make.app.app_context(), reading() as session:
            return imports.result(session, row.import_id)


@pytest.fixture
def desk(make):
    make.club()
    return Desk(make)


def members(app):
    with app.app_context(), reading() as session:
        return session.scalar(text("SELECT count(*) FROM member"))


def test_a_file_is_checked_begun_by_its_digest_and_carried_in(make, app, desk, tmp_path):
    file = xlsx_file(tmp_path, ["reference", "who"], *([f"A-{n}", "Ana"] for n in range(3)))
    row = desk.checked("members", file, columns={"name": "who"})
    assert (row.state, row.fault_count, row.total, row.name) == ("checked", 0, 3, "told.xlsx")
    assert row.found == {"rows": 3, "says": ["3 members, read as XLSX"], "sums": {}, "counts": {}}
    assert members(app) == 0
    row = desk.done(row)
    assert (row.state, row.done, row.found["counts"]) == ("done", 3, {"booked": 3})
    assert (row.result_form, desk.result(row)[:2]) == ("xlsx", b"PK")
    assert members(app) == 3
    with pytest.raises(Invalid):
        desk.begin(row)
    make.run("jobs", "imports")
    with app.app_context(), reading() as session:
        assert [one.state for one in imports.recent(session)] == ["done"]


def test_faults_are_told_the_first_ones_with_the_row_and_all_in_the_result(make, app, desk, tmp_path):
    row = desk.checked(
        "members", csv_file(tmp_path, "reference,name,card", *(f",Ana,?{n}" for n in range(150)))
    )
    assert (row.state, row.fault_count, len(row.faults)) == ("checked", 300, imports.MOST_FAULTS)
    assert row.faults[:2] == [[2, "card", "'?0' has not the right form"], [2, "reference", "is missing"]]
    assert desk.result(row).decode("utf-8-sig").count("is missing") == 150
    with pytest.raises(Invalid):
        desk.begin(row)
    assert members(app) == 0


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("lines", "told", "says"),
    [
        (["reference"], {}, "name is needed"),
        (["reference,name"], {"constants": {"colour": "red"}}, "colour is no field"),
        (["reference,name"], {"encoding": "klingon"}, "unknown encoding: klingon"),
        (["reference,reference,name"], {}, "column reference is there twice"),
    ],
)
def test_a_file_that_cannot_be_read_as_it_was_meant_says_so(make, desk, tmp_path, lines, told, says):
    row = desk.checked("members", csv_file(tmp_path, *lines), **told)
    assert (row.faults, row.digest) == ([[0, "", says]], None)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_without_a_programme_a_file_waits_for_one(make, tmp_path):
    desk = Desk(make)
    row = desk.checked("members", csv_file(tmp_path, "reference,name"))
    assert row.faults == [[0, "", "no programme is published"]]


def test_g8_a_file_needs_a_second_person_by_code_and_by_the_database(make, app, desk, tmp_path):
    """Minting alone: whatever is in it, members with their points, too."""
    ana = make.shopper(references=["ana"])
    row = desk.checked("corrections", csv_file(tmp_path, CORRECTIONS, "ana,reward,40,goodwill,late,C-1"))
    desk.checked("members", csv_file(tmp_path, "reference,name,unit,points", "bo,Bo,reward,9000"))
    with pytest.raises(Invalid) as refused:
        desk.begin(row, by="carl")
    assert [*refused.value.facts["fields"]] == ["approved_by"]
    for alone in ("NULL", "'carl'"):
        change = f"UPDATE import_file SET state = 'begun', approved_by = {alone}"
        with (
            app.app_context(),
            pytest.raises(IntegrityError, match=r"approved|begun_by_two"),
            db.engine.begin() as raw,
        ):
            raw.execute(text(change))
    row = desk.done(row)
    assert (row.state, row.found["counts"]) == ("done", {"booked": 1})
    assert ana.figures() == (40, 0, 0, 0)


def test_g9_a_file_that_was_changed_since_it_was_approved_is_not_carried_in(make, app, desk, tmp_path):
    make.shopper(references=["ana"])
    row = desk.checked("corrections", csv_file(tmp_path, CORRECTIONS, "ana,reward,40,goodwill,late,C-1"))
    desk.begin(row)
    more = Path(csv_file(tmp_path, CORRECTIONS, "ana,reward,4000,goodwill,late,C-1")).read_bytes()
    with app.app_context(), db.engine.begin() as raw:
        raw.execute(text("UPDATE import_file SET content = :more"), {"more": more})
    make.run("jobs", "imports")
    again = desk.of(row.import_id)
    assert (again.state, again.digest == row.digest) == ("checked", False)
    assert operations(app, "adjust") == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_cannot_be_handed_in_or_begun_is_refused(make, desk, tmp_path):
    with pytest.raises(Invalid):
        desk.hand_in("horses", csv_file(tmp_path))
    with pytest.raises(NotFound):
        desk.do(lambda session: begin_import(session, 7, "", now=make.clock.now(), approved_by="b"))
    huge = HandedIn("members", "huge", bytes(50_000_001), "carl")
    with pytest.raises(Invalid):
        desk.do(lambda session: hand_in(session, huge, now=make.clock.now()))


def test_m7_a_file_to_which_nothing_happened_for_a_week_is_removed(make, desk, tmp_path):
    row = desk.checked("members", csv_file(tmp_path, "reference,name", "A-1,Ana"))
    make.clock.move(timedelta(days=6, hours=23))
    make.run("jobs", "imports")
    assert desk.of(row.import_id) is not None
    make.clock.move(timedelta(hours=1))
    make.run("jobs", "imports")
    assert desk.of(row.import_id) is None


def test_g1_a_worker_that_is_killed_leaves_the_import_to_another_which_does_the_rest(
    make, app, database, desk, tmp_path
):
    file = xlsx_file(tmp_path, MEMBERS, *([f"A-{n}", "Ana"] for n in range(600)))
    row = desk.checked("members", file)
    desk.begin(row)
    output = killed_once(database, ["jobs", "imports"], lambda: members(app) >= 100)
    before = members(app)
    assert 100 <= before < 600, output
    make.clock.move(datetime.now(UTC))
    make.run("jobs", "imports")
    assert members(app) == before  # it may still be in the other worker's hand
    make.clock.move(timedelta(minutes=11))
    make.run("jobs", "imports")
    row = desk.of(row.import_id)
    assert (row.state, row.done) == ("done", 600)
    assert row.found["counts"] == {"known": before, "booked": 600 - before}
    assert members(app) == 600
    make.run("ledger", "verify")
