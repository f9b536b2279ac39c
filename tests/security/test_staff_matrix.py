"""Every address of the staff's pages, for every role: its own things, others', and those that never were."""

import re
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_urlsafe

import pytest

from loyalty import ids, staff
from loyalty.access import Grant, add_key
from loyalty.actions.ask_approval import BulkFile, ask_bulk_file
from loyalty.actions.draft import begin_draft, drop_draft
from loyalty.db import carry_out
from loyalty.errors import NoDraft
from loyalty.reviews import Held
from loyalty.rooms import rooms
from loyalty.staff import PERMISSIONS, ROLES, Permission, permissions_of
from tests.pages.colleagues import Colleague, token_in
from tests.pages.desk import text_of
from tests.security.given import GIVES, SALE, given_by_the_club, rejected

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Row:
    """What an address answers to whoever may: for its own thing, another's, one that never was."""

    needs: Permission | str  #: a permission; `staff` for every colleague, `anybody` for strangers too
    own: int
    foreign: int | None = None
    missing: int | None = None
    also: Permission | None = None  #: what it needs besides for the thing that is there


MATRIX = {
    "GET /staff": Row("staff", 200),
    "GET /staff/": Row("staff", 303),
    "GET /staff/<path:path>": Row("staff", 404),
    "GET /staff/account": Row("staff", 200),
    "GET /staff/account/app": Row("staff", 200),
    "POST /staff/account/app": Row("staff", 422),
    "POST /staff/account/passkeys": Row("staff", 422),
    "POST /staff/account/passkeys/<opaque:passkey_id>/drop": Row("staff", 303, 404, 404),
    "POST /staff/account/passkeys/options": Row("staff", 200),
    "GET /staff/account/password": Row("staff", 200),
    "POST /staff/account/password": Row("staff", 422),
    "POST /staff/account/recovery-codes": Row("staff", 200),
    "POST /staff/account/sessions/<opaque:session_id>/end": Row("staff", 303, 404, 404),
    "POST /staff/account/sessions/end-others": Row("staff", 303),
    "GET /staff/again": Row("staff", 200),
    "POST /staff/again": Row("staff", 422),
    "POST /staff/again/passkey": Row("staff", 422),
    "GET /staff/approvals": Row("approvals:see", 200),
    "GET /staff/approvals/<opaque:approval_id>": Row("approvals:see", 200, 200, 404),
    "POST /staff/approvals/<opaque:approval_id>/withdraw": Row("approvals:see", 303, 422, 404),
    "GET /staff/audit": Row("audit:see", 200),
    "POST /staff/audit/check": Row("audit:see", 303),
    "POST /staff/audit/download": Row("audit:see", 200),
    "GET /staff/events": Row("benefits:see", 200),
    "POST /staff/events": Row("catalogue:keep", 422),
    "GET /staff/events/<opaque:event_id>": Row("benefits:see", 200, 200, 404),
    "POST /staff/events/<opaque:event_id>": Row("catalogue:keep", 422, 422, 404),
    "POST /staff/events/<opaque:event_id>/cancel": Row("catalogue:keep", 303, 303, 404),
    "POST /staff/events/<opaque:event_id>/guests": Row("members:open", 404, 404, 404),
    "GET /staff/mailings": Row("benefits:see", 200),
    "POST /staff/mailings/again": Row("members:open", 404),
    "POST /staff/mailings/returned": Row("benefits:act", 422),
    "POST /staff/mailings/take": Row("members:open", 404),
    "GET /staff/news": Row("benefits:see", 200),
    "POST /staff/news": Row("catalogue:keep", 422),
    "POST /staff/news/<opaque:item_id>/end": Row("catalogue:keep", 303, 303, 404),
    "GET /staff/orders": Row("benefits:see", 200),
    "GET /staff/orders/<pair:order_id>": Row("benefits:see", 200, 200, 404),
    "POST /staff/orders/<pair:order_id>/address": Row("members:open", 200, 200, 404),
    "POST /staff/orders/<pair:order_id>/send": Row("benefits:act", 303, 303, 404),
    "GET /staff/enter/<token>": Row("anybody", 422),
    "POST /staff/enter/<token>": Row("anybody", 422),
    "GET /staff/held-sales": Row("approvals:see", 200),
    "GET /staff/held-sales/<opaque:review_id>": Row("approvals:see", 200, 200, 404),
    "POST /staff/held-sales/<opaque:review_id>/reject": Row("corrections:approve", 422, 422, 404),
    "POST /staff/held-sales/<opaque:review_id>/release": Row("corrections:approve", 422, 422, 404),
    "GET /staff/imports": Row("imports:act", 200),
    "POST /staff/imports": Row("imports:act", 422),
    "GET /staff/imports/<opaque:import_id>": Row("imports:act", 200, 200, 404),
    "POST /staff/imports/<opaque:import_id>/begin": Row("imports:act", 422, 422, 404),
    "GET /staff/imports/<opaque:import_id>/part": Row("imports:act", 200, 200, 404),
    "GET /staff/imports/<opaque:import_id>/result": Row("imports:act", 404, 404, 404),
    "POST /staff/imports/<opaque:import_id>/stop": Row("imports:act", 303, 303, 404),
    "GET /staff/jobs": Row("jobs:see", 200),
    "GET /staff/keys": Row("keys:keep", 200),
    "GET /staff/keys/<opaque:key_id>": Row("keys:keep", 200, 200, 404),
    "POST /staff/keys/<opaque:key_id>/end": Row("keys:keep", 303, 303, 404),
    "POST /staff/keys/<opaque:key_id>/rotate": Row("keys:keep", 200, 200, 404),
    "GET /staff/keys/make": Row("keys:keep", 200),
    "POST /staff/keys/make": Row("keys:keep", 422),
    "GET /staff/members": Row("members:see", 200),
    "POST /staff/members": Row("members:see", 422),
    "GET /staff/members/<opaque:member_id>": Row("members:see", 200, 200, 404),
    "GET /staff/members/<opaque:member_id>/card": Row("members:act", 200, 303, 303),
    "POST /staff/members/<opaque:member_id>/card": Row("members:act", 422, 303, 303),
    "POST /staff/members/<opaque:member_id>/close": Row("members:open", 303, 303, 303),
    "GET /staff/members/<opaque:member_id>/correct": Row("points:correct", 200, 303, 303),
    "POST /staff/members/<opaque:member_id>/correct": Row("points:correct", 422, 303, 303),
    "GET /staff/members/<opaque:member_id>/notes": Row("members:open", 200, 303, 303),
    "GET /staff/members/<opaque:member_id>/notes/new": Row("members:act", 200, 303, 303),
    "POST /staff/members/<opaque:member_id>/notes/new": Row("members:act", 422, 303, 303),
    "POST /staff/members/<opaque:member_id>/open": Row("members:open", 422, 422, 404),
    "GET /staff/members/<opaque:member_id>/orders": Row("members:open", 200, 303, 303),
    "GET /staff/members/<opaque:member_id>/points": Row("members:open", 200, 303, 303),
    "GET /staff/members/<opaque:member_id>/state": Row("members:act", 200, 303, 303),
    "POST /staff/members/<opaque:member_id>/state": Row("members:act", 422, 303, 303),
    "GET /staff/members/<opaque:member_id>/tier": Row("members:act", 200, 303, 303),
    "POST /staff/members/<opaque:member_id>/tier": Row("members:act", 422, 303, 303),
    "GET /staff/members/<opaque:member_id>/visits": Row("members:open", 200, 303, 303),
    "GET /staff/books": Row("books:see", 200),
    "GET /staff/club": Row("club:see", 200),
    "POST /staff/reports": Row("books:export", 404),
    "GET /staff/people": Row("people:see", 200),
    "GET /staff/people/<opaque:account_id>": Row("people:see", 200, 200, 404),
    "POST /staff/people/<opaque:account_id>/disable": Row("people:keep", 422, 303, 404),
    "POST /staff/people/<opaque:account_id>/enable": Row("people:keep", 422, 303, 404),
    "POST /staff/people/<opaque:account_id>/reset": Row("people:keep", 422, 200, 404),
    "POST /staff/people/<opaque:account_id>/roles": Row("people:keep", 422, 303, 404),
    "GET /staff/people/invite": Row("people:keep", 200),
    "POST /staff/people/invite": Row("people:keep", 422),
    "GET /staff/programme": Row("programme:see", 200),
    "POST /staff/programme/add/<section>": Row("programme:edit", 303, 303, 404),
    "POST /staff/programme/begin": Row("programme:edit", 303),
    "POST /staff/programme/catch-up": Row("programme:edit", 303),
    "GET /staff/programme/changes": Row("programme:see", 200),
    "POST /staff/programme/condition/<on>": Row("programme:edit", 200, 200, 404),
    "GET /staff/programme/draft/<section>": Row("programme:see", 200, 200, 404),
    "POST /staff/programme/draft/<section>": Row("programme:edit", 303, 303, 404),
    "GET /staff/programme/draft/<section>/<key>": Row("programme:see", 200, 200, 404),
    "POST /staff/programme/draft/<section>/<key>": Row("programme:edit", 303, 303, 404),
    "POST /staff/programme/draft/<section>/<key>/duplicate": Row("programme:edit", 303, 303, 404),
    "POST /staff/programme/draft/<section>/<key>/move": Row("programme:edit", 303, 303, 404),
    "POST /staff/programme/draft/<section>/<key>/remove": Row("programme:edit", 303, 303, 404),
    "POST /staff/programme/drop": Row("programme:edit", 303),
    "GET /staff/programme/editions/<number>": Row("programme:see", 200, 200, 404),
    "GET /staff/programme/examples": Row("programme:see", 200),
    "GET /staff/programme/publish": Row("programme:see", 200),
    "POST /staff/programme/publish": Row("programme:edit", 422),
    "GET /staff/programme/revisions/<revision>": Row("programme:see", 200, 200, 404),
    "POST /staff/programme/revisions/<revision>/restore": Row("programme:edit", 303, 303, 404),
    "GET /staff/programme/text": Row("programme:see", 200),
    "POST /staff/programme/text": Row("programme:edit", 422),
    "GET /staff/programme/text/download": Row("programme:see", 200),
    "GET /staff/sign-in": Row("anybody", 303),
    "POST /staff/sign-in": Row("anybody", 422),
    "GET /staff/sign-in/code": Row("anybody", 303),
    "POST /staff/sign-in/code": Row("anybody", 422),
    "POST /staff/sign-in/passkey": Row("anybody", 422),
    "POST /staff/sign-in/passkey/options": Row("anybody", 200),
    "POST /staff/sign-out": Row("staff", 303),
    "POST /staff/approvals/<opaque:approval_id>/approve": Row(
        "approvals:see", 422, 422, 404, "files:approve",
    ),
    "POST /staff/approvals/<opaque:approval_id>/refuse": Row(
        "approvals:see", 422, 422, 404, "files:approve",
    ),
}  # fmt: skip
FILLED = {
    "role": "desk",
    "reason": "unproven",
    "seen": "1",
}  #: what a form needs so that it fails, if it does, for whose thing it is
FILE = BulkFile("corrections.csv", "a" * 64, 12, {"reward given": 300})
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
    for who in (me, other):
        who.member = make.shopper()
        who.member_id = who.member.member_id
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
    if whose != "missing" and path.startswith("/staff/programme"):
        path = filled_of_draft(path)
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


def things_of(app, who):
    """What belongs to a colleague, by the names that addresses use; a member is theirs whom they opened."""
    with app.app_context():
        asked = carry_out(
            lambda rows: ask_bulk_file(rows, FILE, by=staff.actor(who.account_id), now=rooms().clock.now())
        )
        grant = Grant(f"T-{token_urlsafe(6)}", None, (), ("points:earn",))
        key, _ = carry_out(lambda rows: add_key(rows, rooms().clock.now(), grant))
        sale = Held(
            ids.from_text(who.member_id), "earn.transaction", "S-1", "t1", rooms().clock.now().date(),
            token_urlsafe(6), 100, SALE, "T1",
        )  # fmt: skip
        held = carry_out(lambda rows: rejected(rows, sale, rooms().clock.now()))
        told = {
            "review_id": ids.to_text(held),
            "key_id": ids.to_text(key.key_id),
            "account_id": ids.to_text(who.account_id),
            "approval_id": ids.to_text(asked.approval_id),
            "member_id": who.member_id,
        }
    return told | who.own_things()


def filled(path, thing):
    return re.sub(r"<[^>]*>", thing, path)
