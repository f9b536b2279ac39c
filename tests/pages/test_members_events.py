"""The club's events on the member's pages: registered, with companions, waited for, cancelled (B8)."""

from datetime import timedelta

import pytest

from tests.ladders import noon
from tests.pages.desk import says, text_of
from tests.pages.gives import DINNER, NOW, announce, open_club, suspend
from tests.pages.reader import Reader


@pytest.fixture
def club(make, clock):
    return open_club(make, clock)


@pytest.fixture
def ana(club):
    return club.shopper()


@pytest.fixture
def reader(app, ana):
    return Reader(app, ana)


@pytest.fixture
def walk(club):
    return f"/me/events/{announce(club)}"


def joins(app, club, path, button="Register", **filled):
    """Somebody else has part in the event; their browser."""
    other = Reader(app, club.shopper())
    other.open(path)
    other.send(button, **filled)
    return other


def test_an_empty_list_invites(reader):
    says(reader.open("/me/events"), "No events are planned for now", "as soon as the club announces it")


def test_b8_a_member_registers_with_companions_once(ana, reader, walk):
    says(reader.open("/me/events"), "Spring walk", "Mar 28 Sat", "3 places left", "up to 2 guests")
    says(reader.open(walk), "Register until 27 March 2026", "Cancel until 2 days before")
    form = reader.last
    says(reader.send("Register", guests="1"), "You are registered.", "you and 1 guest", "Places left 1")
    reader.last = form
    says(reader.send("Register", guests="1"), "you and 1 guest", "Places left 1")
    says(reader.open("/me/events"), "Booked", "See my booking")
    says(reader.open("/me/benefits"), "Booked", "Spring walk")
    assert [one["state"] for one in ana.look("/benefit-uses")["items"]] == ["reserved"]


def test_b8_who_registers_again_sees_that_they_are(app, ana, reader, walk):
    second = Reader(app, ana)
    second.open(walk)
    reader.open(walk)
    reader.send("Register")
    says(second.send("Register"), "Your booking", "Places left 2")


def test_b8_a_full_event_has_a_waiting_list_that_moves_up_by_itself(app, club, reader, walk):
    first = joins(app, club, walk, guests="2")
    second = joins(app, club, walk, "Join the waiting list", wait="yes")
    says(reader.open("/me/events"), "No places left; there is a waiting list")
    says(reader.open(walk), "All places are taken.", "Join the waiting list")
    says(reader.send("Join the waiting list", wait="yes"), "You are on the waiting list.")
    says(reader.last, "1 booking waits before yours.", "you have it without doing anything")
    says(second.open(walk), "You are next.")
    says(second.send("Leave the waiting list"), "Cancelled.")
    says(reader.open(walk), "You are next.")
    first.open(walk)
    first.send("Cancel the booking")
    says(reader.open(walk), "Booked", "you", "Places left 2")


def test_b8_a_party_that_does_not_fit_hears_what_it_can_do(app, club, reader, walk):
    joins(app, club, walk, guests="1")
    says(reader.open(walk), "1 place is left. If that is too few")
    page = reader.send("Register", guests="2")
    says(page, "There are not enough places left for all of you. You can wait for them.", status=422)
    says(reader.send("Register", guests="0", wait=""), "You are registered.")


@pytest.mark.parametrize(
    ("guests", "words"), [("3", "You can bring 2 guests at most."), ("x", "Please type a number.")]
)
def test_b8_a_party_that_is_too_large_is_told_so(reader, walk, guests, words):
    reader.open(walk)
    says(reader.send("Register", guests=guests), words, status=422)
    assert "aria-invalid" in reader.last.text


def test_m10_an_event_that_needs_consent_takes_it_there(app, make, clock):
    club = open_club(make, clock, benefit=[DINNER | {"needs_consent": "clinic"}])
    walk, ana = f"/me/events/{announce(club)}", club.shopper()
    reader = Reader(app, ana)
    says(reader.open(walk), "The clinic receives your name and your time.")
    says(reader.send("Register", consent=""), "Please agree to this first.", status=422)
    says(reader.send("Register", consent="yes"), "You are registered.")
    assert [one["channel"] for one in ana.look("")["consents"]] == ["page"]


def test_m9_who_is_suspended_sees_events_and_cannot_register(club, ana, reader, walk):
    reader.open(walk)
    form = reader.last
    suspend(club, ana)
    says(reader.open(walk), "Spring walk", "you can look, but not book")
    assert "<form class=" not in reader.last.text
    reader.last = form
    says(reader.send("Register"), "you can look, but not book", status=422)


def test_b8_what_is_over_called_off_or_too_near_cannot_be_joined(app, club, ana, clock, walk):
    gone = announce(club, starts=NOW + timedelta(days=20))
    reader = Reader(app, ana)
    reader.open(walk)
    reader.send("Register")
    reader.open(f"/me/events/{gone}")
    form = reader.last
    club.run("club-events", "cancel", gone)
    says(reader.open(f"/me/events/{gone}"), "The club had to call this event off.")
    reader.last = form
    says(reader.send("Register"), "The club had to call this event off.", status=422)
    clock.move(noon("2026-03-28"))
    reader = Reader(app, ana)
    assert "This event is over." not in text_of(reader.open(walk))
    soon = announce(club, starts=clock.now() + timedelta(hours=2))
    says(reader.open(f"/me/events/{soon}"), "Registration ended on 27 March 2026")
    clock.move(noon("2026-03-30"))
    says(reader.open("/me/events"), "Events you came to", "28 March 2026, 12:00")
    says(reader.open(f"/me/events/{soon}"), "This event is over.")


def test_an_event_that_the_card_does_not_give_says_so(app, make, clock):
    club = open_club(make, clock, **{"tier[0].attain": 500})
    walk, reader = announce(club), Reader(app, club.shopper())
    says(reader.open("/me/events"), "No events are planned for now")
    says(reader.open(f"/me/events/{walk}"), "Your card does not include this event")


def test_b5_the_quota_of_events_is_told(app, make, clock):
    club = open_club(make, clock, benefit=[DINNER | {"quota": {"count": 1, "per": "calendar_year"}}])
    reader, first, second = Reader(app, club.shopper()), announce(club), announce(club)
    reader.open(f"/me/events/{first}")
    reader.send("Register")
    says(reader.open(f"/me/events/{second}"), "All events that your card gives are used or booked")


def test_an_event_that_is_not_there_has_no_page(reader):
    assert reader.open("/me/events/nothing").status_code == 404


def test_b8_the_page_speaks_chinese(app, ana, walk):
    page = Reader(app, ana, "zh").open(walk)
    says(page, "植物园春游", "2026年3月28日", "报名")
    assert "Register" not in text_of(page)
