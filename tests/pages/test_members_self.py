"""The member as a person: address, letters, consents, devices, lock, data, being forgotten (M7, M9, M10)."""

import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from loyalty.db import carry_out, reading
from tests.guarding import Page, patch
from tests.pages.desk import text_of
from tests.pages.own import A_WHILE, code_on, developing
from tests.pages.places import LOUNGE
from tests.pages.reader import Reader
from tests.pages.test_members_door import MEMBERSHIP

NEWS = {
    "code": "news", "name": {"zh": "会刊", "en": "Magazine"}, "text": {"zh": "同意。", "en": "May be sent."},
    "recipient": "printer", "data": "name, address",
}  # fmt: skip
ELSEWHERE = {
    "purpose": "survey", "recipient": "Asker Ltd", "data": "phone", "text_sha256": "a" * 64,
    "language": "en", "channel": "paper",
}  # fmt: skip
PAGES = ("", "/messages", "/address", "/consents", "/devices", "/lock", "/data", "/erase", "/contact/phone")


@pytest.fixture
def club(app, make):
    developing(app)
    make.club(consent=[MEMBERSHIP, NEWS], benefit=[{**LOUNGE, "needs_consent": "news", "tiers": ["silver"]}])
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone="+8613800138000", email="ana@example.org", birth_date="1968-05-06", locale="en")
    ana.adjust(1500)
    return ana


