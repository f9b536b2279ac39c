"""Every address of the staff's pages, for every role: its own things, others', and those that never were."""

import re
from dataclasses import dataclass

import pytest

from loyalty import ids
from loyalty.staff import PERMISSIONS, ROLES, Permission, permissions_of
from tests.pages.colleagues import Colleague, token_in
from tests.pages.desk import text_of

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Row:
    """What an address answers to whoever may: for its own thing, another's, one that never was."""

    needs: Permission | str  #: a permission; `staff` for every colleague, `anybody` for strangers too
    own: int
    foreign: int | None = None
    missing: int | None = None


MATRIX = {
    "GET /staff": Row("staff", 200),
    "GET /staff/": Row("staff", 303),
    "GET /staff/<path:path>": Row("staff", 404),
    "GET /staff/sign-in": Row("anybody", 303),
    "POST /staff/sign-in": Row("anybody", 422),
    "GET /staff/sign-in/code": Row("anybody", 303),
    "POST /staff/sign-in/code": Row("anybody", 422),
    "POST /staff/sign-in/passkey/options": Row("anybody", 200),
    "POST /staff/sign-in/passkey": Row("anybody", 422),
    "GET /staff/enter/<token>": Row("anybody", 422),
    "POST /staff/enter/<token>": Row("anybody", 422),
    "POST /staff/sign-out": Row("staff", 303),
    "GET /staff/again": Row("staff", 200),
    "POST /staff/again": Row("staff", 422),
    "POST /staff/again/passkey": Row("staff", 422),
    "GET /staff/account": Row("staff", 200),
    "GET /staff/account/password": Row("staff", 200),
    "POST /staff/account/password": Row("staff", 422),
    "GET /staff/account/app": Row("staff", 200),
    "POST /staff/account/app": Row("staff", 422),
    "POST /staff/account/recovery-codes": Row("staff", 200),
    "POST /staff/account/passkeys/options": Row("staff", 200),
    "POST /staff/account/passkeys": Row("staff", 422),
    "POST /staff/account/passkeys/<opaque:passkey_id>/drop": Row("staff", 303, 404, 404),
    "POST /staff/account/sessions/end-others": Row("staff", 303),
    "POST /staff/account/sessions/<opaque:session_id>/end": Row("staff", 303, 404, 404),
    "GET /staff/books": Row("books:see", 200),
    "GET /staff/club": Row("club:see", 200),
    "POST /staff/reports": Row("books:export", 404),
    "GET /staff/people": Row("people:see", 200),
    "GET /staff/people/invite": Row("people:keep", 200),
    "POST /staff/people/invite": Row("people:keep", 422),
    "GET /staff/people/<opaque:account_id>": Row("people:see", 200, 200, 404),
    "POST /staff/people/<opaque:account_id>/roles": Row("people:keep", 422, 303, 404),
    "POST /staff/people/<opaque:account_id>/disable": Row("people:keep", 422, 303, 404),
    "POST /staff/people/<opaque:account_id>/enable": Row("people:keep", 422, 303, 404),
    "POST /staff/people/<opaque:account_id>/reset": Row("people:keep", 422, 200, 404),
}  # fmt: skip
FILLED = {"role": "desk"}  #: what a form needs so that it fails, if it does, for whose thing it is
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
    make.club()
    me, other = Colleague(app, role, name="Me"), Colleague(app, "desk", "administrator", name="Other")
    may = permissions_of([role])
    for call, row in MATRIX.items():
        for whose, expected in (("own", row.own), ("foreign", row.foreign), ("missing", row.missing)):
            if expected is None:
                continue
            if row.needs in PERMISSIONS and row.needs not in may:
                expected = 403
            answer = heard(me, other, call, whose)
            assert answer.status_code == expected, f"{role}: {call}, {whose}: {text_of(answer)[:300]}"


def heard(me, other, call, whose):
    """What an address answers in a fresh session, with what a form of ours carries."""
    method, path = call.split()
    me.sign_in_again()  # the one before may have signed them out
    thing = MISSING
    if whose != "missing" and "_id>" in path:
        thing = things_of(me if whose == "own" else other)[re.search(r":(\w+)>", path).group(1)]
    told = {"csrf_token": me.token(), **FILLED} if method == "POST" else {}
    return me.client.open(filled(path, thing), method=method, data=told)


def things_of(who):
    """What belongs to a colleague, by the names that addresses use."""
    return {"account_id": ids.to_text(who.account_id)} | who.own_things()


def filled(path, thing):
    return re.sub(r"<[^>]*>", thing, path)
