"""Files handed in over the staff's pages: checked, begun, stopped; corrections by two persons."""

import csv
import io
import re

import pytest
from sqlalchemy import text

from loyalty import approvals, ids
from loyalty.actions.approve import approve
from loyalty.actions.once import Asking
from loyalty.db import carry_out, reading
from loyalty.jobs.importing.kinds import KINDS
from loyalty.pages.staff.import_words import COLUMNS
from loyalty.rooms import rooms
from tests.jobs.killing import under_way
from tests.pages.colleagues import Colleague, administrator, cookie_of
from tests.pages.conftest import check
from tests.pages.desk import says

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
CORRECTIONS = "reference,unit,points,reason_code,note,correction"


def approved(app, who, checker, at):
    """Ask for a file that was checked; another colleague approves it as the page shows it."""
    who.open(at)
    who.send("Ask a second person")
    with app.app_context(), reading() as rows:
        request = approvals.of_import(rows, at.rpartition("/")[2])
    checker.open(f"/staff/approvals/{ids.to_text(request.approval_id)}")
    says(checker.send("Approve: it is done at once"), "Approved, and done.")
    return who.open(at)


def hand_in(who, kind, *lines, name="told.csv", **more):
    """Choose a file in the form and press its button."""
    who.open("/staff/imports")
    content = "".join(f"{line}\r\n" for line in lines).encode()
    return who.send("Hand in and check", kind=kind, file=(io.BytesIO(content), name), **more)


def members(app):
    with app.app_context(), reading() as rows:
        return rows.scalar(text("SELECT count(*) FROM member"))


def acts(app, kind):
    with app.app_context(), reading() as rows:
        told = rows.execute(text("SELECT actor FROM act WHERE kind = :kind ORDER BY seq"), {"kind": kind})
        return list(told.scalars())


def test_a_file_is_checked_begun_and_its_result_taken_away(app, make, statements):
    make.club()
    lin, bo = Colleague(app, "configuration"), Colleague(app, "finance", name="Bo")
    says(hand_in(lin, "members", "reference,who", "A-1,Ana", ",Bo", columns="name = who"), "being checked")
    at = lin.last.request.path
    make.run("jobs", "imports")
    says(lin.open(at), "has faults", "Faults: 1", "3 reference Is missing", "Mend the file")
    assert "Ask a second person" not in lin.last.text
    says(hand_in(lin, "members", "reference,who", "A-1,Ana", "B-1,Bo", columns="name = who"), "told.csv")
    at = lin.last.request.path
    make.run("jobs", "imports")
    says(lin.open(at), "checked, may begin", "Rows 2", "nothing is wrong with it")
    assert "hx-get" not in lin.last.text
    assert members(app) == 0
    says(approved(app, lin, bo, at), "0 of 2 are done.")
    assert "hx-get" in lin.last.text
    make.run("jobs", "imports")
    statements.clear()
    says(lin.open(at), "done", "Booked 2")
    assert len(statements) < 13, statements
    result = lin.send("Result file")
    assert result.headers["Content-Disposition"] == 'attachment; filename="members-result.csv"'
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(result.data.decode("utf-8-sig")))] == [
        "booked",
        "booked",
    ]
    says(lin.open("/staff/imports"), "done", "has faults", "Lin")
    for kind, count in {"import.handed_in": 2, "import.result_taken": 1}.items():
        assert acts(app, kind) == [f"staff:{ids.to_text(lin.account_id)}"] * count
    make.run("audit", "verify")


