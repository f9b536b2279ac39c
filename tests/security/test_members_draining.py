"""A thief who took a contact over gets no points out; whoever had it stops them by one press (M5)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import ids
from loyalty.channels import Email
from loyalty.db import carry_out, reading
from loyalty.jobs.letters import write_and_send
from loyalty.letters import LIFE, freeze_token
from loyalty.rooms import rooms
from tests.clocks import START
from tests.letterbox import mailbox
from tests.pages.desk import Desk, text_of
from tests.pages.own import asks, code_on, developing, is_in
from tests.pages.reader import Reader
from tests.pages.shop import MASSAGE

PHONE, NEW, DAY = "+8613800138000", "+8613900139000", timedelta(days=1)


def is_nobody(answer):
    """Whether a browser hears what a stranger hears."""
    return answer.request.path == "/me/nobody"


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
    assert not is_in(again.send("Sign in", code=code_on(again.last))), "it came with the notice"
    assert is_nobody(again.last)
    own = asks(app, "ana@example.org")
    assert is_in(own.send("Sign in", code=code_on(own.last))), "the contact that was there before signs in"
    for path in ("/contact/email", "/erase"):
        assert own.open(f"/me/profile{path}").status_code == 422
    own.open("/me/profile/lock")
    assert "Unlock my points" not in text_of(own.last)
    club.run("members", "unfreeze", ana.member_id, "--reason", "passport seen")
    ana.redeem(10)
    clock.move(DAY)
    again = asks(app, NEW)
    assert is_in(again.send("Sign in", code=code_on(again.last))), "the counter has seen whose it is"


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
        assert reader.send("Redeem").status_code == 422
        assert ana.redeem(10, expect=422)["code"] == "spend_locked"
        wish = {"from": ana.member_id, "to": other.member_id, "unit": "reward", "points": 50}
        assert ana.tell("/transfers", wish | {"reference": column}, 422)["code"] == "spend_locked"
    assert ana.figures()[0] == 500
