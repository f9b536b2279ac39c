"""What waits for a second person, on the pages of staff."""

from datetime import timedelta

import pytest

from loyalty import ids
from loyalty.actions.adjust import Correction, adjust
from loyalty.actions.ask_approval import ask_publication
from loyalty.actions.once import Asking
from loyalty.db import carry_out
from loyalty.rooms import rooms
from tests.documents import small
from tests.pages.colleagues import Colleague
from tests.pages.desk import says

LIMITS = {"single": 100, "maker_day": 300, "member_day": 250}
DAY = timedelta(days=1)


@pytest.fixture
def ana(make):
    make.club(approvals={"adjustment": {"reward": LIMITS}})
    return make.shopper()


@pytest.fixture
def lin(app, ana):
    return Colleague(app, "desk", name="Lin")


@pytest.fixture
def wei(app, ana):
    return Colleague(app, "finance", name="Wei")


def ask_points(app, who, member, points=150, note="two nights at the lake inn"):
    """A correction above the limit, asked for by a colleague; the path of its page."""

    def wish(rows):
        room = rooms()
        asking = Asking(f"staff:{ids.to_text(who.account_id)}", None, room.clock.now())
        member_id = ids.from_text(member.member_id)
        asked = Correction(member_id, "reward", points, "goodwill", note, f"case-{points}")
        told, _ = adjust(rows, room.shelf.editions(rows, asking.now), asked, asking=asking)
        return told["approval_id"]

    with app.app_context():
        return f"/staff/approvals/{carry_out(wish)}"


def test_a_second_colleague_sees_what_is_asked_and_approves_it(app, ana, lin, wei):
    path = ask_points(app, lin, ana)
    says(wei.open("/staff/approvals"), "Correction +150", "Lin", "yours to decide")
    says(
        wei.open(path), "+150", f"****{ana.card[-4:]}", "Goodwill", "case-150", "two nights at the lake inn",
        "one correction: 100", "0 of 300", "0 of 250",
    )  # fmt: skip
    assert ana.card not in wei.last.text
    says(wei.send("Approve: it is done at once"), "Approved, and done.", "approved: Wei")
    assert ana.figures()[0] == 150
    says(lin.open("/staff/approvals?view=mine"), "approved")
    says(wei.open("/staff/approvals"), "Nothing waits for you")


def test_nobody_decides_their_own_and_its_maker_withdraws_it(app, ana, wei):
    path = ask_points(app, wei, ana)
    says(wei.open("/staff/approvals"), "Nothing waits for you")
    says(wei.open(path), "A second person decides what you asked for.")
    digest = {"key": "k1", "digest": "0" * 64}
    says(wei.post(f"{path}/approve", **digest), "A second person decides.", status=422)
    wei.open(path)
    says(wei.send("Withdraw"), "Withdrawn. Nothing was done.")
    says(wei.open("/staff/approvals?view=all"), "withdrawn")
    assert ana.figures()[0] == 0


def test_a_refusal_says_why_and_what_was_not_seen_is_not_approved(app, ana, lin, wei):
    path = ask_points(app, lin, ana)
    says(wei.post(f"{path}/approve", key="k1", digest="0" * 64), "This is not what was seen.", status=422)
    wei.open(path)
    says(wei.send("Refuse"), "Please choose why.", status=422)
    says(wei.send("Refuse", reason="unproven"), "Refused. Nothing was done.")
    says(lin.open(path), "refused: Wei. It is not shown why")
    says(wei.post(f"{path}/approve", key="k2", digest="0" * 64), "The request is closed.", status=422)
    assert lin.post(f"{path}/approve", key="k3", digest="0" * 64).status_code == 403


def test_a_decision_needs_both_factors_just_now(app, ana, lin, wei, clock):
    path = ask_points(app, lin, ana)
    wei.open(path)
    clock.move(clock.now() + timedelta(minutes=12))
    wei.open(path)
    assert wei.send("Approve: it is done at once").request.path == "/staff/again"
    assert ana.figures()[0] == 0
    wei.sign_in_again()
    wei.open(path)
    says(wei.send("Approve: it is done at once"), "Approved, and done.")


def test_what_is_too_old_says_what_to_do(app, ana, lin, wei, clock):
    path = ask_points(app, lin, ana)
    clock.move(clock.now() + 3 * DAY)
    wei.sign_in_again()
    says(wei.open(path), "void", "It waited longer than 72 hours.")
    assert "/approve" not in wei.last.text
    says(wei.open("/staff/approvals"), "void")


def test_a_publication_shows_what_differs_from_the_edition_in_force(app, ana, lin, clock, statements):
    def wish(rows):
        document = small(**{"tier[0].attain": 700})
        return ask_publication(
            rows, document, base=1, in_force_from=None, by="olga", now=clock.now()
        ).approval_id

    with app.app_context():
        path = f"/staff/approvals/{ids.to_text(carry_out(wish))}"
    kim = Colleague(app, "configuration", name="Kim")
    says(kim.open(path), "tier[", "700", "as soon as it is approved", "olga")
    says(lin.open(path), "Somebody with another role decides this.")
    for page in ("/staff/approvals", path):
        statements.clear()
        kim.open(page)
        asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
        assert len(asked) <= 12, asked


def test_lists_page(app, ana, lin, wei):
    for points in range(101, 122):
        ask_points(app, lin, ana, points)
    says(wei.open("/staff/approvals"), "+121", "Older")
    older = wei.last.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    says(wei.open(older), "+101", "Newest")
