"""The trail of acts on the pages of staff: found, proven, taken away."""

import csv
import io
from datetime import timedelta

from loyalty import staff
from tests.cli.test_audit import anchors, disturb
from tests.pages.colleagues import Colleague
from tests.pages.desk import says, text_of

__all__ = ["anchors"]


def lines_of(answer):
    """The kinds of the acts that a page shows."""
    return [cell.split("</th>")[0] for cell in answer.text.split('<th scope="row">')[1:]]


def test_acts_are_found_by_who_kind_about_and_day(app, make, clock, statements):
    make.club()
    ana, began = make.shopper(), clock.now()
    ana.adjust(50)
    clock.move(began + timedelta(days=3))
    ana.adjust(20, reference="=1+1")
    kim = Colleague(app, "auditor", name="Kim")
    me = staff.actor(kim.account_id)
    assert lines_of(kim.open("/staff/audit"))[:2] == ["points.adjusted", "points.adjusted"]
    assert lines_of(kim.open("/staff/audit?kind=edition")) == ["edition.published"]
    assert lines_of(kim.open("/staff/audit?who=T1&kind=points")) == ["points.adjusted"] * 2
    assert lines_of(kim.open(f"/staff/audit?day={began:%Y-%m-%d}&kind=points")) == ["points.adjusted"]
    assert len(lines_of(kim.open(f"/staff/audit?subject={ana.member_id}"))) >= 2
    says(kim.open("/staff/audit?who=nobody"), "Nothing here fits")
    for day in ("2026-02-30", "soon"):
        says(kim.open(f"/staff/audit?day={day}"), "This is no day.", status=422)
    taken = kim.post("/staff/audit/download", kind="points")
    header, *rows = csv.reader(io.StringIO(taken.data.decode("utf-8-sig")))
    assert header == ["seq", "at", "actor", "name", "kind", "subject", "content", "hash"]
    assert [row[4] for row in rows] == ["points.adjusted"] * 2
    assert lines_of(kim.open("/staff/audit?who=kim")) == ["audit.taken"]
    assert lines_of(kim.open(f"/staff/audit?who={me}")) == ["audit.taken"]
    statements.clear()
    kim.open("/staff/audit")
    asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
    assert len(asked) <= 12, asked


def test_a_long_trail_pages(app, make):
    make.club()
    ana = make.shopper()
    for points in range(1, 53):
        ana.adjust(points)
    kim = Colleague(app, "auditor", name="Kim")
    assert len(lines_of(kim.open("/staff/audit?kind=points"))) == 50
    older = kim.last.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(lines_of(kim.open(older))) == 2


def test_the_chain_is_proven_when_a_colleague_asks_for_it(app, make, anchors, clock):
    make.club()
    ana = make.shopper()
    ana.adjust(50)
    kim = Colleague(app, "auditor", name="Kim")
    says(kim.open("/staff/audit"), "It was not proven yet.")
    says(kim.send("Prove it now"), "The chain is being proven.", "Being proven since")
    kim.send("Prove it now")
    assert make.run("jobs", "checks").stderr == "checks made: 1\n"
    says(kim.open("/staff/audit"), "acts are as they were written.")
    clock.move(clock.now() + timedelta(days=1))
    assert "verified acts: ok" in make.run("jobs", "nightly").stdout
    disturb(app, "DELETE FROM act WHERE seq = 2")
    told = make.run("jobs", "nightly", exit_code=1).stdout
    assert "verified acts: broken (act 2 is missing)" in told
    kim.sign_in_again()
    says(kim.open("/staff/audit"), "Somebody wrote past the application.", "act 2 is missing")
    assert "as they were written" not in text_of(kim.last)
