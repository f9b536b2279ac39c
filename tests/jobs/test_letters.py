"""Letters to members: who is told what, in which words, and who is not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from loyalty.db import carry_out
from loyalty.errors import Invalid
from loyalty.letters import LIFE, freeze_token, frozen_by
from tests.guarding import Page, patch
from tests.letterbox import NOON, letters_kept

DAY = timedelta(days=1)


def token_in(words):
    return re.search(r"https://club\.example\.org/me/freeze/([\w-]+)", words)[1]


def keys(app):
    return app.extensions["loyalty"].settings.freeze_keys


def test_what_was_spent_is_told_once_in_exact_words(box, ana, send):
    ana.redeem(320)
    assert (send(), send()) == (1, 0)
    [(to, message)] = box.taken
    assert (to, message["To"], message["From"]) == ("ana@example.org", "ana@example.org", "club@example.org")
    assert (message["Subject"], message["Auto-Submitted"]) == ("Points were spent", "auto-generated")
    assert message["Message-ID"].endswith("@example.org>")
    assert message.get_content().startswith("You spent 320 Points at 12:00 on 5 January 2026.")
    assert "https://club.example.org/me/profile" in message.get_content()


def test_points_passed_on_are_told_to_who_gave_them(club, box, ana, send):
    ben = club.shopper(email="ben@example.org", locale="en")
    body = {"from": ana.member_id, "to": ben.member_id, "unit": "reward", "points": 50, "reference": "t"}
    ana.tell("/transfers", body, 201)
    assert send() == 1
    assert [(to, message["Subject"]) for to, message in box.taken] == [
        ("ana@example.org", "Points were passed on")
    ]


def test_a_new_card_is_told_by_day_and_the_one_that_joining_brings_is_not(club, box, ana, send, clock):
    clock.move(NOON.replace(hour=22))
    ana.given("gold", NOON + 300 * DAY)
    assert (send(), box.taken) == (0, []), "nobody is woken for it"
    clock.move(NOON + timedelta(hours=21))
    assert send() == 1
    [words] = box.texts
    assert words.startswith("Your card is now Gold. It stays until ")


def test_a_member_reads_their_own_language_and_the_phone_where_there_is_no_mail(club, sms, send, clock):
    clock.move(datetime.now(UTC))  # the verifier looks at the machine's clock
    ana = club.shopper(phone="+8613800138000", locale="zh-CN")
    ana.adjust(100)
    ana.redeem(10)
    assert send() == 1
    [told] = sms.taken()
    assert told["to"] == "+8613800138000"
    assert told["text"].startswith("您于")
    assert "使用了积分 10" in told["text"]
    assert set(told) == {"to", "text", "message_id"}
    assert sms.heard[0][0]["target"] == "/sms?club=1"


def test_letters_that_are_not_wanted_do_not_come(app, clock, box, ana, send):
    page = Page(app, clock, ana)
    page.want("tier_changed")
    ana.redeem(10)
    assert send() == 0
    page.want("spent")
    ana.redeem(10)
    assert send() == 1
    assert letters_kept(app) == [("sent",)]


@pytest.mark.parametrize("wanted", ["contact_changed", "gossip"])
def test_notices_of_security_are_no_choice(app, clock, ana, wanted):
    with pytest.raises(Invalid):
        Page(app, clock, ana).want(wanted)


def test_a_changed_contact_is_told_to_the_old_one_and_to_the_other(app, club, box, sms, send, clock):
    clock.move(datetime.now(UTC))
    ana = club.shopper(email="ana@example.org", phone="+351912345678", locale="en")
    Page(app, clock, ana).want()
    patch(ana, email="thief@example.org")
    assert letters_kept(app, "to_address") == [("ana@example.org",), ("+351912345678",)]
    assert send() == 2
    assert [to for to, _ in box.taken] == ["ana@example.org"]
    assert [told["to"] for told in sms.taken()] == ["+351912345678"]
    words = box.texts[0]
    assert words.startswith("The email address of your membership was changed at ")
    assert token_in(words) == token_in(sms.taken()[0]["text"])
    assert letters_kept(app, "state, to_address") == [("sent", None)] * 2, "an old address is not kept"


def test_a_freeze_link_freezes_for_seven_days_and_forged_ones_never(app, box, ana, send, clock):
    patch(ana, email="thief@example.org")
    send()
    token, now = token_in(box.texts[-1]), clock.now()
    page = Page(app, clock, ana)
    assert frozen_by(keys(app), token, now) == (page.member_id, now)
    assert frozen_by(keys(app), token, now + LIFE - timedelta(seconds=1)) == (page.member_id, now)
    assert frozen_by(keys(app), token, now + LIFE) is None
    assert frozen_by(keys(app), token, now - timedelta(seconds=1)) is None
    assert frozen_by([b"another"], token, now) is None
    assert frozen_by([b"another", *keys(app)], token, now) == (page.member_id, now)
    for forged in (token[:-1], token + "A", "", "é", "A" * 64, "B" + token[1:], "====", token[::-1]):
        assert frozen_by(keys(app), forged, now) is None
    other = freeze_token(keys(app)[0], page.member_id + 1, now)
    assert frozen_by(keys(app), other[:20] + token[20:], now) is None
    page.freeze()
    clock.move(3 * DAY)
    assert ana.redeem(1, 422)["code"] == "spend_locked"


def test_the_core_systems_own_change_is_told_too(app, club, box, send, clock):
    core = club.shopper(email="ana@example.org", references=["C-1"], locale="en")
    core.adjust(100)

    def tell(version, **more):
        body = {"version": version, "name": "Ana Silva"} | more
        answer = core.till.send("PUT", "/customers/C-1", body)
        assert answer.status_code == 200, answer.json
        return answer.json

    tell(1, email="ANA@example.org")  # the same, written otherwise
    tell(2, email="other@example.org")
    assert core.redeem(1, 422)["code"] == "spend_locked"
    club.run("jobs", "post")
    told = [one for one in core.till.get("/events").json["items"] if one["type"].startswith("member.")]
    assert [one["data"] for one in told] == [{"contacts": ["email"]}]
    assert send() == 1
    club.run("ledger", "verify")


def test_a_first_contact_tells_nobody_and_pauses_nothing(app, club, send):
    ana = club.shopper()
    ana.adjust(100)
    patch(ana, email="ana@example.org")
    ana.redeem(1)
    assert letters_kept(app, "kind") == []


def test_a_phone_written_otherwise_is_the_same(app, club):
    ana = club.shopper(phone="912345678")
    ana.adjust(100)
    patch(ana, phone="+351 912 345 678", address={"lines": ["Rua 1"], "city": "Porto", "country": "PT"})
    ana.redeem(1)
    assert letters_kept(app) == []


def test_the_dead_get_no_letters(app, club, box, send, clock):
    ana = club.shopper(email="ana@example.org", references=["C-1"])
    ana.adjust(100)
    ana.redeem(10)
    body = {"version": 1, "name": "Ana", "deceased": True, "email": "other@example.org"}
    assert ana.till.send("PUT", "/customers/C-1", body).status_code == 200
    assert (send(), letters_kept(app)) == (0, [])


def test_history_is_no_news(app, ana, send):
    with app.app_context():
        carry_out(lambda session: session.execute(text("UPDATE outbox_message SET position = -event_id")))
    assert send() == 0
