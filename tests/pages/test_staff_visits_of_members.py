"""Visits that the counter books, writes down, moves and ends for a member who is opened (B3, B5, B6, B8)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import benefit
from tests.api.test_club_events import invite
from tests.ladders import noon
from tests.pages.colleagues import Colleague
from tests.pages.desk import says
from tests.policies import Core, insurer

LOUNGE = benefit("lounge", providers=["airport"], guests=2, quota={"count": 2, "per": "calendar_year"})
SPA = benefit("spa", booking={"lead_days": 1, "cancel_days": 1}, transferable_to=["spouse"])
GALA = benefit("gala", kind="event", booking={})
RATE = benefit("rate", kind="discount", discount={"percent": "10"})
TODAY = {"day": "2026-03-02", "time": "12:30"}


@pytest.fixture
def ana(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=[LOUNGE, SPA, GALA, RATE]))
    make.run("places", "open", "t2", "--provider", "airport", "--zh", "厅", "--en", "Terminal 2")
    core = Core(make.till())
    ana = make.shopper(core.till, references=["C-1"])
    clock.move(noon("2026-03-02"))
    core.tells("P1", "C-1")  # silver until the end of 1 March 2027
    yield ana
    make.run("ledger", "verify")


@pytest.fixture
def lin(app, ana):
    return Colleague(app, "desk", name="Lin")


def at(member, page=""):
    return f"/staff/members/{member.member_id}{page}"


def fills(lin, ana, code, button="Book it", **told):
    lin.opens(ana.member_id)
    lin.open(at(ana, f"/visits/new?benefit={code}"))
    return lin.send(button, **told)


def uses(ana):
    return [(one["benefit"], one["state"]) for one in ana.look("/benefit-uses")["items"]]


def ends(lin, ana, button, **told):
    """Open what is booked and say what becomes of it."""
    booked = [one for one in ana.look("/benefit-uses")["items"] if one["state"] == "reserved"]
    lin.opens(ana.member_id)
    lin.open(at(ana, f"/visit?use={booked[0]['use_id']}"))
    return lin.send(button, **told)


def test_a_use_is_written_down_today_or_on_a_past_day_within_limits(lin, ana, clock):
    clock.move(noon("2026-03-05"))
    lin.sign_in_again()
    lin.opens(ana.member_id)
    says(lin.open(at(ana, "/visits/new")), "Benefit to be written down", "to be booked")
    write, told = "Write it down", {"place": "t2", **TODAY}
    for wrong, words in (
        ({"place": ""}, "Please choose a place."),
        ({"day": "2026-03-06"}, "choose a day from 2026-03-02"),
        ({"day": "2026-02-01"}, "Please choose a day from"), ({"time": "x"}, "Please choose a time"),
        ({"day": "2026-03-05", "time": "23:00"}, "That is still to come."),
        ({"guests": "x"}, "type a number"),
        ({"guests": "3"}, "2 companions at most."),
    ):  # fmt: skip
        says(fills(lin, ana, "lounge", write, **(told | wrong)), words, status=422)
    assert uses(ana) == []
    says(fills(lin, ana, "lounge", write, **told, guests="2"), "The visit is written down.", "Terminal 2")
    [use] = ana.look("/benefit-uses")["items"]
    assert (use["at"][:10], use["place"], use["state"]) == ("2026-03-02", "t2", "used")
    for _ in range(2):
        again = {"benefit": "lounge", **told, "key": "twice"}
        assert lin.post(at(ana, "/visits/new"), **again).status_code == 303
    assert len(uses(ana)) == 2
    says(
        fills(lin, ana, "lounge", write, **told),
        "All visits are used or booked. From 1 January 2027",
        status=422,
    )
    says(lin.post(at(ana, "/visits/new"), benefit="rate", key="r"), "Please choose a benefit.", status=422)


def test_a_visit_is_booked_moved_and_ended_at_the_counter(lin, ana, clock):
    soon, later = {"day": "2026-03-10", "time": "10:00"}, {"day": "2026-03-20", "time": "15:00"}
    says(fills(lin, ana, "spa", **TODAY), "Please choose a day from 2026-03-03", status=422)
    says(fills(lin, ana, "spa", **soon, relation="cousin"), "This person cannot use it.", status=422)
    says(fills(lin, ana, "spa", **soon, relation="spouse"), "Booked.")
    says(ends(lin, ana, "They came"), "The visit is still to come", status=422)
    says(ends(lin, ana, "Move it", **later, relation="cousin"), "This person cannot use it.", status=422)
    assert uses(ana) == [("spa", "reserved")], "what cannot be moved stays"
    says(ends(lin, ana, "Move it", **later), "Moved.")
    assert sorted(uses(ana)) == [("spa", "cancelled"), ("spa", "reserved")]
    says(ends(lin, ana, "Cancel it"), "Kept: Cancelled.")
    assert {state for _, state in uses(ana)} == {"cancelled"}
    fills(lin, ana, "spa", **soon)
    clock.move(noon("2026-03-10"))
    lin.sign_in_again()
    says(ends(lin, ana, "Cancel it"), "It could be cancelled until 9 March 2026.", status=422)
    says(ends(lin, ana, "They came"), "Kept: Used.")
    assert ("spa", "used") in uses(ana)
    lin.opens(ana.member_id)
    for page in ("/visit", f"/visit?use={ana.member_id}-{ana.member_id}", "/visit?use=x"):
        assert lin.open(at(ana, page)).request.path == at(ana, "/visits")


def test_a_place_at_an_event_is_booked_and_whoever_waits_moves_up(make, lin, ana, clock):
    core, gala = Core(ana.till), invite(make, 1, starts=clock.now() + timedelta(days=9))
    bo = make.shopper(ana.till, references=["C-2"])
    core.tells("P2", "C-2")
    says(fills(lin, ana, "gala", event="x"), "Please choose an event.", status=422)
    says(fills(lin, ana, "gala", event=gala), "Booked.")
    says(fills(lin, ana, "gala", event=gala), "They come to it already", status=422)
    says(fills(lin, bo, "gala", event=gala), "not enough places", status=422)
    says(fills(lin, bo, "gala", event=gala, wait="yes"), "On the waiting list.")
    says(ends(lin, ana, "Cancel it"), "Kept: Cancelled.")
    assert (uses(ana)[0], uses(bo)[0]) == (("gala", "cancelled"), ("gala", "reserved"))


def test_visits_are_not_for_other_roles_nor_for_ones_own(app, make, lin, ana, clock):
    """security.md, self-dealing."""
    clock.move(noon("2026-03-03"))
    lin.sign_in_again()
    make.run("staff", "link", lin.email, "--member", ana.member_id)
    told = {"place": "t2", **TODAY}
    says(fills(lin, ana, "lounge", "Write it down", **told), "Not on an account of one's own.", status=422)
    assert uses(ana) == []
    fin = Colleague(app, "finance", name="Fin")
    fin.opens(ana.member_id)
    assert fin.open(at(ana, "/visits/new")).status_code == 403
