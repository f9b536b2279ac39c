"""What colleagues take away in files: each way out needs a permission of its own, and is written down."""

import re

import pytest
from sqlalchemy import text

from loyalty.db import reading
from loyalty.staff import ROLES, permissions_of
from tests.house.sources import ROOT
from tests.pages.colleagues import Colleague
from tests.pages.test_staff_imports import approved, hand_in

PAGES = ROOT / "loyalty" / "pages" / "staff"
FLOWS = {"name": "flows", "form": "csv", "unit": "reward", "months": "2", "as_of": ""}
SENDS = re.compile(r"Content-Disposition|\b(file|list)_of\(")
WAYS_OUT = {
    "figures.py": ("POST", "/staff/reports", FLOWS, "books:export"),
    "audit.py": ("POST", "/staff/audit/download", {}, "audit:see"),
    "importing.py": ("POST", None, {}, "imports:act"),
    "journal.py": ("POST", "/staff/benefits/journal/download", {"form": "csv"}, "books:export"),
    "partners.py": ("POST", "/staff/benefits/partners/download", {"form": "csv"}, "books:export"),
    "draft_text.py": None,  # the programme, in which nobody stands
    "events.py": None,  # guests and post are taken in tests/pages/test_staff_events.py, each an act
    "mailings.py": None,
    "trying.py": None,  # a run's table: tests/pages/test_staff_what_if.py
}  #: by the module that sends a file: method, address, form, what it needs


def acts(app):
    with app.app_context(), reading() as rows:
        return rows.execute(text("SELECT seq, kind FROM act ORDER BY seq")).all()


def test_every_module_that_sends_a_file_is_known_here():
    """Bulk reading: a further way out is judged here before it is built."""
    sends = {file.name for file in PAGES.glob("*.py") if SENDS.search(file.read_text("utf-8"))}
    assert sends == WAYS_OUT.keys() | {"taking.py"}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_file_is_taken_by_who_may_and_each_time_it_is_an_act(app, make):
    """Bulk reading: each export needs its permission, whatever the role, and is one line of the chain."""
    make.club()
    make.shopper().adjust(50)
    clerk = Colleague(app, "configuration", name="Clerk")
    hand_in(clerk, "members", "reference,name", "A-1,Ana")
    at = clerk.last.request.path
    make.run("jobs", "imports")
    approved(app, clerk, Colleague(app, "finance", name="Bo"), at)
    make.run("jobs", "imports")
    taken = 0
    for role in ROLES:
        who = Colleague(app, role, name=role)
        for method, path, form, needs in filter(None, WAYS_OUT.values()):
            before, told = acts(app), {"csrf_token": who.token(), **form} if method == "POST" else {}
            answer = who.client.open(path or f"{at}/result", method=method, data=told)
            more, may = acts(app)[len(before) :], needs in permissions_of([role])
            assert answer.status_code == (200 if may else 403), (role, path)
            assert ("attachment" in answer.headers.get("Content-Disposition", "")) == may
            assert [kind.endswith("taken") for _, kind in more] == [True] * may, (role, more)
            taken += may
    assert taken > len(WAYS_OUT)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_no_list_shows_more_than_is_needed_to_tell_people_apart(app, make):
    """Bulk reading: lists and what is found are masked for every role, and no address turns that off."""
    make.club()
    people = [
        make.shopper(name=f"Ana Quill{no}", phone=f"91234567{no}", email=f"a{no}@q.example")
        for no in range(3)
    ]
    for role in ROLES:
        who = Colleague(app, role, name=role)
        pages = ["/staff/members", "/staff/approvals", "/staff/held-sales", "/staff/audit", "/staff/imports"]
        pages += [
            f"/staff/members/{one.member_id}{more}"
            for one in people
            for more in ("", "?open=1", "?masked=no")
        ]
        shown = "".join(who.open(path).text for path in pages)
        if "members:see" in permissions_of([role]):
            shown += who.post("/staff/members", q="Ana").text
        secrets = [word for one in people for word in (one.card, "Quill", "91234567", "@q.example")]
        assert not [word for word in secrets if word in shown], role
