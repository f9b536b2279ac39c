"""What the staff's door withstands: guessing, codes told twice, strangers who ask who works here."""

import re
from datetime import timedelta
from threading import Barrier, Thread

from sqlalchemy import func, select

from loyalty import staff
from loyalty.actions.sign_in_staff import Browser, finish
from loyalty.db import carry_out, reading
from loyalty.errors import TriedTooOften
from loyalty.tables import Base
from tests.pages.colleagues import PASSWORD, Colleague, administrator, is_in, path_of, token_in, tries
from tests.pages.conftest import statements
from tests.pages.desk import Desk, text_of

__all__ = ["statements"]

MINUTE = timedelta(minutes=1)


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


def test_one_code_told_twice_at_once_lets_in_once(app, clock):
    """Staff takeover: raced, one of two browsers that tell the same code comes in."""
    lin = Colleague(app, "desk")
    code, start, came = lin.code(), Barrier(2), []
    mine = Browser("", "", app.extensions["loyalty"].settings.staff_keys)

    def tell():
        with app.app_context():
            halfway = carry_out(lambda rows: staff.begin_halfway(rows, lin.account_id, clock.now()))
            start.wait()
            came.append(carry_out(lambda rows: finish(rows, halfway, code, mine, clock.now())))

    threads = [Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(secret is None for secret in came) == [False, True]


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


def test_one_password_tried_on_many_accounts_is_slowed(app, clock):
    """Staff takeover: from one address, all accounts together wait as well, until somebody comes in."""
    key, heard = app.extensions["loyalty"].settings.staff_keys[0], []
    with app.app_context():
        for number in range(70):
            try:
                carry_out(
                    lambda rows, n=number: staff.take_try(rows, key, f"{n}@x.org", "127.0.0.1", clock.now())
                )
            except TriedTooOften as refusal:
                heard.append((number, refusal.facts["seconds"]))
    assert heard[0] == (61, 5)


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
