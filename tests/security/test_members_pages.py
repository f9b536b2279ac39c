"""What the members' pages withstand; each test's first words name the threat (tests/house)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import ids
from loyalty.app import create_app
from loyalty.channels import Email
from loyalty.db import carry_out, db, reading
from loyalty.jobs.letters import write_and_send
from loyalty.letters import LIFE, freeze_token
from loyalty.rooms import rooms
from tests.clocks import START
from tests.databases import settings_for
from tests.letterbox import mailbox
from tests.pages.conftest import statements  # noqa: F401 - a fixture
from tests.pages.desk import Desk, text_of
from tests.pages.own import another, code_on, developing
from tests.pages.reader import Reader
from tests.pages.shop import MASSAGE

PHONE, NEW = "+8613800138000", "+8613900139000"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def club(app, make):
    developing(app)
    make.club(**{"unit.reward.transfer": {"member_day": 1000, "least": 10}, "reward": [MASSAGE]})
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone=PHONE, email="ana@example.org")
    ana.adjust(500)
    return ana


def asks(app, contact=PHONE, address="10.0.0.1"):
    """A browser that asked for a code."""
    desk = Desk(app)
    desk.client.environ_base["REMOTE_ADDR"] = address
    desk.open("/me/sign-in")
    desk.send("Send the code", contact=contact)
    return desk


def is_in(answer):
    """Whether a page is a signed-in member's."""
    return "My card" in text_of(answer) and answer.request.path == "/me/"


def waits(desk):
    """The seconds that the page at hand says to wait."""
    found = re.search("another in ([0-9]+) second", text_of(desk.last))
    return int(found.group(1)) if found else 0


def cookie_of(desk):
    return desk.client.get_cookie("loyalty").value


def test_a_code_is_used_once(app, ana):
    """Takeover: a code that let somebody in lets nobody in again, by the same cookie either."""
    desk = asks(app)
    kept, page, code = cookie_of(desk), desk.last, code_on(desk.last)
    assert is_in(desk.send("Sign in", code=code))
    thief = Desk(app)
    thief.client.set_cookie("loyalty", kept)
    thief.last = page
    assert "That code is over." in text_of(thief.send("Sign in", code=code))


def test_a_code_is_bound_to_the_browser_that_asked(app, ana, clock):
    """Takeover: who overhears a code cannot tell it in a browser of their own."""
    code = code_on(asks(app).last)
    clock.move(MINUTE)
    thief = asks(app)
    own = code_on(thief.last)
    if code != own:
        assert "4 tries left" in text_of(thief.send("Sign in", code=code))
    stranger = Desk(app)
    assert "Phone number or e-mail" in text_of(stranger.open("/me/code")), "without a cookie there is nothing"


def test_a_code_lives_for_ten_minutes(app, ana, clock):
    """Takeover: at ten minutes a code is over."""
    asked = {}
    for wait, last in ((10 * MINUTE - timedelta(seconds=1), True), (10 * MINUTE, False)):
        clock.move(20 * MINUTE)
        desk = asks(app)
        clock.move(wait)
        asked[last] = desk.send("Sign in", code=code_on(desk.last))
    assert is_in(asked[True])
    assert (asked[False].status_code, "That code is over." in text_of(asked[False])) == (422, True)


def test_a_code_is_told_five_times_at_most(app, ana):
    """Takeover: after five wrong tries the right one counts no more."""
    desk = asks(app)
    code, page = code_on(desk.last), desk.last
    for _ in range(5):
        desk.last = page
        assert desk.send("Sign in", code=another(code)).status_code == 422
    desk.last = page
    assert "That code is over." in text_of(desk.send("Sign in", code=code))


def test_codes_come_slower_for_a_contact_and_for_an_address(app, ana, clock):
    """Takeover: each code of the hour doubles the wait of a contact, and after ten, that of an address."""
    heard = []
    for number in range(7):
        asks(app, address=f"10.0.1.{number}")
        heard.append(waits(asks(app, address=f"10.0.2.{number}")))
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
        desk = asks(app, address=f"10.1.0.{number}")
        if waits(desk) == 0:
            wrong = another(code_on(desk.last))
            for _ in range(5):
                desk.last = desk.open("/me/code")
                desk.send("Sign in", code=wrong)
        clock.move(MINUTE)
    clock.move(10 * MINUTE)
    desk = asks(app)
    assert is_in(desk.send("Sign in", code=code_on(desk.last)))


def test_strangers_hear_what_members_hear(app, make, statements):  # noqa: F811 - the fixture
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
    desk = asks(app)
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


