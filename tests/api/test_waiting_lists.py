"""Who waits for a place at an event of the club, and what they move up to (B8)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import Desk, benefit, left
from tests.api.test_club_events import DAY, invite
from tests.ladders import club, noon

TWICE = {"count": 2, "per": "calendar_year"}
CAP = {"regime": "none", "value_cap_per_year": "100.00"}
INN = ("places", "open", "inn", "--provider", "hotel", "--zh", "酒店", "--en", "Inn")


@pytest.fixture
def desk(make):
    return Desk(make)


def gala(**more):
    return benefit("gala", kind="event", booking={}, quota=TWICE) | more


def state(who, use):
    return next(one["state"] for one in who.look("/benefit-uses")["items"] if one["use_id"] == use["use_id"])


def one_waits(make, desk, ben, **event):
    """An event whose only place somebody else has; their booking, and Ben's, who waits."""
    told = invite(make, 1, **event)
    full = desk.use(make.shopper(), "gala", "full", event=told)
    waits = desk.use(ben, "gala", "waits", event=told, wait=True)
    assert waits["state"] == "waiting"
    return full, waits


@pytest.mark.parametrize("terms", [{"providers": ["hotel"]}, {"when": "visit.place == 'inn'"}])
def test_b8_who_waits_for_an_event_at_a_place_moves_up(make, desk, terms):
    make.club(benefit=[gala(**terms)])
    make.run(*INN)
    ben = make.shopper()
    full, waits = one_waits(make, desk, ben, place="inn")
    desk.close(full, "cancel")
    assert state(ben, waits) == "reserved"


def test_b8_nobody_moves_up_where_the_place_was_closed(make, desk):
    make.club(benefit=[gala(providers=["hotel"])])
    make.run(*INN)
    ben = make.shopper()
    full, waits = one_waits(make, desk, ben, place="inn")
    make.run("places", "close", "inn")
    desk.close(full, "cancel")
    assert state(ben, waits) == "waiting"


def test_m9_who_is_suspended_does_not_move_up_until_they_are_resumed(make, desk):
    make.club(benefit=[gala()])
    ben = make.shopper()
    full, waits = one_waits(make, desk, ben)
    turns = ("--reason", "asked", "--reference")
    make.run("members", "suspend", ben.member_id, *turns, "s1")
    desk.close(full, "cancel")
    assert state(ben, waits) == "waiting"
    make.run("members", "resume", ben.member_id, *turns, "s2")
    make.run("jobs", "nightly")
    assert state(ben, waits) == "reserved"


@pytest.mark.parametrize("ends", ["confirm", "cancel"])
def test_b1_who_moves_up_takes_from_the_right_of_the_card_they_have_then(make, desk, clock, ends):
    make.club(benefit=[gala(quota=TWICE | {"subject": "card"})])
    ben = make.shopper()
    full, waits = one_waits(make, desk, ben)
    replaced = ben.till.post(f"/members/{ben.member_id}/cards", {"reason": "lost"}, idempotency_key="c")
    assert replaced.status_code == 201, replaced.json
    desk.close(full, "cancel")
    assert left(ben, "gala") == (2, 1, 0, 1)
    clock.move(DAY + timedelta(hours=1) if ends == "confirm" else timedelta(hours=1))
    desk.close(waits, ends)
    assert left(ben, "gala")[1:3] == (0, int(ends == "confirm"))
    make.run("ledger", "verify")


def test_b10_nobody_moves_up_beyond_what_the_club_may_give_in_a_year(make, desk):
    make.club(compliance=CAP, benefit=[gala(cost="60.00"), benefit("spa", quota=TWICE, cost="60.00")])
    ben, cai = make.shopper(), make.shopper()
    full, waits = one_waits(make, desk, ben)
    after = desk.use(cai, "gala", "cai", event=waits["event"], wait=True)
    desk.use(ben, "spa", "s1")
    assert desk.use(ben, "spa", "s2", 422)["code"] == "value_cap"
    desk.close(full, "cancel")
    assert (state(ben, waits), state(cai, after)) == ("waiting", "reserved")


