"""What the members' pages withstand; each test's first words name the threat (tests/house)."""

import re
from datetime import timedelta

import pytest

from loyalty.app import create_app
from loyalty.db import db
from tests.databases import settings_for
from tests.pages.desk import Desk, text_of
from tests.pages.own import another, asks, code_on, developing, is_in
from tests.pages.reader import Reader

PHONE, NEW = "+8613800138000", "+8613900139000"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def club(app, make):
    developing(app)
    make.club()
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone=PHONE, email="ana@example.org")
    ana.adjust(500)
    return ana


def waits(desk):
    """The seconds that the page at hand says to wait."""
    found = re.search("another in ([0-9]+) second", text_of(desk.last))
    return int(found.group(1)) if found else 0


def cookie_of(desk):
    return desk.client.get_cookie("loyalty").value


def test_a_code_is_used_once(app, ana):
    """Takeover: a code that let somebody in lets nobody in again, by the same cookie either."""
    desk = asks(app, PHONE)
    kept, page, code = cookie_of(desk), desk.last, code_on(desk.last)
    assert is_in(desk.send("Sign in", code=code))
    thief = Desk(app)
    thief.client.set_cookie("loyalty", kept)
    thief.last = page
    assert "That code is over." in text_of(thief.send("Sign in", code=code))


def test_a_code_is_bound_to_the_browser_that_asked(app, ana, clock):
    """Takeover: who overhears a code cannot tell it in a browser of their own."""
    code = code_on(asks(app, PHONE).last)
    clock.move(MINUTE)
    thief = asks(app, PHONE)
    own = code_on(thief.last)
    if code != own:
        assert "4 tries left" in text_of(thief.send("Sign in", code=code))
    stranger = Desk(app)
    assert "Phone number or email" in text_of(stranger.open("/me/code")), "without a cookie there is nothing"


def test_a_code_lives_for_ten_minutes(app, ana, clock):
    """Takeover: at ten minutes a code is over."""
    asked = {}
    for wait, last in ((10 * MINUTE - timedelta(seconds=1), True), (10 * MINUTE, False)):
        clock.move(20 * MINUTE)
        desk = asks(app, PHONE)
        clock.move(wait)
        asked[last] = desk.send("Sign in", code=code_on(desk.last))
    assert is_in(asked[True])
    assert (asked[False].status_code, "That code is over." in text_of(asked[False])) == (422, True)


def test_a_code_is_told_five_times_at_most(app, ana):
    """Takeover: after five wrong tries the right one counts no more."""
    desk = asks(app, PHONE)
    code, page = code_on(desk.last), desk.last
    for _ in range(5):
        desk.last = page
        assert desk.send("Sign in", code=another(code)).status_code == 422
    desk.last = page
    assert "That code is over." in text_of(desk.send("Sign in", code=code))


def test_codes_come_slower_for_a_contact_and_for_an_address(app, ana, clock):
    """Takeover: each code of the hour doubles the wait for a contact; after ten, an address has one, too."""
    heard = []
    for number in range(7):
        asks(app, PHONE, address="10.0.1.1")
        assert waits(asks(app, PHONE, address=f"10.0.2.{number}")) == 60, "strangers bring a minute, no more"
        heard.append(waits(asks(app, PHONE, address="10.0.1.1")))
        clock.move(timedelta(seconds=heard[-1]))
    assert heard == [30, 60, 120, 240, 480, 600, 600]
    clock.move(timedelta(hours=2))
    for number in range(11):
        assert waits(asks(app, f"+86138001381{number:02}", "10.0.3.1")) == 0
    assert waits(asks(app, "+8613800138200", "10.0.3.1")) == 30
    assert waits(asks(app, "+8613800138200", "10.0.3.2")) == 0, "another address does not wait"


