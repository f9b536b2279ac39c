from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import update

from loyalty import access
from loyalty.api.auth import needs
from loyalty.api.resource import Resource
from loyalty.db import carry_out, reading
from tests.makers import Till, receipt, wire

NOBODY = "/members/0"


@pytest.fixture
def keys(make):
    """Makes keys as an operator does."""

    def create(*scopes, terminal="T1", **options):
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        made = make.run("keys", "create", "--terminal", terminal, "--scope", ",".join(scopes), *words)
        return made.stdout.strip()

    make.programme()
    return create


def test_a_key_is_let_in_and_an_unknown_object_is_not_found(app, keys):
    answer = Till(app, keys("members:read")).get(NOBODY)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer lk_aaaaaaaa_bbbb",
        "Basic bGs6bGs=",
        "Bearer lk_aaaaaaaa_ｂ",
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_without_a_known_key_nobody_gets_in(client, header):
    headers = {} if header is None else {"Authorization": header.encode().decode("latin-1")}
    answer = client.get("/v1/members/0", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_half_a_key_is_no_key(app, keys):
    key = keys("members:read")
    assert Till(app, key[:-1] + ("a" if key[-1] != "a" else "b")).get(NOBODY).status_code == 401
    assert Till(app, key).get(NOBODY).status_code == 404


def test_a_missing_scope_is_forbidden_and_named(app, keys):
    answer = Till(app, keys("points:earn")).get(NOBODY)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert answer.json["needs"] == ["members:read"]


def test_a_revoked_key_is_dead_within_two_seconds(app, keys, make, clock):
    key = keys("members:read")
    till = Till(app, key)
    assert till.get(NOBODY).status_code == 404
    make.run("keys", "revoke", access.split_key(key).prefix)
    clock.move(timedelta(seconds=2))
    assert till.get(NOBODY).status_code == 401


def test_a_clock_set_back_does_not_keep_a_revoked_key_alive(app, keys, make, clock):
    key = keys("members:read")
    till = Till(app, key)
    assert till.get(NOBODY).status_code == 404
    make.run("keys", "revoke", access.split_key(key).prefix)
    clock.move(timedelta(hours=-1))
    assert till.get(NOBODY).status_code == 401


def test_a_key_dies_with_its_last_day(app, keys, clock):
    till = Till(app, keys("members:read", expires_on="2026-01-06"))
    clock.move(clock.now().replace(day=6, hour=23, minute=59, second=59))
    assert till.get(NOBODY).status_code == 404
    clock.move(timedelta(seconds=1))
    assert till.get(NOBODY).status_code == 401


def test_two_keys_of_a_terminal_live_side_by_side(app, keys):
    assert [Till(app, keys("members:read")).get(NOBODY).status_code for _ in range(2)] == [404, 404]


def test_the_day_of_the_last_use_is_noted(app, keys, clock):
    key = keys("members:read")
    Till(app, key).get(NOBODY)
    with app.app_context(), reading() as session:
        assert access.key_by_prefix(session, access.split_key(key).prefix).last_used_on == clock.now().date()


def test_the_key_itself_is_kept_nowhere(app, keys):
    key = keys("members:read")
    with app.app_context(), reading() as session:
        row = access.key_by_prefix(session, access.split_key(key).prefix)
        assert key.split("_")[2] not in str(vars(row))


def test_a_cashier_is_told_in_the_language_of_the_key(app, keys):
    told = {
        language: Till(app, keys("members:read", language=language)).get(NOBODY).json["cashier_text"]
        for language in ("zh", "en")
    }
    assert told == {"zh": "未找到", "en": "Not found."}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_busy_database_does_not_keep_a_till_from_asking(app, keys):
    till, heard = Till(app, keys("members:read")), []

    def hold(session):
        # The writer holds the only lock; the day of the last use is simply not noted this time.
        session.execute(update(access.ApiKey).values(language="en"))
        other = Thread(target=lambda: heard.append(till.get(NOBODY).status_code))
        other.start()
        other.join(10)

    with app.app_context():
        carry_out(hold)
    assert heard == [404]


def test_a_route_that_names_no_scope_cannot_be_registered():
    open_to_all = Resource("open", "/open")
    with pytest.raises(TypeError, match="needs"):

        @open_to_all.route("")
        def show():
            """Nobody asked who you are."""


@pytest.mark.parametrize("scopes", [(), ("members:destroy",)])
def test_a_view_can_only_need_scopes_that_exist(scopes):
    with pytest.raises(ValueError, match="scope"):
        needs(*scopes)


def told(make, *words):
    """What a key made with these options hears for a sale at each store and terminal."""
    shopper = make.shopper(make.till())
    key = make.run("keys", "create", "--scope", "points:earn", *words).stdout.strip()
    body = receipt("R-1") | {
        "member_id": shopper.member_id,
        "sold_at": wire(make.clock.now()),
        "currency": "EUR",
    }
    body |= {"lines": [{"line": 1, "amount": "1.00"}]}
    till = Till(make.app, key)
    places = [("S1", "T1"), ("S1", "T2"), ("S1", "T3"), ("S2", "T1")]
    return [till.post("/purchases", body | {"store": s, "terminal": t}).json.get("code") for s, t in places]


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        (["--terminal", "T1"], [None, "terminal_foreign", "terminal_foreign", None]),
        (["--client", "C", "--terminal", "T1", "--terminal", "T2"], [None, None, "terminal_foreign", None]),
        (["--client", "C", "--store", "S1"], [None, None, None, "store_foreign"]),
        (
            ["--store", "S1", "--terminal", "T1"],
            [None, "terminal_foreign", "terminal_foreign", "store_foreign"],
        ),
        (["--client", "C"], [None] * 4),
    ],
)
def test_a_key_speaks_for_the_terminals_and_the_store_it_names(make, words, heard):
    make.club()
    assert told(make, *words) == heard


def test_a_foreign_terminal_is_named(make):
    make.club()
    shopper = make.shopper(make.till("points:earn", "members:write", terminal="T2", store="S2"))
    refused = shopper.buy("1.00", expect=403)
    assert (refused["code"], refused["store"]) == ("store_foreign", "S1")
    refused = shopper.buy("1.00", expect=403, store="S2")
    assert (refused["code"], refused["terminal"]) == ("terminal_foreign", "T1")


def test_a_key_rotated_with_no_overlap_is_dead_within_two_seconds(app, keys, make, clock):
    old = keys("members:read")
    assert Till(app, old).get(NOBODY).status_code == 404
    new = make.run("keys", "rotate", access.split_key(old).prefix, "--overlap-hours", "0").stdout.strip()
    clock.move(timedelta(seconds=2))
    assert [Till(app, key).get(NOBODY).status_code for key in (old, new)] == [401, 404]