def test_g8_corrections_begin_once_another_person_approves_them(app, make):
    """Minting alone: a bulk file begins by the word of a second person, and by nobody else's."""
    make.club()
    ana = make.shopper(references=["ana"])
    lin, bo = Colleague(app, "finance"), Colleague(app, "finance", name="Bo")
    hand_in(lin, "corrections", CORRECTIONS, "ana,reward,40,goodwill,late,C-1", "ana,reward,-5,wrong,oh,C-2")
    at = lin.last.request.path
    make.run("jobs", "imports")
    says(lin.open(at), "Points added 40", "Points taken -5")
    bo.open(at)
    says(bo.send("Ask a second person"), "Somebody else asked for it.", status=422)
    says(lin.send("Ask a second person"), "waits for a second person", "Whoever handed them in cannot")
    assert "Ask a second person" not in lin.last.text
    with app.app_context():
        room = rooms()

        def wish(rows):
            request = approvals.of_import(rows, at.rpartition("/")[2])
            asking = Asking(f"staff:{ids.to_text(bo.account_id)}", "k", room.clock.now())
            editions = room.shelf.editions(rows, asking.now)
            approve(rows, editions, request.approval_id, request.digest, asking=asking)
            return request.content["sums"]

        assert carry_out(wish) == {"reward added": 40, "reward taken": -5}
    make.run("jobs", "imports")
    says(lin.open(at), "done", "approved by Bo", "Booked 2")
    assert ana.figures()[0] == 35
    make.run("ledger", "verify")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_an_import_that_is_stopped_keeps_what_is_booked_and_goes_on(app, make, database):
    make.club()
    lin, bo = Colleague(app, "configuration"), Colleague(app, "finance", name="Bo")
    hand_in(lin, "members", "reference,name", *(f"A-{n},Ana" for n in range(600)))
    at = lin.last.request.path
    make.run("jobs", "imports")
    approved(app, lin, bo, at)
    with under_way(database, ["jobs", "imports"], lambda: members(app) >= 100) as worker:
        says(lin.send("Stop"), "Stopped.")
        assert worker.wait(60) == 0
    had = members(app)
    assert 100 <= had < 600
    says(lin.open(at), "stopped", "What is booked stays")
    lin.send("Go on")
    make.run("jobs", "imports")
    says(lin.open(at), "done", f"Known before {had:,}", f"Booked {600 - had:,}")
    assert members(app) == 600
    assert len(acts(app, "import.stopped")) == 1


@ONE_IS_ENOUGH
def test_what_cannot_be_handed_in_is_said_beside_the_field(app, make):
    make.club()
    lin = Colleague(app, "configuration")
    says(hand_in(lin, "members"), "choose a file that is not empty", status=422)
    says(hand_in(lin, "horses", "a"), "choose what is in the file", status=422)
    says(hand_in(lin, "members", "a", columns="name who"), "Line 1: write one field", status=422)
    same = {"csrf_token": lin.token(), "key": "one", "kind": "members"}
    paths = {
        lin.client.post("/staff/imports", data=same | {"file": (io.BytesIO(b"a"), "a.csv")}).headers[
            "Location"
        ]
        for _ in range(2)
    }
    assert len(paths) == 1  # a second press is the same wish
    for client, most in ((lin.client, 50_100_000), (app.test_client(), 5 * 1024 * 1024)):
        told = {"content_type": "multipart/form-data; boundary=x", "data": b""}
        huge = {"CONTENT_LENGTH": str(most + 1)}
        assert client.post("/staff/imports", environ_overrides=huge, **told).status_code == 413


def test_the_columns_that_the_page_tells_are_those_of_the_kinds():
    for kind, (needed, more) in COLUMNS.items():
        columns = [column for one in needed for column in one.split("|")] + list(more)
        assert all(KINDS[kind].is_field(column) for column in columns)
        assert {tuple(one) for one in KINDS[kind].needed} == {tuple(one.split("|")) for one in needed}


@pytest.mark.slow
@ONE_IS_ENOUGH
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "dark"), ("desktop", "en-GB", "light")]
)
def test_imports_in_a_browser(open_page, app, make, tmp_path, width, language, scheme):
    """The page looks again by itself until the worker is done."""
    make.club()
    ada = administrator(app, language=language[:2])
    file = tmp_path / "members.csv"
    file.write_text("reference,name\nA-1,Ana\n,Bo\n")
    page = open_page("/staff/imports", width, language, cookie_of(ada), color_scheme=scheme)
    check(page)
    page.locator("details summary").click()
    check(page)
    page.locator("input[value=members]").check()
    page.locator("#file").set_input_files(file)
    with page.expect_navigation():
        page.locator("main form button").click()
    check(page)
    make.run("jobs", "imports")
    page.locator("#faults").wait_for()
    check(page)
    assert re.search(r"reference", page.locator("tbody").inner_text())
    page.goto("/staff/imports")
    check(page)
