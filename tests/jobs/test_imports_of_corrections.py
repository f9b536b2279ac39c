"""Corrections of points by file: checked whole, approved by a second person by their digest, booked once."""

import re
from pathlib import Path

import pytest

from loyalty import acts, approvals
from loyalty.actions.adjust import FileApproval
from loyalty.actions.approve import approve
from loyalty.actions.ask_approval import BulkFile, ask_bulk_file
from loyalty.actions.once import Asking
from loyalty.db import carry_out, reading
from loyalty.jobs.importing.corrections import FIELDS
from loyalty.jobs.importing.files import of_corrections
from loyalty.jobs.importing.opening import open_table
from loyalty.jobs.importing.run import Unapproved, carry_in
from loyalty.jobs.importing.table import Layout
from loyalty.rooms import rooms
from tests.files import csv_file, xlsx_file
from tests.jobs.books import operations

HEADER = "reference,unit,points,reason_code,note,correction"
ROWS = ("ana,reward,40,goodwill,late delivery,C-1", "ana,reward,-15,mistake,counted twice,C-2")


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper(references=["ana"])


def wanted(make, file):
    """What a file of corrections asks for, once it is checked."""
    faults = []
    with make.app.app_context():
        table = open_table(Path(file))
        layout = Layout({name: name for name in table.header if name in FIELDS}, {})
        asked = of_corrections(rooms(), table, layout, historic=False, faults=faults)
    assert faults == []
    return asked


def asked_and_approved(make, asked):
    """Carl asks for the file's rows, and Berta approves them."""
    now = make.clock.now()
    told = BulkFile("corrections.csv", asked.digest, asked.rows, {})
    with make.app.app_context():
        room = rooms()
        request = carry_out(lambda session: ask_bulk_file(session, told, by="carl", now=now).approval_id)

        def decide(session):
            seen, asking = approvals.by_id(session, request).digest, Asking("berta", "k", now)
            return approve(session, room.shelf.editions(session, now), request, seen, asking=asking)

        carry_out(decide)


def approved(make, asked, checker="berta", digest=None):
    approval = FileApproval(digest or asked.digest, "carl", checker)
    with make.app.app_context():
        return carry_in(rooms(), asked, by="carl", tell=lambda _: None, approval=approval)


def test_corrections_are_checked_and_wait_for_a_second_person(make, app, ana, tmp_path):
    file = csv_file(tmp_path, HEADER, *ROWS)
    told = make.run("import", "corrections", file, exit_code=1).output
    assert "2 corrections, read as UTF-8" in told
    assert "sum of reward added: 40\nsum of reward taken: -15" in told
    assert re.search(
        r"a second person approves these rows first, by their digest [0-9a-f]{64}; nothing", told
    )
    assert (
        "no faults: 2 corrections could be imported"
        in make.run("import", "corrections", file, "--dry-run").output
    )
    with app.app_context(), pytest.raises(Unapproved):
        carry_in(rooms(), wanted(make, file), by="carl", tell=lambda _: None)
    assert operations(app, "adjust") == []


def test_g2_approved_rows_are_booked_once_and_the_act_names_both_persons(make, app, ana, tmp_path):
    asked = wanted(make, csv_file(tmp_path, HEADER, *ROWS))
    assert (asked.rows, len(asked.steps)) == (2, 2)
    asked_and_approved(make, asked)
    assert approved(make, asked).counts == {"booked": 2}
    assert ana.figures() == (25, 0, 0, 0)
    assert approved(make, wanted(make, csv_file(tmp_path, HEADER, *ROWS))).counts == {"known": 2}
    assert ana.figures() == (25, 0, 0, 0)
    first, _ = operations(app, "adjust")
    assert first.reasons["reason_code"] == "goodwill"
    with app.app_context(), reading() as session:
        begun = next(line for line, _ in acts.lines(session) if line.kind == "import.begun")
    assert (begun.actor, begun.content["approved_by"]) == ("carl", "berta")
    assert begun.content["digest"] == asked.digest
    make.run("ledger", "verify")


def test_g8_other_rows_and_ones_own_word_are_no_approval(make, app, ana, tmp_path):
    asked = wanted(make, csv_file(tmp_path, HEADER, *ROWS))
    other = wanted(make, csv_file(tmp_path, HEADER, ROWS[0].replace("40", "41"), ROWS[1]))
    with pytest.raises(Unapproved, match="other rows were approved"):
        approved(make, other, digest=asked.digest)
    with pytest.raises(Unapproved, match="carl asked for it, and approves it not"):
        approved(make, asked, checker="carl")
    assert operations(app, "adjust") == []


def test_the_same_rows_have_the_same_digest_in_whatever_form_they_come(make, ana, tmp_path):
    shuffled = ["correction,points,unit,reference,reason_code,note,mine"]
    shuffled += ["C-1,40,reward,ana,goodwill,late delivery,x", "C-2,-15,reward,ana,mistake,counted twice,y"]
    typed = [HEADER.split(","), ["ana", "reward", 40, "goodwill", "late delivery", "C-1"]]
    typed += [["ana", "reward", -15, "mistake", "counted twice", "C-2"]]
    files = [csv_file(tmp_path, HEADER, *ROWS), csv_file(tmp_path, *shuffled, name="b.csv")]
    digests = {wanted(make, file).digest for file in [*files, xlsx_file(tmp_path, *typed)]}
    assert len(digests) == 1


FAULTY = [
    ("bob,reward,1,goodwill,n,F-1", "reference: 'bob' is no member"),
    ("ana,gold,1,goodwill,n,F-2", "unit: 'gold' is none of reward, status"),
    ("ana,reward,0,goodwill,n,F-3", "points: must not be 0"),
    ("ana,reward,1.5,goodwill,n,F-4", "points: has more than 0 decimals"),
    ("ana,reward,9999999999999,goodwill,n,F-5", "points: must be from 1 to 1000000000000, or below nil"),
    ("ana,reward,1,Good Will,n,F-6", "reason_code: 'Good Will' has not the right form"),
    ("ana,reward,1,goodwill,,F-7", "note: is missing"),
    (",reward,1,goodwill,n,F-8", "card: one of card, member_id and reference says whose points they are"),
    ("ana,reward,1,goodwill,other,C-1", "correction: 'C-1' was booked before, with other content"),
    ("ana,reward,30,goodwill,n,F-10", ""),
    ("ana,reward,-60,mistake,n,F-11", "points: not_enough_points"),
    ("ana,reward,-50,mistake,n,F-12", ""),
    ("ana,reward,-6,mistake,n,F-13", "points: not_enough_points"),
    ("ana,reward,1,goodwill,n,F-12", "correction: is on line 13 too"),
]


def test_a_dry_run_tells_every_fault_and_decides_each_line_after_those_before_it(make, app, ana, tmp_path):
    approved(make, wanted(make, csv_file(tmp_path, HEADER, *ROWS)))  # 25 points are there
    file = csv_file(tmp_path, HEADER, *(row for row, _ in FAULTY))
    told = make.run("import", "corrections", file, "--dry-run", exit_code=1).output.splitlines()
    for line, (_, says) in enumerate(FAULTY, start=2):
        found = [one for one in told if one.startswith(f"line {line}: ")]
        assert [one.startswith(f"line {line}: {says}") for one in found] == ([True] if says else [])
    assert len(operations(app, "adjust")) == 2
