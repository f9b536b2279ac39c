"""Who waits for a place at an event of the club, and what they move up to (B8)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import Desk, benefit, left
from tests.api.test_club_events import DAY, invite

TWICE = {"count": 2, "per": "calendar_year"}
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
