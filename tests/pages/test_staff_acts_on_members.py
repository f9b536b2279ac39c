"""What staff do for a member who is opened: each act once, named in the chain, never on their own account."""

from datetime import timedelta

import pytest

from loyalty import staff
from loyalty.ids import from_text
from tests.pages.colleagues import Colleague
from tests.pages.counter import acts_of
from tests.pages.desk import text_of

CORRECTION = {"unit": "reward", "way": "give", "points": "500", "reason": "missing", "note": "told by phone"}
LIMITS = {"approvals": {"adjustment": {"reward": {"single": 1000, "maker_day": 2000, "member_day": 1800}}}}


@pytest.fixture
def desk(app, make):
    make.club(**LIMITS)
    return Colleague(app, "desk")


def at(member, page=""):
    return f"/staff/members/{member.member_id}{page}"


def does(desk, member, page, button, **told):
    """Open the page of an act and carry it out."""
    desk.opens(member.member_id)
    desk.open(at(member, page))
    return desk.send(button, **told)


def correct(desk, member, **told):
    return does(desk, member, "/correct", "Correct the points", **(CORRECTION | told))


def test_a_correction_is_booked_once_and_names_who_made_it(desk, make):
    ana = make.shopper()
    assert "Corrected: +500" in text_of(correct(desk, ana))
    assert ana.figures()[0] == 500
    [(actor, subject, content)] = acts_of(make, "points.adjusted")
    assert (actor, subject, content["points"]) == (staff.actor(desk.account_id), ana.member_id, 500)
    told = {**CORRECTION, "key": "twice", "points": "10"}
    for _ in range(2):
        assert desk.post(at(ana, "/correct"), **told).status_code == 303
    assert ana.figures()[0] == 510
    for wrong in (
        {"points": "0"},
        {"points": "1.5"},
        {"note": ""},
        {"reason": "x"},
        {"way": ""},
        {"unit": "x"},
    ):
        assert correct(desk, ana, **wrong).status_code == 422, wrong
    assert "told by phone +500 Points Lin" in text_of(desk.open(at(ana)))
    assert correct(desk, ana, way="take", points="511").status_code == 422
    assert ana.figures()[0] == 510


def test_above_what_one_may_a_correction_waits_for_a_second_person(desk, make):
    """Minting alone: on the pages, one correction, the maker's day and the member's day have limits."""
    ana, bo = make.shopper(), make.shopper()
    assert "waits for a second person" in text_of(correct(desk, ana, points="1001"))
    assert ana.figures()[0] == 0
    assert "For a second person, asked by Lin" in text_of(desk.open(at(ana)))
    for points in ("900", "900"):
        assert "Corrected" in text_of(correct(desk, ana, points=points))
    assert "is above 1,800" in text_of(correct(desk, ana, points="1"))
    assert "is above 2,000" in text_of(correct(desk, bo, points="201"))
    assert (ana.figures()[0], bo.figures()[0]) == (1800, 0)


@pytest.mark.parametrize("link", ["card", "address"])
def test_nobody_acts_on_their_own_account_or_a_linked_one(app, desk, make, link):
    """Self-dealing: nobody acts on their own account or a linked one, on any page."""
    told = {"email": desk.email.upper()} if link == "address" else {}
    ana = make.shopper(**told)
    if link == "card":
        make.run("staff", "link", desk.email, "--member", ana.member_id)
    asked = (
        correct(desk, ana),
        does(desk, ana, "/card", "Replace the card", reason="lost"),
        does(desk, ana, "/card", "Block the card"),
        does(desk, ana, "/tier", "Give this card", tier="gold", last_day="2027-01-01", reason="why not"),
        does(desk, ana, "/state", "Do this", act="suspend", reason="other", note="me"),
        does(desk, ana, "/notes/new", "Keep the note", kind="general", words="me"),
    )
    for answer in asked:
        assert answer.status_code == 422
        assert "Not on an account of one's own." in text_of(answer), text_of(answer)[:300]
    assert (ana.figures()[0], ana.look("/tier")["tier"]) == (0, "silver")
    other = Colleague(app, "desk", name="Bo")
    assert "Corrected" in text_of(correct(other, ana))
    if link == "card":
        make.run("staff", "unlink", desk.email, "--member", ana.member_id)
        assert "Corrected" in text_of(correct(desk, ana))
        make.run("staff", "unlink", desk.email, "--member", ana.member_id, exit_code=1)
        make.run("staff", "link", "nobody@example.org", "--member", ana.member_id, exit_code=1)
        assert len(acts_of(make, "staff.linked")) == len(acts_of(make, "staff.unlinked")) == 1


