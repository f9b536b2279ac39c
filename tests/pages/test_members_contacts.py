"""A member changes a contact: both ends are proven, whoever had it is told, points rest (M5)."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty.db import reading
from tests.letterbox import letters_kept
from tests.pages.desk import Desk, text_of
from tests.pages.own import A_WHILE, another, code_on, developing
from tests.pages.reader import Reader

OLD, NEW = "+8613800138000", "+8613900139000"


@pytest.fixture
def club(app, make):
    developing(app)
    make.club()
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone=OLD, email="ana@example.org")
    ana.adjust(500)
    return ana


def asks(reader, contact, kind="phone"):
    """Type a new contact; what is answered."""
    reader.open(f"/me/profile/contact/{kind}")
    return reader.send("Send the code", contact=contact)


def changes(reader, contact, kind="phone"):
    """Type a new contact, and the code that went to it."""
    return reader.send("Change it", code=code_on(asks(reader, contact, kind)))


def comes_in(app, contact):
    """Somebody signs in by a contact; what they see."""
    desk = Desk(app)
    desk.open("/me/")
    return desk.send("Sign in", code=code_on(desk.send("Send the code", contact=contact)))


def rows(app, query):
    with app.app_context(), reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_m5_a_new_phone_is_proven_told_to_the_old_ones_and_signs_in(app, club, ana, clock):
    reader, other = Reader(app, ana), Reader(app, ana)
    seen = text_of(changes(reader, "+86 139-0013 9000"))
    assert "Changed. Other devices are signed out, and points cannot be used for 24 hours." in seen
    assert "+86 139 0013 9000" in seen
    assert ana.look("")["phone"] == NEW
    assert "Sign in" in text_of(other.open("/me/profile")), "another device is out"
    assert sorted(letters_kept(app, "kind, channel, to_address")) == [
        ("contact_changed", "email", "ana@example.org"), ("contact_changed", "phone", OLD)
    ]  # fmt: skip
    assert ana.redeem(10, expect=422)["code"] == "spend_locked"
    assert "rest until 6 January 2026" in text_of(reader.open("/me/profile"))
    clock.move(timedelta(hours=24))
    ana.redeem(10)
    assert "Ana Silva" in text_of(comes_in(app, NEW))
    assert "No member has this contact" in text_of(comes_in(app, OLD))


def test_an_address_is_added_in_chinese(app, club):
    ana = club.shopper(phone=OLD)
    reader = Reader(app, ana, "zh")
    assert "添加邮箱" in text_of(reader.open("/me/profile/contact/email"))
    reader.send("发送验证码", contact="Ana@Example.org")
    assert "已修改" in text_of(reader.send("确认修改", code=code_on(reader.last)))
    assert ana.look("")["email"] == "ana@example.org"


def test_m5_the_answer_is_the_same_for_a_contact_that_somebody_else_has(app, club, ana, statements):
    club.shopper(name="Bea", phone=NEW)
    told, counted = [], []
    for contact in (NEW, "+8613700137000"):
        reader = Reader(app, ana)
        reader.open("/me/profile/contact/phone")
        statements.clear()
        answer = reader.send("Send the code", contact=contact)
        counted.append(len(statements))
        told.append(text_of(answer).replace(contact, "…").replace(code_on(answer), "…"))
    assert told[0] == told[1]
    assert counted[0] == counted[1]


def test_m5_families_share_a_phone_and_whoever_proved_it_keeps_their_way_in(app, club, ana, clock):
    bea = club.shopper(name="Bea", phone=NEW)
    comes_in(app, NEW)
    clock.move(timedelta(minutes=2))
    reader = Reader(app, ana)
    refused = changes(reader, NEW)
    assert (refused.status_code, ana.look("")["phone"]) == (422, OLD)
    assert "Another member signs in by this number." in text_of(refused)
    assert letters_kept(app) == []
    clock.move(timedelta(minutes=2))
    assert "Bea" in text_of(comes_in(app, NEW))
    assert "Changed" in text_of(changes(Reader(app, bea), "+8613700137000"))
    clock.move(timedelta(minutes=10))
    assert "Changed" in text_of(changes(Reader(app, ana), NEW)), "who has it no more keeps nothing"
    clock.move(timedelta(minutes=10))
    assert "Ana Silva" in text_of(comes_in(app, NEW))


def test_a_contact_that_a_member_has_and_never_proved_is_taken_by_who_proves_it(app, club, ana):
    bea = club.shopper(name="Bea", phone=NEW)
    assert "Changed" in text_of(changes(Reader(app, ana), NEW))
    assert bea.look("")["phone"] == NEW, "families share phones"


@pytest.mark.parametrize(
    ("which", "typed", "said"),
    [
        ("phone", "12", "Please type a phone number"),
        ("phone", "ana@example.org", "Please type a phone number"),
        ("phone", "0086 138 0013 8000", "That is what the club has already."),
        ("email", OLD, "Please type an email address"),
        ("email", " ANA@example.org", "That is what the club has already."),
    ],
)
def test_what_cannot_be_a_new_contact_is_refused_in_its_place(app, ana, which, typed, said):
    refused = asks(Reader(app, ana), typed, which)
    assert (refused.status_code, said in text_of(refused)) == (422, True)


def test_a_wrong_code_changes_nothing_and_the_fifth_ends_it(app, ana):
    reader = Reader(app, ana)
    wrong = another(code_on(asks(reader, NEW)))
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        refused = reader.send("Change it", code=wrong)
        assert (refused.status_code, f"{left} left" in text_of(refused)) == (422, True)
    assert "That code is over." in text_of(reader.send("Change it", code=wrong))
    assert ana.look("")["phone"] == OLD
    assert "30 seconds" in text_of(asks(reader, NEW))


def test_a_code_is_good_for_ten_minutes(app, ana, clock):
    reader = Reader(app, ana)
    code = code_on(asks(reader, NEW))
    clock.move(timedelta(minutes=10))
    assert "That code is over." in text_of(reader.send("Change it", code=code))


def test_a_code_of_another_kind_or_none_leads_back(app, ana):
    reader = Reader(app, ana)
    asks(reader, NEW)
    assert "Change my email address" in text_of(reader.open("/me/profile/contact/email/code"))
    assert "Change my phone number" in text_of(Reader(app, ana).open("/me/profile/contact/phone/code"))


@pytest.mark.parametrize("way", ["phone", "email"])
def test_m5_after_a_while_an_old_contact_is_proven_first(app, ana, clock, way):
    reader = Reader(app, ana)
    clock.move(A_WHILE)
    asked = reader.open("/me/profile/contact/phone")
    assert "Is it you?" in text_of(asked)
    assert ("****8000" in asked.text, "a****@example.org" in asked.text) == (True, True)
    code = code_on(reader.send("Send the code", kind=way))
    assert "4 tries left" in text_of(reader.send("Go on", code=another(code)))
    assert "New phone number" in text_of(reader.send("Go on", code=code))
    assert "Changed" in text_of(changes(reader, NEW))


def test_a_stale_session_sends_no_code_to_a_new_contact(app, ana, clock):
    reader = Reader(app, ana)
    reader.open("/me/profile/contact/phone")
    clock.move(A_WHILE)
    assert "Is it you?" in text_of(reader.send("Send the code", contact=NEW))
    assert rows(app, "SELECT count(*) FROM one_time_code") == [(0,)]


def test_a_code_to_a_contact_that_is_gone_meanwhile_proves_nothing(app, ana, clock):
    reader = Reader(app, ana)
    clock.move(A_WHILE)
    reader.open("/me/profile/contact/phone")
    code = code_on(reader.send("Send the code", kind="email"))
    etag = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    ana.till.send("PATCH", f"/members/{ana.member_id}", {"email": "new@example.org"}, if_match=etag)
    refused = reader.send("Go on", code=code)
    assert (refused.status_code, "That code is over." in text_of(refused)) == (422, True)


def test_who_has_no_contact_any_more_is_sent_to_the_counter(app, club, clock):
    eva = club.shopper()
    reader = Reader(app, eva)
    clock.move(A_WHILE)
    asked = text_of(reader.open("/me/prove?next=phone"))
    assert "bring a document to the desk" in asked
    assert "Send the code" not in asked


def test_a_proof_leads_nowhere_but_to_pages_of_ours(app, ana):
    reader = Reader(app, ana)
    reader.open("/me/prove?next=https://example.org/")
    code = code_on(reader.send("Send the code", kind="email"))
    gone = reader.send("Go on", code=code)
    assert gone.request.path == "/me/profile"
    reader.open("/me/prove")
    assert "choose where the code goes" in text_of(reader.send("Send the code", kind="fax"))