def test_b10_who_moves_up_is_given_what_the_terms_at_the_event_cost(make, desk, clock):
    def edition(cost):
        return club(tiers={"silver": 0}) | {"compliance": CAP, "benefit": [gala(cost=cost)]}

    clock.move(noon("2026-03-02"))
    make.document(edition("60.00"))
    ben = make.shopper()
    full, waits = one_waits(make, desk, ben, starts=noon("2027-05-02"))
    clock.move(noon("2026-03-03"))
    make.document(edition("160.00"))  # binds from the term that begins in March
    desk.close(full, "cancel")
    assert state(ben, waits) == "waiting"


def test_b8_a_member_has_one_booking_of_an_event(make, desk):
    make.club(benefit=[gala(quota={"count": 9, "per": "calendar_year"}, guests=1)])
    ana, ben = make.shopper(), make.shopper()
    event, other = invite(make, 2), invite(make, 2, starts=DAY + timedelta(days=1))
    booked = desk.use(ana, "gala", "a1", event=event, party=2)
    assert desk.use(ana, "gala", "a2", 422, event=event, wait=True)["code"] == "event_booked"
    desk.use(ana, "gala", "a3", event=other)
    waits = desk.use(ben, "gala", "b1", event=event, wait=True)
    assert desk.use(ben, "gala", "b2", 422, event=event, wait=True)["code"] == "event_booked"
    desk.close(booked, "cancel")
    assert state(ben, waits) == "reserved"
    assert desk.use(ana, "gala", "a4", event=event)["state"] == "reserved"


def test_b6_a_check_of_an_event_says_what_a_booking_would_hear(make, desk, clock):
    make.club(benefit=[gala(), benefit("talk", kind="event", booking={})])
    ana, ben = make.shopper(), make.shopper()
    event, talk = invite(make, 1), invite(make, 1, "talk")
    told = desk.check(ana, "gala", event=event)
    assert told == {"allowed": True, "remaining": 2, "reasons": []}
    desk.use(ana, "gala", "a1", event=event)
    assert desk.why_not(ana, "gala", event=event) == ["event_booked", "event_full"]
    [full] = desk.check(ben, "gala", event=event)["reasons"]
    assert (full["code"], full["event"]) == ("event_full", event)
    assert desk.why_not(ben, "gala", event=talk) == ["event_foreign"]
    assert desk.why_not(ben, "gala") == ["booking_needed", "event_foreign"]
    assert desk.till.post("/benefits/gala/check", {"card": ben.card, "event": "0"}).status_code == 404
    clock.move(DAY)
    assert desk.why_not(ben, "gala", event=event) == ["event_over"]


@pytest.mark.parametrize("freed", ["their wait", "the place they wait for"])
def test_b1_a_past_look_shows_who_waited_as_waiting(make, desk, clock, freed):
    make.club(benefit=[gala()])
    ben = make.shopper()
    full, waits = one_waits(make, desk, ben)
    clock.move(timedelta(hours=1))
    then = clock.now()
    assert left(ben, "gala") == (2, 0, 0, 2)
    clock.move(timedelta(hours=1))
    desk.close(waits if freed == "their wait" else full, "cancel")
    assert left(ben, "gala", then) == (2, 0, 0, 2)
    assert left(ben, "gala") == ((2, 0, 0, 2) if freed == "their wait" else (2, 1, 0, 1))
    clock.move(timedelta(hours=1))
    if freed != "their wait":
        desk.close(waits, "cancel")
        assert left(ben, "gala", clock.now() - timedelta(minutes=1)) == (2, 1, 0, 1)


def test_b8_an_event_is_booked_though_its_terms_do_not_say_how(make, desk):
    make.club(benefit=[benefit("gala", kind="event", quota=TWICE)])
    ana = make.shopper()
    assert desk.use(ana, "gala", "a1", event=invite(make))["state"] == "reserved"


def test_b5_a_booking_is_cancelled_before_its_event_begins_or_not_at_all(make, desk, clock):
    make.club(benefit=[gala()])
    ana, ben = make.shopper(), make.shopper()
    event = invite(make, 2)
    early, late = desk.use(ana, "gala", "a1", event=event), desk.use(ben, "gala", "b1", event=event)
    clock.move(DAY - timedelta(seconds=1))
    desk.close(early, "cancel")
    clock.move(DAY)
    assert desk.close(late, "cancel", 422)["code"] == "cancel_too_late"
    desk.close(late, "no-show")
