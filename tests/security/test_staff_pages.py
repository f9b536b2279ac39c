"""What the staff's pages withstand: guessing, strangers, open browsers, revoked roles, forged forms."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from loyalty import ids, staff
from loyalty.app import create_app
from loyalty.db import carry_out, db, reading
from loyalty.staff import StaffAccount
from loyalty.tables import Base
from tests.databases import settings_for
from tests.pages.colleagues import PASSWORD, Colleague, administrator
from tests.pages.conftest import statements
from tests.pages.desk import Desk, text_of

__all__ = ["statements"]

MINUTE = timedelta(minutes=1)


def tries(app, email, password, desk=None):
    """A browser that told an address and a password."""
    desk = desk or Desk(app)
    desk.open("/staff/sign-in")
    desk.send("Go on", email=email, password=password)
    return desk


def is_in(desk):
    return desk.open("/staff").request.path == "/staff"


def count(app, table):
    with app.app_context(), reading() as rows:
        return rows.execute(select(func.count()).select_from(Base.metadata.tables[table])).scalar_one()


def test_nobody_has_an_account_by_default(app, make):
    """Staff takeover: there is no account until the operator makes a link; none opens by a known password."""
    assert count(app, "staff_account") == 0
    for email in ("admin", "admin@example.org", "root", ""):
        assert tries(app, email, "admin").last.status_code == 422
    make.run("staff", "set-up")
    assert count(app, "staff_account") == 0


def test_a_password_alone_opens_nothing(app):
    """Staff takeover: without the second factor no page opens, and five wrong codes end the try."""
    lin = Colleague(app, "desk")
    desk = tries(app, lin.email, PASSWORD)
    assert not is_in(desk)
    desk.open("/staff/sign-in/code")
    answers = [desk.send("Sign in", code=f"00000{turn}") for turn in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    right = desk.client.post(
        "/staff/sign-in/code", data={"code": lin.code(), "csrf_token": token_in(desk.open("/staff/sign-in"))}
    )
    assert right.status_code == 422
    assert not is_in(desk)


def test_a_code_is_heard_once_and_soon(app, clock):
    """Staff takeover: a code of the app is heard once, and the password's word is good for ten minutes."""
    lin = Colleague(app, "desk")
    code = lin.code()
    for expected in (True, False):
        desk = tries(app, lin.email, PASSWORD)
        desk.send("Sign in", code=code)
        assert is_in(desk) == expected
    late = tries(app, lin.email, PASSWORD)
    clock.move(10 * MINUTE)
    late.send("Sign in", code=lin.code())
    assert not is_in(late)


def test_who_lost_the_second_factor_cannot_sign_in_without_it(app, make):
    """Staff takeover: a reset takes app, codes and passkeys, and the password alone is no way in."""
    ada, lin = administrator(app), Colleague(app, "desk")
    ada.open(f"/staff/people/{lin.own_things() and path_of(lin)}")
    ada.send("Make the link")
    assert not is_in(lin)
    assert tries(app, lin.email, PASSWORD).last.status_code == 422
    assert (count(app, "staff_passkey"), count(app, "staff_recovery_code")) == (0, 10), "Ada's are left"


