"""The door of the staff's pages: a link lets in the first, an invitation the next, both factors everybody."""

import re
from datetime import timedelta
from time import monotonic, sleep

from passlib.totp import TOTP

from tests.letterbox import mailbox
from tests.pages.colleagues import PASSWORD, Colleague, administrator
from tests.pages.desk import Desk, text_of
from tests.pages.own import by_mail

ADA = {"name": "Ada", "email": "Ada@Example.org", "password": PASSWORD, "password_again": PASSWORD}


def set_up_link(make):
    return re.search(r"/staff/enter/\S+", make.run("staff", "set-up").stdout).group()


def code_shown(app, desk):
    """What an app shows that was set up by the page at hand."""
    key = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", text_of(desk.last)).group().replace(" ", "")
    return TOTP(key).generate(time=app.extensions["loyalty"].clock.now()).token


def first(app, make):
    """The first administrator's browser, on the page of their recovery codes."""
    desk = Desk(app)
    desk.open(set_up_link(make))
    desk.send("Sign in", **ADA, code=code_shown(app, desk))
    return desk


def test_the_first_administrator_comes_by_a_link_that_works_once(app, make):
    link = set_up_link(make)
    desk = Desk(app)
    assert "first administrator" in text_of(desk.open(link))
    weak = desk.send("Sign in", **{**ADA, "password": "short", "password_again": "short"}, code="000000")
    assert (weak.status_code, "at least 12 characters" in text_of(weak)) == (422, True)
    wrong = desk.send("Sign in", **ADA, code="000000")
    assert "That is not the app's code." in text_of(wrong)
    shown = desk.send("Sign in", **ADA, code=code_shown(app, desk))
    assert len(re.findall(r"[2-9a-z]{4}(?:-[2-9a-z]{4}){3}", text_of(shown))) == 10
    assert "Good day, Ada" in text_of(desk.open("/staff"))
    assert "This link is over." in text_of(Desk(app).open(link))
    assert "there is an administrator" in make.run("staff", "set-up", exit_code=1).output


def test_a_set_up_link_lasts_a_day_and_the_next_one_ends_it(app, make, clock):
    earlier, link = set_up_link(make), set_up_link(make)
    assert "This link is over." in text_of(Desk(app).open(earlier))
    clock.move(timedelta(hours=24) - timedelta(seconds=1))
    assert Desk(app).open(link).status_code == 200
    clock.move(timedelta(seconds=1))
    assert "This link is over." in text_of(Desk(app).open(link))


def test_a_password_and_a_code_let_a_colleague_in(app, make, clock):
    make.club()
    lin = Colleague(app, "desk")
    desk = Desk(app)
    desk.open("/staff/people")
    assert desk.last.request.path == "/staff/sign-in"
    desk.send("Go on", email=" LIN@example.org", password=PASSWORD)
    assert desk.last.request.path == "/staff/sign-in/code"
    assert desk.send("Sign in", code="000000").status_code == 422
    inside = desk.send("Sign in", code=lin.code())
    assert (inside.status_code, inside.request.path) == (403, "/staff/people"), "where they were going"
    assert "Service desk" in text_of(desk.open("/staff"))
    desk.send("Sign out")
    assert desk.open("/staff").request.path == "/staff/sign-in"


def test_a_recovery_code_stands_in_for_the_app_once(app, make):
    lin = Colleague(app, "desk")
    for attempt in (1, 2):
        desk = Desk(app)
        desk.open("/staff/sign-in")
        desk.send("Go on", email=lin.email, password=PASSWORD)
        desk.send("Sign in", code=lin.recovery_codes[0].upper().replace("-", " "))
        assert ("Good day" in text_of(desk.last)) == (attempt == 1)


def test_whoever_is_invited_chooses_and_comes_in_with_their_roles(app, make):
    make.club()
    ada = administrator(app)
    ada.open("/staff/people")
    ada.open("/staff/people/invite")
    told = {"name": "Bo", "email": "bo@example.org", "role": "finance"}
    assert "choose at least one role" in text_of(ada.send("Make the link", name="Bo", email="bo@example.org"))
    made = ada.send("Make the link", **told)
    link = re.search(r'/staff/enter/[^"]+', made.text).group()
    assert "A colleague has this address already." in text_of(ada.post("/staff/people/invite", **told))
    bo = Desk(app)
    bo.open(link)
    bo.send("Sign in", password=PASSWORD, password_again=PASSWORD, code=code_shown(app, bo))
    assert "Recovery codes" in text_of(bo.last)
    assert "Finance" in text_of(bo.open("/staff"))
    assert bo.open("/staff/people").status_code == 403
    assert "Bo bo@example.org Finance active" in text_of(ada.open("/staff/people"))


def test_the_operator_makes_a_link_for_who_cannot_sign_in(app, make):
    ada = administrator(app)
    link = re.search(r"/staff/enter/\S+", make.run("staff", "reset", "ADA@example.org").stdout).group()
    assert ada.open("/staff").request.path == "/staff/sign-in"
    desk = Desk(app)
    desk.open(link)
    desk.send("Sign in", password=PASSWORD, password_again=PASSWORD, code=code_shown(app, desk))
    assert "Good day, Ada" in text_of(desk.open("/staff"))
    assert "ada@example.org  Ada" in make.run("staff", "list").stdout
    assert "nobody signs in" in make.run("staff", "reset", "who@example.org", exit_code=1).output


def test_a_way_in_is_sent_where_the_copy_can_write(app, make):
    with mailbox() as box:
        by_mail(app, box.url)
        ada = administrator(app)
        page = ada.post("/staff/people/invite", name="Bo", email="Bo@example.org", role="desk")
        link = re.search(r'/staff/enter/[^"]+', page.text).group()
        latest = monotonic() + 10
        while not box.taken and monotonic() < latest:
            sleep(0.01)
        assert box.taken[0][0] == "bo@example.org"
        assert link in box.texts[0]
