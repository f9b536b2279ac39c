"""Attacks on the members' pages: what nobody types by hand, and ways in that are not one's own."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from loyalty.app import create_app
from loyalty.db import db, reading
from tests.databases import settings_for
from tests.guarding import patch
from tests.makers import Maker
from tests.pages import gives, shop
from tests.pages.desk import Desk, text_of
from tests.pages.own import asks, code_on, developing
from tests.pages.reader import Reader

OLD = "+8613800138000"
NASTY = [
    "\x00", "a\x00b@example.org", "9" * 40, "2026-02-30", "0001-01-01", "9999-12-31", "0000-01", "9999-12",
    "99999999999999999-999999999999999999", "7zzzzzzzzzzzz-7zzzzzzzzzzzz", "\u202e<b>'\"{nb}", "%ff%fe",
]  # fmt: skip
FIELDS = [
    "q", "kind", "from", "to", "unit", "before", "month", "language", "size", "next", "contact", "code",
    "card", "name", "birth_date", "consent", "place", "day", "time", "guests", "relation", "policy", "key",
    "points", "format", "word", "purpose", "recipient", "act", "lines", "city", "country", "postcode",
    "region", "wanted", "wait",
]  # fmt: skip
GOOD = {"place": "c1", "day": "2026-04-20", "time": "10:30", "consent": "1", "key": "k", "name": "Bea"}


@pytest.fixture
def club(app, make, clock):
    """A club that gives and sells, which strangers may join."""
    developing(app)
    gives.open_club(make, clock, **{"reward": shop.ALL, "club.joining": "open"})
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone=OLD, email="ana@example.org")
    ana.adjust(5000)
    return ana


def addresses(app, event, value):
    """Every page of members with its method: as it is meant, and with a value in its address."""
    real = {"code": "check", "event_id": event, "month": "2026-03", "kind": "phone", "purpose": "earn"}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/me/") or rule.endpoint == "me.go_out":
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            meant = re.sub(r"<(?:[^:>]*:)?([a-z_]+)>", lambda one: real.get(one[1], "1-1"), rule.rule)
            yield method, meant
            if rule.arguments:
                yield method, re.sub("<[^>]*>", value, rule.rule)


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_whatever_is_typed_into_an_address_or_a_form_no_page_breaks(app, club, ana, value):
    event = gives.announce(club)
    told = value if value.startswith("%") else quote(value, safe="")
    everywhere = "&".join(f"{name}={told}" for name in FIELDS)
    reader, broken = Reader(app, ana), []
    token = re.search('name="csrf_token" value="([^"]+)"', reader.open("/me/profile/lock").text).group(1)
    for method, path in addresses(app, event, told):
        bodies = [everywhere]
        if path.endswith("/book") and method == "POST":  # one bad field among good ones
            bodies += ["&".join(f"{k}={told if k == bad else v}" for k, v in GOOD.items()) for bad in GOOD]
        for body in bodies:
            with reader.client.session_transaction() as cookie:
                kept = dict(cookie)
            if method == "GET":
                answer = reader.client.get(f"{path}?{body}")
            else:
                answer = reader.client.post(
                    path, data=f"csrf_token={token}&{body}", content_type="application/x-www-form-urlencoded"
                )
            if answer.status_code >= 500 or answer.status_code == 400:
                shown = "" if body == everywhere else body[:80]
                broken.append((method, path[:60], shown, answer.status_code))
            with reader.client.session_transaction() as cookie:
                cookie.update(kept)
    assert broken == []


@pytest.mark.parametrize("contact", [f"a{sign}b@example.org" for sign in "\x00\n\t\u202e"])
def test_no_sign_of_control_gets_into_a_contact(app, club, contact):
    desk = Desk(app)
    desk.open("/me/sign-in")
    answer = desk.send("Send the code", contact=contact)
    assert answer.status_code == 422
    assert "Please type a phone number or an email." in text_of(answer)


@pytest.mark.parametrize("month", ["0000-01", "0001-01", "9999-12"])
def test_months_that_no_calendar_of_ours_holds_are_refused(app, club, ana, month):
    reader = Reader(app, ana)
    for name in ("from", "to"):
        answer = reader.open(f"/me/points?{name}={month}")
        assert answer.status_code == 422
        assert "Please choose a month." in text_of(answer)
    assert reader.open(f"/me/points/statement/{month}.pdf").status_code == 404
    assert reader.open(f"/me/points/statement?month={month}").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "2026-03-17"])
def test_a_visit_is_not_booked_for_a_day_that_has_been(app, club, ana, day):
    reader = Reader(app, ana)
    reader.open("/me/benefits/spa/book")
    answer = reader.send("Book", day=day, time="00:00")
    assert answer.status_code == 422
    assert "That time has passed. Please choose a later one." in text_of(answer)


def begins(app, contact):
    """A browser at the door that has typed a contact; what it shows."""
    desk = Desk(app)
    desk.open("/me/")
    return desk, desk.send("Send the code", contact=contact)


def test_m5_who_has_a_number_that_was_somebody_elses_signs_in_by_it(app, club, ana, clock):
    desk, asked = begins(app, OLD)
    assert "Ana Silva" in text_of(desk.send("Sign in", code=code_on(asked)))
    patch(ana, phone="+8613700137000")
    clock.move(timedelta(days=90))
    club.shopper(name="Bea", phone=OLD)
    desk, asked = begins(app, OLD)
    assert "Bea" in text_of(desk.send("Sign in", code=code_on(asked)))


def test_m5_nobody_joins_again_by_the_contact_of_a_member(app, club, ana):
    club.shopper(name="Bea", email="ana@example.org")
    desk, asked = begins(app, "ana@example.org")
    assert "Which card is yours?" in text_of(desk.send("Sign in", code=code_on(asked)))
    desk.open("/me/join")
    before = count(app, "member")
    answer = desk.send("Join", name="Ana Again")
    assert (answer.status_code, count(app, "member")) == (422, before)
    assert "Already a member." in text_of(answer)


def test_a_card_with_a_sign_of_control_is_nobodys(app, club, ana):
    club.shopper(name="Bea", email="ana@example.org")
    desk, asked = begins(app, "ana@example.org")
    desk.send("Sign in", code=code_on(asked))
    answer = desk.send("Sign in", card="\x00")
    assert answer.status_code == 422
    assert "does not belong to that contact" in text_of(answer)


def count(app, table):
    """How many rows a table has."""
    with app.app_context(), reading() as rows:
        return rows.execute(text(f"SELECT count(*) FROM {table}")).scalar()


def test_a_stranger_who_asks_for_codes_again_and_again_keeps_no_member_out(app, club, ana, clock):
    stranger, owner = Desk(app), Desk(app)
    stranger.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for _ in range(7):
        stranger.open("/me/sign-in")
        stranger.send("Send the code", contact=OLD)
        clock.move(timedelta(minutes=10))
    stranger.open("/me/sign-in")
    assert stranger.send("Send the code", contact=OLD).status_code == 200
    stranger.open("/me/sign-in")
    assert "another in 600 seconds" in text_of(stranger.send("Send the code", contact=OLD))
    owner.open("/me/sign-in")
    assert "another in 60 seconds" in text_of(owner.send("Send the code", contact=OLD))
    clock.move(timedelta(minutes=1))
    owner.open("/me/sign-in")
    code = code_on(owner.send("Send the code", contact=OLD))
    assert "Ana Silva" in text_of(owner.send("Sign in", code=code))


def test_behind_a_proxy_every_member_still_has_an_address_of_their_own(database, clock):
    app = create_app(settings_for(database, env="development", proxies=1), clock)
    Maker(app, clock).club()
    for no in range(12):
        desk = Desk(app)
        desk.headers["X-Forwarded-For"] = f"198.51.100.1, 203.0.113.{no}"  # the first is what a client claims
        desk.open("/me/sign-in")
        assert desk.send("Send the code", contact=f"who{no}@example.org").request.path == "/me/code", no
    with app.app_context():
        db.engine.dispose()


def test_a_statement_of_many_lines_asks_the_books_no_more_often(app, club, ana, statements):
    for points in range(1, 61):
        ana.adjust(points)
    reader = Reader(app, ana)
    statements.clear()
    assert reader.open("/me/points/statement/2026-03.pdf").status_code == 200
    assert len(shop.asked(statements)) <= 8


def test_m5_a_code_told_by_many_at_once_lets_one_in(app, club, ana):
    desk, asked = begins(app, OLD)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = desk.client.get_cookie(name).value
    token = re.search('name="csrf_token" value="([^"]+)"', asked.text).group(1)

    def tell(_):
        client = app.test_client()
        client.set_cookie(name, cookie)
        return client.post("/me/code", data={"csrf_token": token, "code": code_on(asked)}).status_code

    with ThreadPoolExecutor(6) as many:
        assert sorted(many.map(tell, range(6))) == [303] + [422] * 5
    assert count(app, "member_session") == 1


def test_no_form_of_members_is_taken_without_its_token_or_from_elsewhere(app, club, ana):
    reader = Reader(app, ana)
    token = re.search('name="csrf_token" value="([^"]+)"', reader.open("/me/profile/lock").text).group(1)
    paths = [path for method, path in addresses(app, "1", "1-1") if method == "POST"]
    assert len(paths) > 20
    for path in paths:
        assert reader.client.post(path).status_code in (400, 404), path
        foreign = reader.client.post(
            path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert foreign.status_code in (403, 404), path


def test_m5_two_browsers_that_prove_one_contact_at_once_make_one_member(app, make, clock):
    developing(app)
    make.club(**{"club.joining": "open"})
    desks = []
    for address in ("10.0.0.1", "10.0.0.2"):
        clock.move(timedelta(minutes=1))
        desk = asks(app, "new@example.org", address)
        desk.send("Sign in", code=code_on(desk.last))
        desks.append(desk)

    with ThreadPoolExecutor(2) as both:
        seen = list(both.map(lambda desk: desk.send("Join", name="Nuno Alves"), desks))
    assert count(app, "member") == 1
    assert sorted(answer.status_code for answer in seen) == [200, 422]
