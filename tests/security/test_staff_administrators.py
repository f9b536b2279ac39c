"""Somebody always stays administrator: in code, in the database, and when two act at once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import staff
from loyalty.actions import keep_staff
from loyalty.actions.admit_staff import Chosen, open_set_up, set_up
from loyalty.db import carry_out, reading
from loyalty.errors import LastAdministrator, LinkOver
from loyalty.staff import ROLES
from tests.pages.colleagues import PASSWORD, Colleague, administrator, code_at

ATTACKS = (
    "UPDATE staff_account SET disabled_at = created_at",
    "UPDATE staff_account SET accepted_at = NULL, password = NULL, app = NULL",
    "DELETE FROM staff_role WHERE role = 'administrator'",
    "UPDATE staff_role SET role = 'marketing' WHERE role = 'administrator'",
)


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_database_keeps_the_last_administrator(app, statement):
    """Staff takeover: no statement leaves the club without somebody who keeps the accounts."""
    Colleague(app, "administrator", name="Ada")
    Colleague(app, "desk")
    with app.app_context(), pytest.raises(DBAPIError, match="somebody must stay administrator"):
        carry_out(lambda rows: rows.execute(text(statement)))


def test_the_database_lets_another_administrator_go(app, clock):
    ada, bea = administrator(app), administrator(app, "Bea")
    with app.app_context():
        carry_out(lambda rows: staff.disable(rows, ada.account_id, clock.now()))
        with pytest.raises(LastAdministrator):
            carry_out(lambda rows: staff.disable(rows, bea.account_id, clock.now()))
        with pytest.raises(LastAdministrator):
            carry_out(lambda rows: staff.set_roles(rows, bea.account_id, ["desk"]))


def test_who_was_invited_but_has_not_come_is_no_administrator_yet(app, clock):
    ada = administrator(app)
    ada.post("/staff/people/invite", name="Bo", email="bo@example.org", role="administrator")
    with app.app_context(), pytest.raises(LastAdministrator):
        carry_out(lambda rows: staff.disable(rows, ada.account_id, clock.now()))


def test_two_who_disable_each_other_at_once_leave_one(app, clock):
    """Staff takeover: raced, one of the two stays."""
    both = [administrator(app, name) for name in ("Ada", "Bea")]
    start, refused = Barrier(2), []

    def disable(me, other):
        with app.app_context():
            start.wait()
            try:
                carry_out(
                    lambda rows: keep_staff.disable(
                        rows, other.account_id, staff.actor(me.account_id), clock.now()
                    )
                )
            except LastAdministrator:
                refused.append(me.name)

    threads = [Thread(target=disable, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with app.app_context(), reading() as rows:
        assert staff.has_administrator(rows)


def test_two_who_use_the_set_up_link_at_once_make_one_administrator(app, clock):
    """Staff takeover: raced, the link is good once, and there is one first administrator."""
    keys, start, heard = app.extensions["loyalty"].settings.staff_keys, Barrier(2), []
    app_key = staff.fresh_app_key(keys)
    chosen = Chosen(PASSWORD, app_key, code_at(app_key, keys, clock.now()))
    with app.app_context():
        token = carry_out(lambda rows: open_set_up(rows, "operator", clock.now()))

    def use(name):
        with app.app_context():
            start.wait()
            try:
                email = f"{name.lower()}@example.org"
                carry_out(lambda rows: set_up(rows, token, email, name, chosen, keys, clock.now()))
            except LinkOver:
                heard.append(name)

    threads = [Thread(target=use, args=(name,)) for name in ("Ada", "Bea")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 1
    with app.app_context(), reading() as rows:
        [first] = staff.colleagues(rows)
    assert first.name not in heard
    assert first.roles == ROLES