def rows(app, query):
    with app.app_context(), reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_m5_ones_own_data_stands_there_whole(app, ana):
    seen = text_of(Reader(app, ana).open("/me/profile"))
    for words in (
        "Ana Silva",
        "+86 138 0013 8000",
        "ana@example.org",
        "6 May 1968",
        "With us since 5 January 2026",
    ):
        assert words in seen
    assert "1968年5月6日" in text_of(Reader(app, ana, "zh").open("/me/profile"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_asks_more_than_eight_things_of_the_database(app, club, ana, statements, clock, language):
    for _ in range(30):
        ana.buy("10.00")
        ana.redeem(1)
        clock.move(timedelta(days=1))
    for _ in range(10):
        reader = Reader(app, ana, language)
    for path in PAGES:
        statements.clear()
        answer = reader.open(f"/me/profile{path}")
        asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
        assert (answer.status_code, len(asked) <= 8) == (200, True), (path, asked)


def test_an_address_is_kept_as_the_api_has_it_and_removed_by_an_empty_form(app, ana):
    reader = Reader(app, ana)
    reader.open("/me/profile/address")
    street = "Rua Nova 5\r\n\r\n 2.º esq. "
    reader.send("Save", lines=street, city="Porto", postcode="4000-001", region="", country="PT")
    assert ana.look("")["address"] == {
        "lines": ["Rua Nova 5", "2.º esq."], "city": "Porto", "postcode": "4000-001", "country": "PT"
    }  # fmt: skip
    assert "Rua Nova 5 2.º esq. 4000-001 Porto" in text_of(reader.last)
    reader.open("/me/profile/address")
    assert "Rua Nova 5\n2.º esq.</textarea>" in reader.last.text
    reader.send("Save", lines="", city="", postcode="", country="PT")
    assert ana.look("")["address"] is None


@pytest.mark.parametrize(
    ("field", "filled"),
    [
        ("lines", {"lines": "a\nb\nc\nd\ne"}),
        ("lines", {"lines": "a" * 201}),
        ("lines", {"lines": "a\x07"}),
        ("lines", {"city": "Porto"}),
        ("city", {"lines": "a", "city": "x" * 81}),
        ("recipient", {"lines": "a", "recipient": "a\nb"}),
        ("country", {"lines": "a", "country": "ZZ"}),
    ],
)
def test_a1_a_faulty_address_says_which_field(app, ana, field, filled):
    reader = Reader(app, ana)
    reader.open("/me/profile/address")
    refused = reader.send("Save", **filled)
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert f'id="{field}-fault"' in refused.text
    assert ana.look("")["address"] is None


def test_post_that_came_back_is_told_until_the_address_changes(app, ana):
    patch(ana, address={"lines": ["Rua Velha 1"]})
    with app.app_context():
        carry_out(
            lambda rows: rows.execute(text("UPDATE person SET mail_returned_at = '2026-01-05 02:00:00'"))
        )
    reader = Reader(app, ana)
    assert "Post came back" in text_of(reader.open("/me/profile"))
    assert "came back" in text_of(reader.open("/me/profile/address"))
    assert "Post came back" not in text_of(reader.send("Save", lines="Rua Nova 5"))


def test_language_and_letters_are_the_members_to_say(app, ana):
    reader = Reader(app, ana)
    assert "Always: it keeps your points safe." in text_of(reader.open("/me/profile/messages"))
    after = reader.send("Save", language="zh", wanted="spent")
    assert "已保存" in text_of(after)
    assert "我的登记资料" in text_of(reader.open("/me/profile")), "the page speaks it, too"
    assert ana.look("")["locale"] == "zh-Hans-CN"
    [(unwanted,)] = rows(app, "SELECT unwanted_letters FROM member")
    assert (json.loads(unwanted) if isinstance(unwanted, str) else unwanted) == [
        "expiring_soon",
        "tier_changed",
    ]
    reader.open("/me/profile/messages")
    assert reader.send("保存", language="fr", wanted="contact_changed").status_code == 200
    assert ana.look("")["locale"] == "zh-Hans-CN"


def test_m10_a_consent_is_given_and_taken_back_in_the_words_shown(app, club, ana):
    gold = club.shopper()
    gold.adjust(2_100, unit="status")
    assert "Nothing that your card gives needs it." in text_of(Reader(app, gold).open("/me/profile/consents"))
    reader = Reader(app, ana)
    assert "Needed for: Lounge." in text_of(reader.open("/me/profile/consents"))
    assert "Allowed. Thank you." in text_of(reader.send("Allow it", purpose="news", recipient="printer"))
    [given] = ana.look("")["consents"]
    assert (given["text_sha256"], given["language"]) == (sha256(b"May be sent.").hexdigest(), "en")
    assert (given["channel"], given["withdrawn_at"]) == ("page", None)
    assert "these rest until you allow it again: Lounge." in text_of(reader.last)
    page = reader.last
    assert "Taken back." in text_of(reader.send("Take it back"))
    reader.last = page
    reader.send("Take it back")
    assert rows(app, "SELECT act FROM consent ORDER BY told_at, consent_id") == [("given",), ("withdrawn",)]
    assert ana.look("")["consents"][0]["withdrawn_at"] is not None
    assert "Taken back 5 January 2026" in text_of(reader.last)


def test_m10_what_membership_needs_is_taken_back_by_leaving_alone(app, ana):
    reader = Reader(app, ana)
    reader.open("/me/profile/consents")
    reader.send("Allow it", purpose="membership", recipient="club")
    assert "You take it back by leaving the club." in text_of(reader.last)
    reader.send("Allow it", purpose="news", recipient="printer")
    refused = reader.send("Take it back", purpose="membership", recipient="club")
    assert (refused.status_code, len(rows(app, "SELECT * FROM consent"))) == (404, 2)


def test_m10_a_consent_told_elsewhere_is_taken_back_and_not_given_again_without_its_words(app, ana):
    patch(ana, consents=[ELSEWHERE])
    reader = Reader(app, ana)
    seen = text_of(reader.open("/me/profile/consents"))
    assert "survey" in seen
    assert "Asker Ltd" in seen
    reader.send("Take it back")
    assert ana.look("")["consents"][0]["withdrawn_at"] is not None
    refused = reader.send("Allow it", purpose="survey", recipient="Asker Ltd")
    assert refused.status_code == 404


def test_devices_are_listed_and_end_one_by_one_or_all_at_once(app, ana, clock):
    one, two, three = (Reader(app, ana) for _ in range(3))
    clock.move(timedelta(minutes=2))
    seen = text_of(one.open("/me/profile/devices"))
    assert (seen.count("Chrome · Android"), seen.count("This device")) == (3, 1)
    assert "That device is signed out." in text_of(one.send("Sign this one out"))
    alive = [reader for reader in (two, three) if "Ana Silva" in text_of(reader.open("/me/profile"))]
    assert len(alive) == 1, "the one that ended is out at its next request"
    one.open("/me/profile/devices")
    assert "All other devices are signed out." in text_of(one.send("Sign all others out"))
    assert "Sign all others out" not in text_of(one.last)
    assert "Sign in" in text_of(alive[0].open("/me/profile"))
    assert "Sign in" in text_of(one.send("Sign out"))
    assert "Sign in" in text_of(one.open("/me/profile"))


def test_points_are_locked_by_one_tap_and_unlocked_by_a_code(app, ana, clock):
    reader = Reader(app, ana)
    reader.open("/me/profile")
    assert "Your points stay until you unlock them" in text_of(reader.send("Lock my points"))
    assert ana.redeem(10, expect=422)["code"] == "spend_locked"
    ana.buy("10.00")
    clock.move(A_WHILE)
    assert "Is it you?" in text_of(reader.send("Unlock my points"))
    code = code_on(reader.send("Send the code", kind="phone"))
    assert "To unlock them we send you a code." in text_of(reader.send("Go on", code=code))
    assert "Your points can be used again." in text_of(reader.send("Unlock my points"))
    ana.redeem(10)


def test_who_is_frozen_goes_to_the_counter_first(app, ana, clock):
    reader = Reader(app, ana)
    Page(app, clock, ana).lock()
    reader.open("/me/profile")
    page = reader.last
    Page(app, clock, ana).freeze()
    for path in ("", "/lock"):
        assert "bring a document to the desk" in text_of(reader.open(f"/me/profile{path}"))
    for path in ("/contact/phone", "/contact/email", "/erase"):
        refused = reader.open(f"/me/profile{path}")
        assert (refused.status_code, "Frozen since" in text_of(refused)) == (422, True)
    reader.last = page
    assert reader.send("Unlock my points").status_code == 422
    reader.open("/me/profile/data")
    assert reader.send("As tables (CSV)").status_code == 422


def test_m7_everything_is_taken_along_as_json_or_tables(app, ana, clock):
    reader = Reader(app, ana)
    reader.open("/me/profile/data")
    told = reader.send("As tables (CSV)", format="json")
    assert json.loads(told.data)["person"][0]["name"] == "Ana Silva"
    reader.open("/me/profile/data")
    with zipfile.ZipFile(io.BytesIO(reader.send("As tables (CSV)", format="csv").data)) as sheets:
        assert "Ana Silva" in sheets.read("person.csv").decode()
    assert "attachment" in reader.last.headers["Content-Disposition"]
    reader.open("/me/profile/data")
    clock.move(A_WHILE)
    assert "Is it you?" in text_of(reader.send("As tables (CSV)"))


@pytest.mark.parametrize(("language", "word"), [("en", "erase"), ("zh", "注销")])
def test_m7_a_member_is_forgotten_on_their_wish(app, ana, clock, language, word):
    reader, other = Reader(app, ana, language), Reader(app, ana)
    button, bye = {"en": ("Erase my data", "Farewell"), "zh": ("确认注销", "再见")}[language]
    assert "1,500" in text_of(reader.open("/me/profile/erase"))
    assert reader.send(button, word="yes").status_code == 422
    ana.look("")
    assert bye in text_of(reader.send(button, word=word))
    assert ana.till.get(f"/members/{ana.member_id}").status_code == 404
    for one in (reader, other):
        assert one.open("/me/profile").request.path == "/me/sign-in"
    assert rows(app, "SELECT count(*) FROM member_session") == [(0,)]


def test_m7_points_that_a_till_holds_stand_in_the_way(app, ana):
    reader = Reader(app, ana)
    reader.open("/me/profile/erase")
    page = reader.last
    held = ana.hold(20)
    assert "A till has set some of your points aside." in text_of(reader.open("/me/profile/erase"))
    reader.last = page
    refused = reader.send("Erase my data", word="ERASE")
    assert (refused.status_code, "set some of your points aside" in text_of(refused)) == (422, True)
    ana.void(held)
    reader.open("/me/profile/erase")
    assert "Farewell" in text_of(reader.send("Erase my data", word="ERASE"))


def test_m7_what_keeps_points_in_keeps_them_from_being_forfeited(app, ana, clock):
    reader = Reader(app, ana)
    reader.open("/me/profile/erase")
    page = reader.last
    Page(app, clock, ana).lock()
    assert "Your points are locked or rest" in text_of(reader.open("/me/profile/erase"))
    reader.last = page
    assert reader.send("Erase my data", word="ERASE").status_code == 422
    assert ana.look("")["name"] == "Ana Silva"


def test_m9_who_is_suspended_sees_their_data_and_who_died_is_nobody_here(app, ana):
    reader = Reader(app, ana)
    for state, path in (("suspended", "/me/profile"), ("deceased", "/me/sign-in")):
        with app.app_context():
            carry_out(lambda rows, told=state: rows.execute(text(f"UPDATE member SET state = '{told}'")))
        assert reader.open("/me/profile").request.path == path
