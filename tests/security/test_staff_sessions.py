"""What the staff's sessions withstand: open browsers, revoked roles, forged forms, stolen rows."""

from datetime import timedelta

import pytest

from loyalty import staff
from loyalty.app import create_app
from loyalty.db import carry_out, db, reading
from loyalty.staff import StaffAccount
from loyalty.tables import Base
from tests.databases import settings_for
from tests.pages.colleagues import PASSWORD, Colleague, administrator, is_in, path_of, token_in, tries
from tests.pages.desk import Desk, text_of

MINUTE = timedelta(minutes=1)


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
                repr(rows.execute(table.select()).all())
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
