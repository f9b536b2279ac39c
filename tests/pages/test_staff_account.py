"""A colleague's own account: password, app, recovery codes, passkeys, and where they are signed in."""

import re
from datetime import timedelta

from flask_migrate import downgrade, upgrade

from loyalty import staff
from loyalty.db import reading
from tests.pages.colleagues import PASSWORD, Colleague, administrator, is_in, tries
from tests.pages.desk import Desk, text_of
from tests.pages.test_staff_door import code_shown

BETTER = "three green kites by the sea"


def test_a_changed_password_ends_all_other_sessions(app):
    lin = Colleague(app, "desk")
    elsewhere = Desk(app)
    elsewhere.client.set_cookie("loyalty-staff", lin.client.get_cookie("loyalty-staff").value)
    assert is_in(elsewhere)
    lin.sign_in_again()
    lin.open("/staff/account/password")
    told = {"current": PASSWORD, "password": BETTER, "password_again": BETTER}
    for wrong, said in (
        ({"current": "wrong"}, "Address, password or code is wrong."),
        ({"password_again": "other"}, "This is not the same as above."),
        ({"password": "short", "password_again": "short"}, "Take at least 12 characters."),
    ):
        answer = lin.send("Change the password", **(told | wrong))
        assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert "The password is changed." in text_of(lin.send("Change the password", **told))
    assert (is_in(lin), is_in(elsewhere)) == (True, False)
    assert tries(app, lin.email, PASSWORD).last.status_code == 422
    assert tries(app, lin.email, BETTER).last.request.path == "/staff/sign-in/code"


def test_another_app_counts_once_its_code_was_told(app):
    lin = Colleague(app, "desk")
    lin.open("/staff/account/app")
    assert "not the app's code" in text_of(lin.send("Take codes from this app", code="000000"))
    told = lin.send("Take codes from this app", code=code_shown(app, lin))
    assert "From now on the codes come from this app." in text_of(told)
    desk = tries(app, lin.email, PASSWORD)
    desk.send("Sign in", code=lin.code())
    assert not is_in(desk), "the app of before"


def test_new_recovery_codes_end_the_earlier_ones(app):
    lin = Colleague(app, "desk")
    lin.open("/staff/account")
    codes = re.findall(r"[2-9a-z]{4}(?:-[2-9a-z]{4}){3}", text_of(lin.send("Make new recovery codes")))
    assert len(codes) == 10
    for code, works in ((lin.recovery_codes[0], False), (codes[0], True)):
        desk = tries(app, lin.email, PASSWORD)
        desk.send("Sign in", code=code)
        assert is_in(desk) == works
    assert "9 left" in text_of(lin.open("/staff/account"))


def test_sessions_are_listed_and_ended_from_another_browser(app):
    lin = Colleague(app, "desk")
    thief = Desk(app)
    thief.client.set_cookie("loyalty-staff", lin.client.get_cookie("loyalty-staff").value)
    lin.sign_in_again()
    assert text_of(lin.open("/staff/account")).count("Chrome · Linux") == 2
    lin.send("Sign this one out")
    assert (is_in(lin), is_in(thief)) == (True, False)
    lin.own_things()
    lin.open("/staff/account")
    assert "All other browsers are signed out." in text_of(lin.send("Sign all others out"))
    assert text_of(lin.last).count("Sign this one out") == 0


def test_what_a_browser_answers_for_a_passkey_must_be_one(app):
    lin = Colleague(app, "desk")
    headers = {"X-CSRFToken": lin.token()}
    for told in ({}, [], {"id": "AA", "response": {}}, {"id": 5}, {"id": "é" * 3000}):
        for path in ("account/passkeys", "again/passkey", "sign-in/passkey"):
            options = "account/passkeys/options" if path.startswith("account") else "sign-in/passkey/options"
            assert lin.client.post(f"/staff/{options}", headers=headers).json["challenge"]
            answer = lin.client.post(f"/staff/{path}", json=told, headers=headers)
            assert (answer.status_code, answer.json["fault"]) == (422, "This passkey is not known here.")


def test_without_a_programme_and_in_chinese_the_pages_are_there(app):
    ada = administrator(app, language="zh")
    assert "Ada，您好" in text_of(ada.open("/staff"))
    assert "服务台" in text_of(ada.open("/staff/people"))
    assert "没有这个页面" in text_of(ada.open("/staff/nowhere"))
    assert ada.client.get("/staff/nowhere").status_code == 404


def test_links_and_sessions_that_are_over_are_forgotten(app, make, clock):
    make.club()
    lin = Colleague(app, "desk")
    tries(app, lin.email, PASSWORD)
    make.run("staff", "reset", lin.email)
    clock.move(timedelta(days=40))
    make.run("jobs", "nightly")
    with app.app_context(), reading() as rows:
        for kept in (staff.StaffSession, staff.StaffLink):
            assert rows.query(kept).all() == []


def test_staff_go_with_the_migration_and_come_back_with_none(app):
    """Back to the release before, there is no staff; forward again, the last administrator is kept anew."""
    administrator(app)
    with app.app_context():
        downgrade(revision="0026")
        upgrade()
        with reading() as rows:
            assert staff.colleagues(rows) == []