def test_who_had_a_contact_stops_the_thief(app, club, ana, clock):
    """Draining after a contact change: the notice freezes at once, for good, and nothing left meanwhile."""
    clock.move(START.replace(hour=12))
    thief = Reader(app, ana)
    thief.open("/me/profile/contact/phone")
    thief.send("Change it", code=code_on(thief.send("Send the code", contact=NEW)))
    assert ana.redeem(10, expect=422)["code"] == "spend_locked"
    room = app.extensions["loyalty"]
    app.extensions["loyalty"] = replace(room, settings=replace(room.settings, public_url="http://localhost"))
    with mailbox() as box, app.app_context():
        assert write_and_send(rooms(), {"email": Email(box.url, "club@example.org")}) == 1
    [(to, _)], link = box.taken, re.search(r"/me/freeze/[\w-]+", box.texts[0]).group()
    assert to == "ana@example.org"
    member = Desk(app)
    assert "Was it not you?" in text_of(member.open(link))
    assert is_in(thief.open("/me/")), "looking at the page changes nothing"
    assert "Your points are frozen" in text_of(member.send("Freeze my points now"))
    assert thief.open("/me/").request.path == "/me/sign-in"
    clock.move(3 * DAY)
    assert ana.redeem(10, expect=422)["code"] == "spend_locked", "the day is over, the freeze is not"
    again = asks(app, NEW)
    again.send("Sign in", code=code_on(again.last))
    for path in ("/contact/email", "/erase"):
        assert again.open(f"/me/profile{path}").status_code == 422
    again.open("/me/profile/lock")
    assert "Unlock my points" not in text_of(again.last)
    club.run("members", "unfreeze", ana.member_id, "--reason", "passport seen")
    ana.redeem(10)


def test_a_freeze_link_is_genuine_and_young(app, ana, clock):
    """Draining after a contact change: a forged or old link, or one of who is forgotten, does nothing."""
    key, member_id = app.extensions["loyalty"].settings.freeze_keys[0], ids.from_text(ana.member_id)
    good, desk = freeze_token(key, member_id, clock.now()), Desk(app)
    page = desk.open(f"/me/freeze/{good}")
    forged = freeze_token(b"x" * 32, member_id, clock.now())
    for token in ("x", "a" * 300, forged, good[:-2], freeze_token(key, member_id, clock.now() - LIFE)):
        refused = desk.open(f"/me/freeze/{token}")
        assert (refused.status_code, "This link is over" in text_of(refused)) == (404, True)
    desk.last = page
    clock.move(LIFE)
    assert desk.send("Freeze my points now").status_code == 404
    reader = Reader(app, ana)
    reader.open("/me/profile/erase")
    desk.last = page
    gone = desk.open(f"/me/freeze/{freeze_token(key, member_id, clock.now())}")
    reader.send("Erase my data", word="ERASE")
    assert gone.status_code == 200
    assert desk.send("Freeze my points now").status_code == 404
    with app.app_context(), reading() as session:
        assert session.execute(text("SELECT frozen_at FROM member")).all() == [(None,)]


def test_the_lock_holds_at_every_way_out_of_a_page(app, club, ana, clock):
    """Draining after a contact change: locked, paused or frozen, no page lets points out or forfeits them."""
    other, reader = club.shopper(name="Bea"), Reader(app, ana)
    reader.open("/me/profile/erase")
    page, states = reader.last, ("spend_locked_at", "frozen_at", "spend_paused_until")
    reader.open("/me/rewards/massage/buy")
    buying = reader.last
    for column in states:
        with app.app_context():
            until = {"at": (clock.now() + DAY).replace(tzinfo=None)}
            reset = ", ".join(f"{one} = NULL" for one in states)
            carry_out(lambda rows, told=reset: rows.execute(text(f"UPDATE member SET {told}")))
            carry_out(
                lambda rows, told=column, until=until: rows.execute(
                    text(f"UPDATE member SET {told} = :at"), until
                )
            )
        reader.last = page
        assert reader.send("Erase my data", word="ERASE").status_code == 422
        reader.last = buying
        assert reader.send("Pay").status_code == 422
        assert ana.redeem(10, expect=422)["code"] == "spend_locked"
        wish = {"from": ana.member_id, "to": other.member_id, "unit": "reward", "points": 50}
        assert ana.tell("/transfers", wish | {"reference": column}, 422)["code"] == "spend_locked"
    assert ana.figures()[0] == 500