def test_a_card_is_replaced_and_silenced(desk, make):
    """M2"""
    ana = make.shopper()
    assert "blocked" in text_of(does(desk, ana, "/card", "Block the card"))
    ana.buy("10.00", expect=422)
    does(desk, ana, "/card", "Let the card work again")
    ana.buy("10.00")
    assert does(desk, ana, "/card", "Replace the card", reason="").status_code == 422
    said = text_of(does(desk, ana, "/card", "Replace the card", reason="lost"))
    assert "has another card" in said
    assert "Lost" in said
    ana.buy("10.00", expect=422)
    assert [acts_of(make, f"card.{done}") != [] for done in ("blocked", "unblocked", "replaced")] == [
        True
    ] * 3


def test_a_tier_is_given_until_the_end_of_a_day(desk, make, clock):
    """T8"""
    ana, today = make.shopper(), clock.now().date()
    told = {
        "tier": "gold",
        "last_day": str(today + timedelta(days=90)),
        "reason": "a guest",
        "protected": "yes",
    }
    for wrong in ({"tier": "x"}, {"last_day": "2020-01-01"}, {"last_day": "x"}, {"reason": ""}):
        assert does(desk, ana, "/tier", "Give this card", **(told | wrong)).status_code == 422, wrong
    assert "Gold is given until" in text_of(does(desk, ana, "/tier", "Give this card", **told))
    tier = ana.look("/tier")
    assert (tier["tier"], tier["protected"], tier["last_day"]) == ("gold", True, told["last_day"])
    clock.move(timedelta(days=91))
    assert ana.look("/tier")["tier"] == "silver"


def test_a_members_life_is_turned_with_a_reason_and_a_note(desk, make):
    """M9"""
    ana, heir = make.shopper(), make.shopper(name="Rui Silva")
    ana.adjust(300)
    why = {"reason": "told_by_family", "note": "the daughter came in"}

    def turn(act, **more):
        return text_of(does(desk, ana, "/state", "Do this", act=act, **(why | more)))

    assert "Suspended" in turn("suspend")
    assert "Please choose" in turn("suspend", reason="")
    ana.buy("10.00", expect=422)
    assert "Active" in turn("resume")
    assert "Has left" in turn("leave")
    assert "Active" in turn("come_back")
    assert "Deceased" in turn("die")
    assert "Active" in turn("restore")
    turn("die")
    assert "State of the member" in turn("settle", heir="123"), "no such card"
    assert "Estate settled" in turn("settle", heir=heir.card)
    assert (heir.figures()[0], ana.figures()[0]) == (300, 0)
    assert "the daughter came in" in text_of(desk.open(at(ana)))
    [(_, _, content)] = acts_of(make, "estate.settled")
    assert content["heir"] == heir.member_id
    assert from_text(content["note"])


def test_a_note_is_kept_with_its_author(desk, make):
    ana = make.shopper()
    assert does(desk, ana, "/notes/new", "Keep the note", kind="state", words="x").status_code == 422
    does(desk, ana, "/notes/new", "Keep the note", kind="call", words="wants <b>a ground floor</b>")
    said = desk.open(at(ana)).text
    assert "wants &lt;b&gt;a ground floor" in said
    assert "A call · Lin" in text_of(desk.last)
    assert len(acts_of(make, "note.written")) == 1


def test_acts_need_both_factors_afresh_and_an_opened_member(desk, make, clock):
    ana = make.shopper()
    desk.opens(ana.member_id)
    clock.move(timedelta(minutes=11))
    for page in ("/correct", "/card", "/tier", "/state"):
        assert desk.client.get(at(ana, page)).headers["Location"] == "/staff/again"
    desk.sign_in_again()
    for page in ("/correct", "/card", "/tier", "/state", "/notes/new"):
        assert desk.post(at(ana, page), **CORRECTION, key="k").headers["Location"] == at(ana)
    assert ana.figures()[0] == 0