def test_a_stranger_cannot_lock_a_member_out(app, ana, clock):
    """Takeover: whatever strangers ask and tell wrong, ten minutes later the member comes in."""
    for number in range(20):
        desk = asks(app, PHONE, address=f"10.1.0.{number}")
        if waits(desk) == 0:
            wrong = another(code_on(desk.last))
            for _ in range(5):
                desk.last = desk.open("/me/code")
                desk.send("Sign in", code=wrong)
        clock.move(MINUTE)
    clock.move(10 * MINUTE)
    desk = asks(app, PHONE)
    assert is_in(desk.send("Sign in", code=code_on(desk.last)))


def test_strangers_hear_what_members_hear(app, make, statements):
    """Enumeration: text, status, headers and the number of statements are the same for known and unknown."""
    make.club()
    make.shopper(phone=PHONE)
    told = {}
    for contact in (PHONE, NEW):
        asks(app, "+8613700137000")  # what only a first request does is done
        statements.clear()
        desk = asks(app, contact)
        heard = [desk.last, desk.send("Sign in", code="000000"), desk.send("Send another code")]
        told[contact] = [
            (
                text_of(one).replace(contact, "…"),
                one.status_code,
                [(name, value) for name, value in one.headers if name not in ("Set-Cookie", "X-Request-Id")],
                len(statements),
            )
            for one in heard
        ]
    assert [one[:2] for one in told[PHONE]] == [one[:2] for one in told[NEW]]
    assert [len(one[2]) for one in told[PHONE]] == [len(one[2]) for one in told[NEW]]
    assert [one[3] for one in told[PHONE]] == [one[3] for one in told[NEW]]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_cookie_is_the_hosts_own(database, make, clock):
    """Session theft: in production `__Host-`, Secure, HttpOnly, SameSite=Lax; the rows hold digests alone."""
    make.club()
    app = create_app(settings_for(database, env="production", public_url="https://club.example.org"), clock)
    answer = app.test_client().get("/me/sign-in", base_url="https://club.example.org")
    told = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert told != []
    for cookie in told:
        name, _, attributes = cookie.partition("=")
        assert name == "__Host-loyalty"
        for needed in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert needed in attributes
        assert "Domain" not in attributes
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-loyalty"
    with app.app_context():
        db.engine.dispose()


def test_signing_in_makes_a_new_session(app, ana):
    """Session theft: a cookie of before signing in is worth nothing, nor is one of inside afterwards."""
    desk = asks(app, PHONE)
    before = cookie_of(desk)
    desk.send("Sign in", code=code_on(desk.last))
    inside = cookie_of(desk)
    assert before != inside
    for kept, at in ((before, "/me/sign-in"), (inside, "/me/")):
        other = Desk(app)
        other.client.set_cookie("loyalty", kept)
        assert other.open("/me/").request.path == at
    desk.open("/me/profile")
    desk.send("Sign out")
    other = Desk(app)
    other.client.set_cookie("loyalty", inside)
    assert other.open("/me/").request.path == "/me/sign-in", "the server ended it, whatever a cookie says"


def test_a_session_ends_idle_and_in_all(app, ana, clock):
    """Session theft: 14 days without use, and 90 days in all, end it."""
    idle, busy = Reader(app, ana), Reader(app, ana)
    clock.move(14 * DAY - timedelta(seconds=1))
    assert is_in(idle.open("/me/"))
    clock.move(14 * DAY)
    assert idle.open("/me/").request.path == "/me/sign-in"
    busy = Reader(app, ana)
    for _ in range(8):
        clock.move(11 * DAY)
        assert is_in(busy.open("/me/"))
    clock.move(2 * DAY)
    assert busy.open("/me/").request.path == "/me/sign-in"


def test_a_session_is_listed_and_ended_from_another_device(app, ana):
    """Session theft: the member sees every device, and one that is ended is dead at its next request."""
    thief, member = Reader(app, ana), Reader(app, ana)
    assert text_of(member.open("/me/profile/devices")).count("Chrome · Android") == 2
    member.send("Sign this one out")
    assert thief.open("/me/").request.path == "/me/sign-in"
    assert is_in(member.open("/me/"))