def test_guessing_is_slowed_and_nobody_is_locked_out(app, clock):
    """Staff takeover: wrong tries wait longer each time; from elsewhere the owner waits a minute at most."""
    lin = Colleague(app, "desk")
    waits = []
    for _ in range(12):
        said = tries(app, lin.email, "wrong")
        found = re.search(r"try again in (\d+) second", text_of(said.last))
        if found:
            waits.append(int(found.group(1)))
            clock.move(timedelta(seconds=waits[-1]))
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    elsewhere = Desk(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    tries(app, lin.email, PASSWORD, elsewhere)
    assert elsewhere.last.request.path == "/staff/sign-in/code", "a stranger's tries are not the owner's"
    clock.move(timedelta(hours=2))
    assert tries(app, lin.email, PASSWORD).last.request.path == "/staff/sign-in/code"


def test_tries_from_everywhere_make_the_owner_wait_a_minute_at_most(app, clock):
    """Staff takeover: many addresses together are slowed as well, and the owner gets in between."""
    lin = Colleague(app, "desk")
    with app.app_context():
        key = app.extensions["loyalty"].settings.staff_keys[0]
        for number in range(40):
            clock.move(MINUTE)
            address, now = f"198.51.100.{number}", clock.now()
            carry_out(lambda rows, a=address, n=now: staff.take_try(rows, key, lin.email, a, n))
    assert "try again in 60 seconds" in text_of(tries(app, lin.email, PASSWORD).last)
    clock.move(MINUTE)
    assert tries(app, lin.email, PASSWORD).last.request.path == "/staff/sign-in/code"


def test_strangers_hear_what_colleagues_hear(app, statements, clock):
    """Staff takeover: text, status and statements are the same for known, unknown and disabled addresses."""
    lin, gone = Colleague(app, "desk"), Colleague(app, "desk", name="Gone")
    with app.app_context():
        carry_out(lambda rows: staff.disable(rows, gone.account_id, clock.now()))
    told = []
    for email in (lin.email, gone.email, "who@example.org"):
        desk = Desk(app)
        desk.open("/staff/sign-in")
        statements.clear()
        desk.send("Go on", email=email, password="wrong horse battery")
        said = re.sub('(?:value|data-token)="[^"]*"', "", desk.last.text)
        told.append((desk.last.status_code, said, len(statements)))
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 422


def test_a_session_ends_idle_and_in_all(app, clock):
    """Staff takeover: 15 minutes without use, and 8 hours in all, end a session."""
    lin = Colleague(app, "desk")
    clock.move(15 * MINUTE - timedelta(seconds=1))
    assert is_in(lin)
    clock.move(15 * MINUTE)
    assert not is_in(lin)
    lin.sign_in_again()
    for _ in range(47):
        clock.move(10 * MINUTE)
        assert is_in(lin)
    clock.move(10 * MINUTE)
    assert not is_in(lin)


def test_dangerous_acts_ask_for_both_factors_again(app, clock):
    """Staff takeover: ten minutes after both factors were told, nothing dangerous is done without them."""
    ada, lin = administrator(app), Colleague(app, "desk")
    clock.move(10 * MINUTE)
    page = ada.open(f"/staff/people/{path_of(lin)}")
    asked = ada.client.post(
        f"/staff/people/{path_of(lin)}/disable",
        data={"csrf_token": token_in(page)},
        headers={"Referer": f"http://localhost/staff/people/{path_of(lin)}"},
    )
    assert (asked.status_code, asked.headers["Location"]) == (303, "/staff/again")
    lin.sign_in_again()
    assert is_in(lin), "nothing was done"
    ada.open("/staff/again")
    assert ada.send("Go on", password=PASSWORD, code="000000").status_code == 422
    back = ada.send("Go on", password=PASSWORD, code=ada.code())
    assert back.request.path == f"/staff/people/{path_of(lin)}"
    ada.send("Disable")
    assert not is_in(lin)


@pytest.mark.parametrize("word", ["disable", "reset", "roles"])
def test_whoever_is_disabled_or_loses_a_role_is_out_at_the_next_request(app, word):
    """Staff takeover: in mid-session, the next request of a revoked colleague is refused."""
    ada, lin = administrator(app), Colleague(app, "auditor", "desk")
    assert lin.open("/staff/people").status_code == 200
    ada.post(f"/staff/people/{path_of(lin)}/{word}", role="desk")
    assert lin.open("/staff/people").request.path == "/staff/sign-in"
    assert tries(app, lin.email, PASSWORD).last.status_code == (200 if word == "roles" else 422)
    if word == "roles":
        lin.sign_in_again()
        assert lin.open("/staff/people").status_code == 403


def test_nobody_changes_what_they_may_do_themselves(app):
    """Staff takeover: an administrator neither promotes nor disables their own account."""
    ada = administrator(app)
    for word in ("roles", "disable", "enable", "reset"):
        answer = ada.post(f"/staff/people/{path_of(ada)}/{word}", role="administrator")
        assert (answer.status_code, "Another administrator does this." in text_of(answer)) == (422, True)
    assert is_in(ada)


def test_no_form_of_elsewhere_is_heard(app):
    """Staff takeover: without our token, or sent by another site, no form is heard."""
    ada, lin = administrator(app), Colleague(app, "desk")
    path = f"/staff/people/{path_of(lin)}/disable"
    token = ada.token()
    for told, site, status in (("", "same-origin", 400), ("x", "none", 400), (token, "cross-site", 403)):
        answer = ada.client.post(path, data={"csrf_token": told}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status
    assert ada.client.get(path).status_code in {404, 405}
    assert is_in(lin)


def test_a_cookie_of_members_or_of_before_opens_nothing(app, clock):
    """Staff takeover: staff have a cookie of their own, a new one at each sign-in, ended by the server."""
    lin = Colleague(app, "desk")
    desk = tries(app, lin.email, PASSWORD)
    before = desk.client.get_cookie("loyalty-staff").value
    desk.send("Sign in", code=lin.code())
    inside = desk.client.get_cookie("loyalty-staff").value
    desk.open("/staff")
    desk.send("Sign out")
    for name, value in (("loyalty-staff", before), ("loyalty-staff", inside), ("loyalty", inside)):
        other = Desk(app)
        other.client.set_cookie(name, value)
        assert not is_in(other)
    assert lin.client.get_cookie("loyalty") is None


def test_the_cookie_is_the_hosts_own(database, clock):
    """Staff takeover: in production `__Host-`, Secure, HttpOnly, SameSite=Lax, apart from the members'."""
    app = create_app(settings_for(database, env="production", public_url="https://club.example.org"), clock)
    answer = app.test_client().get("/staff/sign-in", base_url="https://club.example.org")
    [cookie] = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert cookie.startswith("__Host-loyalty-staff=")
    for needed in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert needed in cookie
    assert "Domain" not in cookie
    with app.app_context():
        db.engine.dispose()


def test_the_rows_hold_nothing_that_opens(app):
    """Staff takeover: passwords, codes, app keys, links and sessions are kept sealed, or as digests alone."""
    lin = Colleague(app, "desk")
    with app.app_context():
        secret = lin.sign_in_again()
        keys = app.extensions["loyalty"].settings.staff_keys
        plain = staff.app_key(lin.key, keys).replace(" ", "")
        token = carry_out(
            lambda rows: staff.make_link(rows, "reset", lin.account_id, app.extensions["loyalty"].clock.now())
        )
        with reading() as rows:
            kept = "".join(
                repr(rows.execute(select(table)).all())
                for name, table in Base.metadata.tables.items()
                if name.startswith("staff_")
            )
            assert rows.get(StaffAccount, lin.account_id).password.startswith("$argon2id$")
    for open_text in (PASSWORD, secret, plain, token, *lin.recovery_codes):
        assert open_text not in kept


def test_each_act_on_people_stands_in_the_chain(app, make):
    """Silent edits: what an administrator does to a colleague is in the chain, with nothing personal."""
    ada, lin = administrator(app), Colleague(app, "desk")
    ada.post(f"/staff/people/{path_of(lin)}/roles", role="finance")
    ada.post(f"/staff/people/{path_of(lin)}/disable")
    ada.post(f"/staff/people/{path_of(lin)}/enable")
    ada.post(f"/staff/people/{path_of(lin)}/reset")
    ada.post("/staff/people/invite", name="Bo", email="bo@example.org", role="desk")
    told = make.run("audit", "show").stdout
    for kind in ("roles_changed", "disabled", "enabled", "reset", "invited"):
        assert f"staff.{kind}" in told
    assert f"staff:{path_of(ada)}" in told
    for personal in ("lin@", "bo@", "Bo", "Lin"):
        assert personal not in told
    make.run("audit", "verify")


def path_of(colleague):
    return ids.to_text(colleague.account_id)


def token_in(answer):
    return re.search('name="csrf_token" value="([^"]+)"', answer.text).group(1)
