"""The draft tried on real history over staff's pages: watched, stopped, gone on with, read, taken away."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import ids, work
from loyalty.actions.ask_approval import ask_publication
from loyalty.actions.draft import begin_draft, drop_draft, save_draft
from loyalty.db import carry_out, reading
from loyalty.jobs import what_if as job
from loyalty.reads.draft import document_at
from loyalty.reads.what_if import KIND
from loyalty.rooms import rooms
from tests.documents import GONE, small
from tests.merging import merge
from tests.pages.colleagues import Colleague
from tests.pages.desk import says, text_of

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
PAGE = "/staff/programme/what-if"
CLUB = {
    "example": GONE,
    "tier[0].attain": 20,
    "tier[1].attain": 100,
    "tier[1].retain": 50,
    "terms.measure.earned": "reward",
}
MORE = {"rule[0].earn": {"points": 3, "per": "1.00"}}


def document(**changes):
    return small(**(CLUB | changes))


def carried(app, wish):
    """What a wish gives, in a transaction of its own."""
    with app.app_context():
        now = rooms().clock.now()
        return carry_out(lambda rows: wish(rows, now))


def save(app, told):
    """Let the open draft say this, whatever it says now."""
    carried(app, lambda rows, now: save_draft(rows, told, revision(rows), "bo", now))


def revision(rows):
    return rows.scalar(text("SELECT max(revision) FROM draft WHERE ended_at IS NULL"))


def acts(app):
    with app.app_context(), reading() as rows:
        told = "SELECT kind, actor FROM act WHERE kind LIKE 'what_if.%' ORDER BY seq"
        return [tuple(row) for row in rows.execute(text(told))]


@pytest.fixture
def ana(app, make):
    """A member with forty points, of a club that has a draft open in which a euro gives three."""
    make.document(document())
    ana = make.shopper(name="Ana Silva")
    ana.buy("40.00")
    carried(app, lambda rows, now: begin_draft(rows, "bo", now))
    save(app, document(**MORE))
    return ana


def test_a_draft_is_tried_read_and_taken_away(app, make, ana, statements):
    lin, fay = Colleague(app, "configuration"), Colleague(app, "finance", name="Fay")
    says(lin.open(PAGE), "Try on real history", "No draft was tried yet")
    says(lin.send("Try it", when="ever"), "waits its turn", "0 of 1 members", "as it stands")
    at = lin.last.request.path
    assert "hx-get" in lin.last.text
    assert lin.client.get(f"{at}/part").headers.get("HX-Refresh") is None
    make.run("jobs", "what-if")
    assert lin.client.get(f"{at}/part").headers["HX-Refresh"] == "true"
    statements.clear()
    says(
        fay.open(at),
        "every member comes to exactly what is booked",
        "Silver – 1 1",
        "Silver → Gold 1 member",
        "Really: Lifted by the measure",
        "Points 40 (Gold needs 100)",
        "Points 120 (Gold needs 100)",
        "points (Points): 40 → 120",
        "January 2026 40 120 80",
        "Who wins most",
        "40 120 +80",
        "What this does not tell",
    )
    assert looks(statements) < 13, statements
    assert "Ana Silva" not in fay.last.text
    assert f'href="/staff/members/{ana.member_id}"' in fay.last.text
    assert f"/staff/members/{ana.member_id}" not in lin.open(at).text  # whose role sees no members
    assert "XLSX" not in lin.last.text
    assert lin.post(f"{at}/table", form="csv").status_code == 403
    sheet = fay.post(f"{at}/table", form="csv")
    assert [*csv.DictReader(io.StringIO(sheet.data.decode("utf-8-sig")))] == [
        {"member": ana.member_id, "tier_really": "silver", "tier_draft": "gold", "reward_really": "40",
         "reward_draft": "120", "status_really": "0", "status_draft": "0"}
    ]  # fmt: skip
    book = fay.post(f"{at}/table", form="xlsx")
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(book.data)).namelist()
    mine, hers = (f"staff:{ids.to_text(who.account_id)}" for who in (lin, fay))
    assert acts(app) == [("what_if.asked", mine), ("what_if.taken", hers), ("what_if.taken", hers)]
    make.run("audit", "verify")


def test_the_last_run_of_exactly_that_content_is_where_it_is_published_and_approved(app, make, ana):
    lin = Colleague(app, "configuration")
    says(lin.open("/staff/programme/publish"), "Exactly this was not tried")
    lin.open(PAGE)
    lin.send("Try it", when="ever")
    at = lin.last.request.path
    make.run("jobs", "what-if")
    assert at in lin.open("/staff/programme/publish").text

    def wish(rows, now):
        told = document_at(rows, revision(rows))
        return ask_publication(rows, told, base=1, in_force_from=None, by="bo", now=now).approval_id

    approval = ids.to_text(carried(app, wish))
    assert at in lin.open(f"/staff/approvals/{approval}").text
    says(lin.open(at), "exactly this as it stands")
    save(app, document(**{"rule[0].earn": {"points": 4, "per": "1.00"}}))
    says(lin.open(at), "not the draft as it stands")
    says(lin.open("/staff/programme/publish"), "Exactly this was not tried")
    assert at in lin.open(f"/staff/approvals/{approval}").text
    carried(app, lambda rows, now: drop_draft(rows, "bo", now))
    says(lin.open(PAGE), "No draft is open now", "Draft 1, revision 2")
    says(lin.open(at), "not the draft as it stands", "Silver → Gold")


def test_a_run_is_stopped_gone_on_with_and_outlives_its_worker(app, make, ana, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 1)
    make.shopper()
    lin = Colleague(app, "configuration")
    lin.open(PAGE)
    lin.send("Try it", when="ever")
    at, run = lin.last.request.path, ids.from_text(lin.last.request.path.rpartition("/")[2])

    def stops(done, total):
        lin.open(at)
        says(lin.last, "1 of 2 members are done.", "A worker is at it")
        says(lin.send("Stop"), "Stopped. What is done stays", "1 of 2 members are done.")

    with app.app_context():
        carry_out(lambda rows: work.take(rows, run, rooms().clock.now()))
        with pytest.raises(job.Stopped):
            job.carry_through(rooms(), run, stops)
    assert "hx-get" not in lin.last.text
    says(lin.send("Go on"), "It waits for a worker")
    with app.app_context():
        carry_out(lambda rows: work.take(rows, run, rooms().clock.now()))  # and that worker is killed
    make.run("jobs", "what-if")
    says(lin.open(at), "running")
    make.clock.move(timedelta(minutes=3))
    make.run("jobs", "what-if")
    says(lin.open(at), "done", "Members 2")
    assert [kind for kind, _ in acts(app)] == ["what_if.asked", "what_if.stopped", "what_if.gone_on"]


def test_two_are_done_one_after_the_other_and_the_same_is_asked_for_once(app, make, ana):
    lin, bo = Colleague(app, "configuration"), Colleague(app, "marketing", name="Bo")
    lin.open(PAGE)
    first = lin.send("Try it", when="ever").request.path
    assert lin.post(PAGE, seen="2", key="again", when="ever").headers["Location"] == first
    bo.open(PAGE)
    second = bo.send("Try it", when="since", day="2026-01-05").request.path
    assert second != first
    says(bo.last, "One other is done first.", "in force from 5 January 2026 on")
    make.run("jobs", "what-if")
    for path in (first, second):
        says(lin.open(path), "done")
    lin.open(PAGE)
    assert lin.send("Try it", when="ever").request.path not in (first, second)  # the books may have gone on


@ONE_IS_ENOUGH
def test_m6_a_sample_of_whoever_was_merged_or_forgotten_since_names_the_survivor_or_nobody(app, make, ana):
    ben = make.shopper(ana.till, name="Ben Horn")
    ben.buy("40.00")
    fay = Colleague(app, "finance", "configuration", name="Fay")
    fay.open(PAGE)
    at = fay.send("Try it", when="ever").request.path
    make.run("jobs", "what-if")
    assert f'href="/staff/members/{ben.member_id}"' in fay.open(at).text
    merge(ben, ana)
    assert f'href="/staff/members/{ben.member_id}"' not in fay.open(at).text
    assert fay.last.text.count(f'href="/staff/members/{ana.member_id}"') == 4  # both, as samples and winners
    version = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    assert ana.till.send("DELETE", f"/members/{ana.member_id}", if_match=version).status_code == 204
    assert 'href="/staff/members/' not in fay.open(at).text
    says(fay.last, ana.member_id)


@ONE_IS_ENOUGH
def test_what_cannot_be_tried_is_said_in_words(app, make, ana):
    lin = Colleague(app, "configuration")
    says(
        lin.post(PAGE, seen="2", key="k1", when="since", day="2999-01-01"), "a day that has begun", status=422
    )
    says(lin.post(PAGE, seen="2", key="k2", when="since", day="soon"), "a day that has begun", status=422)
    save(app, document(**{"rule[0].unit": "miles"}))
    says(lin.open(PAGE), "It cannot be tried yet", "Mend the one fault")
    assert "Try it" not in text_of(lin.last).replace("Try it again", "")
    answer = lin.post(PAGE, seen="3", key="k3")
    says(answer, "before its faults are mended", "Rules", status=422)
    save(app, document(**{"club.currency": "USD"}))
    says(lin.post(PAGE, seen="4", key="k4"), "before its faults are mended", status=422)
    assert acts(app) == []


@ONE_IS_ENOUGH
def test_an_empty_club_and_a_fault_on_the_way_are_said(app, make, monkeypatch):
    make.document(document())
    lin = Colleague(app, "configuration")
    carried(app, lambda rows, now: begin_draft(rows, "bo", now))
    lin.open(PAGE)
    at = lin.send("Try it", when="ever").request.path
    with monkeypatch.context() as patched:
        patched.setattr(job, "report", lambda *_: 1 // 0)
        make.run("jobs", "what-if", exit_code=1)
    says(lin.open(at), "stopped by a fault", "ZeroDivisionError")
    lin.send("Go on")
    make.run("jobs", "what-if")
    says(lin.open(at), "The club had no members then")
    make.run("audit", "verify")


@ONE_IS_ENOUGH
def test_a_long_list_of_runs_is_paged(app, make, ana, statements):
    def wish(rows, now):
        for no in range(1, 26):
            asked = {"since": None, "draft": 1, "revision": no}
            work.start(rows, KIND, as_of=now, now=now, asked=asked, about="a" * 64, asked_by="bo")

    carried(app, wish)
    lin = Colleague(app, "configuration")
    statements.clear()
    page = lin.open(PAGE)
    assert looks(statements) < 13, statements
    assert page.text.count("revision 2") == 6  # 20 to 25, and 2 is on the next page
    says(page, "Older")
    says(lin.open(f"{PAGE}?before={older(page)}"), "revision 1", "revision 5", "Newest")


def looks(statements):
    return sum(one.startswith("SELECT") for one in statements)


def older(page):
    return page.text.partition("before=")[2].partition('"')[0]
