"""The arithmetic of staff: what roles allow, which passwords will do, how long a wrong try waits."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.staff import factors, passwords, roles
from loyalty.staff.waiting import ANYWHERE_MOST, FREE_ANYWHERE, wait_after
from tests.pages.colleagues import code_at

KEYS = (b"k" * 32,)
NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)


def test_every_permission_is_somebodys_and_every_role_has_some():
    assert set(roles.GIVEN) == set(roles.ROLES)
    assert set().union(*roles.GIVEN.values()) == set(roles.PERMISSIONS)
    assert all(roles.GIVEN.values())


def test_the_auditor_changes_nothing_and_the_administrator_touches_no_member():
    verbs = {permission.partition(":")[2] for permission in roles.GIVEN["auditor"]}
    assert verbs == {"see", "open", "export"}
    assert {one.partition(":")[0] for one in roles.GIVEN["administrator"]} == {
        "people",
        "keys",
        "jobs",
        "audit",
    }


def test_whoever_makes_corrections_at_the_desk_does_not_approve_them():
    assert "corrections:approve" not in roles.GIVEN["desk"]
    assert "programme:approve" not in roles.GIVEN["marketing"]


def test_roles_add_up_and_unknown_ones_give_nothing():
    assert roles.permissions_of([]) == frozenset()
    assert roles.permissions_of(["desk", "auditor"]) == roles.GIVEN["desk"] | roles.GIVEN["auditor"]
    assert roles.known_roles(["auditor", "king", "desk", "desk"]) == ("desk", "auditor")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("four paper boats at noon", None, id="several words"),
        pytest.param("纸船四只正午出发去远方的海", None, id="in Chinese"),
        pytest.param("x7#kQ9!mZ2p", "short", id="eleven characters"),
        pytest.param("abc" * 70, "long", id="two hundred and ten"),
        pytest.param("aaaaaaaabbbb", "simple", id="few different ones"),
        pytest.param("Password1234", "simple", id="nothing left beside a familiar word"),
        pytest.param("lin.wei walks home", "personal", id="with the address"),
        pytest.param("Example.org is nice", "personal", id="with the domain"),
    ],
)
def test_which_passwords_will_do(password, why):
    assert passwords.weakness(password, "lin.wei@example.org", "Lin") == why


def test_a_password_is_kept_so_that_it_cannot_be_read_and_nobodys_is_never_right():
    kept = passwords.sealed("four paper boats at noon")
    assert passwords.is_password(kept, "four paper boats at noon")
    assert not passwords.is_password(kept, "four paper boats at noon ")
    assert not passwords.is_password(None, "nobody knows this one, nor needs to")
    assert not passwords.is_password("broken", "four paper boats at noon")


def test_a_code_is_of_its_half_minute_give_or_take_one_and_heard_once():
    app = factors.fresh_app_key(KEYS)
    code, minute = code_at(app, KEYS, NOW), timedelta(minutes=1)
    turn = factors.turn_of(code, app, KEYS, NOW, 0)
    assert turn is not None
    assert factors.turn_of(code, app, KEYS, NOW + minute / 2, 0) == turn
    for at, last in ((NOW, turn), (NOW + 2 * minute, 0), (NOW - 2 * minute, 0)):
        assert factors.turn_of(code, app, KEYS, at, last) is None
    assert factors.turn_of("12", app, KEYS, NOW, 0) is None


def test_an_apps_key_is_opened_by_earlier_keys_too_and_by_no_others():
    app, other = factors.fresh_app_key(KEYS), (b"o" * 32,)
    code = code_at(app, KEYS, NOW)
    assert factors.turn_of(code, app, (*other, *KEYS), NOW, 0) is not None
    assert factors.turn_of(code, app, other, NOW, 0) is None
    assert len(factors.app_key(app, KEYS).replace(" ", "")) == 32
    assert factors.app_address(app, KEYS, "lin@example.org", "A: B").startswith("otpauth://totp/")


def test_recovery_codes_are_different_and_read_however_they_are_typed():
    codes = factors.fresh_recovery_codes()
    assert len({factors.plain_code(code) for code in codes}) == factors.RECOVERY_CODES
    assert factors.plain_code(f" {codes[0].upper()} ") == codes[0].replace("-", "")
    assert factors.plain_code("123 456") == "123456"


def test_tries_from_anywhere_wait_a_minute_at_most():
    assert wait_after(FREE_ANYWHERE, FREE_ANYWHERE, ANYWHERE_MOST) == timedelta()
    assert wait_after(10**6, FREE_ANYWHERE, ANYWHERE_MOST) == ANYWHERE_MOST
