"""Every address of the staff's pages, for every role: its own things, others', and those that never were."""

import re
from contextlib import suppress
from secrets import token_urlsafe

import pytest

from loyalty import ids
from loyalty.actions.draft import begin_draft, drop_draft
from loyalty.db import carry_out
from loyalty.errors import NoDraft
from loyalty.rooms import rooms
from loyalty.staff import PERMISSIONS, ROLES, permissions_of
from tests.pages.colleagues import Colleague, token_in
from tests.pages.desk import text_of
from tests.security.staff_rows import MATRIX
from tests.security.staff_things import GIVES, PLACE, given_by_the_club, things_of, used

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


FILLED = {
    "role": "desk",
    "reason": "unproven",
    "seen": "1",
}  #: what a form needs so that it fails, if it does, for whose thing it is
MISSING = ids.to_text(1 << 60)


def calls(app):
    """Every method and address of the staff's pages."""
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        if rule.rule == "/staff" or rule.rule.startswith("/staff/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


@ONE_IS_ENOUGH
def test_every_address_of_staff_has_a_row(app):
    assert sorted(calls(app)) == sorted(MATRIX)
    assert {row.needs for row in MATRIX.values()} <= {*PERMISSIONS, "staff", "anybody"}


@ONE_IS_ENOUGH
def test_every_row_with_a_thing_says_what_becomes_of_others(app):
    for call, rule in calls(app).items():
        row, names_a_thing = MATRIX[call], bool(rule.arguments - {"path", "token"})
        assert (row.foreign is not None, row.missing is not None) == (names_a_thing, names_a_thing), call


@ONE_IS_ENOUGH
def test_nobody_gets_in_who_is_not_signed_in(app):
    stranger = app.test_client()
    token = token_in(stranger.get("/staff/sign-in"))
    for call, row in MATRIX.items():
        if row.needs != "anybody":
            method, path = call.split()
            answer = stranger.open(filled(path, MISSING), method=method, data={"csrf_token": token})
            assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/sign-in"), call
            token = token_in(stranger.get("/staff/sign-in"))


@ONE_IS_ENOUGH
@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_its_row_says(app, make, role):
    make.club(**GIVES)
    me, other = Colleague(app, role, name="Me"), Colleague(app, "desk", "administrator", name="Other")
    make.run("places", "open", PLACE, "--provider", "airport", "--zh", "三号", "--en", "Terminal 3")
    for who in (me, other):
        who.member = make.shopper()
        who.member_id, who.use_id = who.member.member_id, used(who.member)
    may = permissions_of([role])
    begin_anew(app)
    for call, row in MATRIX.items():
        for whose, expected in (("own", row.own), ("foreign", row.foreign), ("missing", row.missing)):
            if expected is None:
                continue
            lacks_also = row.also and row.also not in may and whose != "missing"
            if (row.needs in PERMISSIONS and row.needs not in may) or lacks_also:
                expected = 403
            if expected != 403 and "/staff/programme" in call:
                begin_anew(app)
            answer = heard(app, me, other, call, whose)
            assert answer.status_code == expected, f"{role}: {call}, {whose}: {text_of(answer)[:300]}"


def heard(app, me, other, call, whose):
    """What an address answers in a fresh session, with what a form of ours carries."""
    method, path = call.split()
    me.sign_in_again()  # the one before may have signed them out
    me.opens(me.member_id)
    thing = f"{MISSING}-{MISSING}" if "<pair:" in path else MISSING
    if whose != "missing" and path.startswith("/staff/programme") and "_id>" not in path:
        path = filled_of_draft(path)
    elif whose != "missing" and "<place>" in path:
        thing = PLACE
    elif whose != "missing" and "_id>" in path:
        who, name = me if whose == "own" else other, re.search(r":(\w+)>", path).group(1)
        thing = given_by_the_club(app, who, name) or things_of(app, who)[name]
    told = {"csrf_token": me.token(), "key": token_urlsafe(12), **FILLED} if method == "POST" else {}
    return me.client.open(filled(path, thing), method=method, data=told)


def begin_anew(app):
    """Let a fresh draft of the club be open: it is nobody's own."""

    def wish(rows):
        now = rooms().clock.now()
        with suppress(NoDraft):
            drop_draft(rows, "tests", now)
        begin_draft(rows, "tests", now)

    with app.app_context():
        carry_out(wish)


def filled_of_draft(path):
    """An address of the programme with what there is in a fresh draft of the small club."""
    section = "tier" if "<key>" in path or "/add/" in path else "club"
    for name, value in (("section", section), ("key", "0"), ("on", "visit")):
        path = path.replace(f"<{name}>", value)
    return path.replace("<number>", "1").replace("<revision>", "1")


def filled(path, thing):
    pair = thing if "-" in thing else f"{thing}-{thing}"
    return re.sub(r"<[^>]*>", thing, path.replace("<pair:use_id>", pair))
