"""The door of the members' pages: a code arrives by real mail, and lets a member in (M5, M10)."""

import re
from datetime import timedelta
from time import monotonic, sleep

import pytest
from sqlalchemy import text

from loyalty.db import reading
from tests.letterbox import mailbox
from tests.pages.desk import Desk, text_of
from tests.pages.own import by_mail
from tests.pages.reader import Reader

MEMBERSHIP = {
    "code": "membership", "name": {"zh": "会员信息", "en": "Your membership"}, "needed_to_join": True,
    "text": {"zh": "同意保存。", "en": "The club may keep it."}, "recipient": "club", "data": "name, contact",
}  # fmt: skip


@pytest.fixture
def box(app):
    """A real mail server, which the application's settings name."""
    with mailbox() as one:
        by_mail(app, one.url)
        yield one


def code_in(box, number=1):
    """The digits of the letter of that number, once it has arrived."""
    latest = monotonic() + 10
    while len(box.taken) < number and monotonic() < latest:
        sleep(0.01)
    return re.search(r"\b[0-9]{6}\b", box.texts[number - 1]).group()


def at_the_door(app, contact, language="en"):
    """A browser that asked for a code."""
    desk = Desk(app, language)
    desk.open("/me/")
    desk.send("Send the code" if language == "en" else "发送验证码", contact=contact)
    return desk


def test_a_session_opens_the_members_pages_and_no_session_leads_to_the_door(app, make):
    make.club()
    ana = make.shopper()
    assert "Sign in" in text_of(app.test_client().get("/me/", follow_redirects=True))
    assert Reader(app, ana).open("/me/").status_code == 200


@pytest.mark.parametrize(
    ("told", "said"),
    [({}, "Good to see you."), ({"club.motto": {"zh": "一诺千金", "en": "We keep it"}}, "We keep it")],
)
def test_the_door_says_what_the_club_says_of_itself(app, make, told, said):
    make.club(**told)
    assert said in text_of(app.test_client().get("/me/sign-in"))


@pytest.mark.parametrize("typed", ["ana@example.org", " Ana@Example.org "])
def test_m5_a_code_that_came_by_mail_lets_a_member_in_once(app, make, box, typed):
    make.club()
    make.shopper(email="ana@example.org")
    desk = at_the_door(app, typed)
    code = code_in(box)
    assert box.taken[0][0] == "ana@example.org"
    assert "My card" in text_of(desk.send("Sign in", code=f"{code[:3]} {code[3:]}"))
    assert "My card" in text_of(desk.open("/me/"))
    again = at_the_door(app, "ana@example.org")
    assert "You can ask for another in 30 seconds." in text_of(again.last)


def test_m5_members_who_share_a_contact_say_which_card_is_theirs(app, make, box, clock):
    make.club()
    ana, son = (make.shopper(email="family@example.org", name=name) for name in ("Ana", "Rui"))
    desk = at_the_door(app, "family@example.org")
    assert "Which card is yours?" in text_of(desk.send("Sign in", code=code_in(box)))
    assert "does not belong" in text_of(desk.send("Sign in", card="7000000000000000"))
    fours = " ".join(son.card[place : place + 4] for place in range(0, 16, 4))
    assert "My card" in text_of(desk.send("Sign in", card=fours))
    clock.move(clock.now() + timedelta(minutes=2))
    other = at_the_door(app, "family@example.org")
    other.send("Sign in", code=code_in(box, 2))
    assert "Rui" in text_of(other.last), "a verified login is one member's"
    assert ana.card not in other.last.text


def test_a_wrong_code_says_how_many_tries_are_left(app, make, box):
    make.club()
    make.shopper(email="ana@example.org")
    desk = at_the_door(app, "ana@example.org", "zh")
    code = code_in(box)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "还可以试 4 次" in text_of(desk.send("登录", code=wrong))
    assert "我的卡" in text_of(desk.send("登录", code=code))


def test_m10_somebody_new_joins_where_the_club_is_open_with_the_consents_it_needs(app, make, box):
    make.club(**{"club.joining": "open", "consent": [MEMBERSHIP]})
    desk = at_the_door(app, "new@example.org")
    assert "Join the club" in text_of(desk.send("Sign in", code=code_in(box)))
    refused = desk.send("Join", name="", birth_date="1990-02-30")
    assert refused.status_code == 422
    for words in ("type your name", "type a day", "Nobody can join without"):
        assert words in text_of(refused)
    joined = text_of(desk.send("Join", name="Nuno Alves", birth_date="1990-02-28", consent="membership"))
    assert "Nuno Alves" in joined
    found = make.till().post("/members/lookup", {"email": "new@example.org"}).json
    [given] = found["consents"]
    assert (given["purpose"], given["channel"], given["language"]) == ("membership", "page", "en")


def test_who_presses_join_twice_at_once_joins_once_and_is_home(app, make, box, clock):
    """The second press still has the cookie from before the first, whose answer the browser throws away."""
    make.club(**{"club.joining": "open"})
    desk = at_the_door(app, "new@example.org")
    page = desk.send("Sign in", code=code_in(box))
    cookie = desk.client.get_cookie("loyalty", domain="localhost").value
    assert "Nuno Alves" in text_of(desk.send("Join", name="Nuno Alves"))
    assert desk.open("/me/join").request.path == "/me/", "who is in has nothing to join"
    for late, words in ((timedelta(0), "Nuno Alves"), (timedelta(minutes=2), "That code is over")):
        clock.move(clock.now() + late)
        again = Desk(app)
        again.client.set_cookie("loyalty", cookie, domain="localhost")
        again.last = page
        assert words in text_of(again.send("Join", name="Nuno Alves"))
    with app.app_context(), reading() as rows:
        assert rows.execute(text("SELECT count(*) FROM member")).scalar_one() == 1


def test_nobody_joins_where_the_club_is_closed_and_a_stranger_hears_the_same_as_a_member(app, make, box):
    make.club()
    make.shopper(email="ana@example.org")
    member, stranger = (at_the_door(app, who) for who in ("ana@example.org", "who@example.org"))
    said = [text_of(one.last).replace(who, "…") for one, who in
            ((member, "ana@example.org"), (stranger, "who@example.org"))]  # fmt: skip
    assert said[0] == said[1]
    code_in(box)
    assert [to for to, _ in box.taken] == ["ana@example.org"]


@pytest.mark.parametrize("typed", ["", "12", "ana@", "@example.org", "a b@example.org", "x" * 300])
def test_what_is_neither_a_number_nor_an_address_is_refused(app, make, typed):
    make.club()
    desk = at_the_door(app, typed)
    assert desk.last.status_code == 422
    assert "Please type a phone number or an email." in text_of(desk.last)


def test_where_no_programme_is_published_the_door_says_so(app):
    answer = app.test_client().get("/me/sign-in")
    assert answer.status_code == 422
    assert "The club is not open yet." in answer.text
