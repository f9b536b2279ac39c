"""Held sales and the runs of long work, on the pages of staff."""

from datetime import timedelta

import pytest

from loyalty import staff
from tests.pages.colleagues import Colleague
from tests.pages.desk import says


@pytest.fixture
def ana(make):
    make.club(limits={"earn": {"transaction": 100}})
    return make.shopper()


def test_a_held_sale_is_released_by_who_approves_corrections(app, make, ana, statements):
    held = ana.buy("150.00", expect=202)
    lin, wei = Colleague(app, "desk", name="Lin"), Colleague(app, "finance", name="Wei")
    says(
        wei.open("/staff/held-sales"),
        "150.00",
        "More points than one sale gives alone",
        f"****{ana.card[-4:]}",
        "waits",
    )
    assert ana.card not in wei.last.text
    statements.clear()
    wei.open("/staff/held-sales")
    asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
    assert len(asked) <= 12, asked
    path = f"/staff/held-sales/{held['review_id']}"
    says(lin.open(path), "Somebody with another role decides this.")
    wei.open(path)
    says(wei.send("Release and book it"), "Released, and booked.", "Wei")
    assert ana.figures()[0] == 150
    says(wei.post(f"{path}/reject", key="k"), "Receipt", "released", status=422)
    says(wei.open("/staff/held-sales"), "No sale waits")
    says(wei.open("/staff/held-sales?view=all"), "released")


def test_a_rejected_sale_is_never_booked(app, make, ana):
    held = ana.buy("150.00", expect=202)
    wei = Colleague(app, "finance", name="Wei")
    wei.open(f"/staff/held-sales/{held['review_id']}")
    says(wei.send("Reject it"), "Rejected. It is never booked.")
    assert ana.figures()[0] == 0


def test_nobody_releases_a_sale_of_their_own(app, make, ana):
    """Self-dealing: who is linked with a card releases no sale of it."""
    held = ana.buy("150.00", expect=202)
    wei = Colleague(app, "finance", name="Wei")
    me = staff.actor(wei.account_id)
    make.run("staff-cards", "link", "--store", "S1", "--cashier", me, "--member", ana.member_id)
    wei.open(f"/staff/held-sales/{held['review_id']}")
    says(wei.send("Release and book it"), "Not on an account of one's own.", status=422)
    assert ana.figures()[0] == 0


def test_runs_show_their_state_and_result(app, make, ana, clock, statements):
    kim = Colleague(app, "auditor", name="Kim")
    says(kim.open("/staff/jobs"), "Nothing ran yet", "They were not proven yet.")
    clock.move(clock.now() + timedelta(days=1))
    make.run("jobs", "nightly")
    kim.sign_in_again()
    says(kim.open("/staff/jobs"), "The night", "Proof of all books", "Proof of the acts", "done")
    says(kim.last, "All laws of the books hold.")
    assert kim.open("/staff/jobs?kind=nightly").text.count("<tr>") == 2
    statements.clear()
    kim.open("/staff/jobs")
    asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
    assert len(asked) <= 12, asked
