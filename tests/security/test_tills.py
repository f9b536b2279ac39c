"""What tills and partners withstand; each docstring begins with the threat in the words of security.md."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import access
from loyalty.app import create_app
from loyalty.db import db, reading
from tests.databases import settings_for
from tests.makers import Till, receipt, wire
from tests.signatures import SigningTill

NOBODY = "/members/0"
ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def ana(make):
    """A member with a hundred points, at a till that may do everything."""
    make.club()
    ana = make.shopper()
    ana.adjust(100)
    return ana


def prefix(key):
    return access.split_key(key).prefix


def code(answer):
    return answer.status_code, answer.json["code"]


def test_a_thief_of_the_table_of_keys_has_no_key(app, make):
    """Stolen key table: 256 random bits each, kept as a digest alone, shown once, looked up by a prefix."""
    make.programme()
    made = [make.keys("members:read", terminal="T1", signed=True) for _ in range(3)]
    with app.app_context(), reading() as session:
        rows = {row["prefix"]: row for row in session.execute(text("SELECT * FROM api_key")).mappings()}
    for key, secret in made:
        row = rows[prefix(key)]
        assert len(key.split("_")[2]) * 5 >= 256
        assert row["digest"] == access.digest(key)
        assert key.split("_")[2] not in str(row)
        assert secret.removeprefix("ls_") not in str(row)
        for stolen in (f"lk_{row['prefix']}_{row['digest']}", f"lk_{row['prefix']}_{'a' * 52}"):
            assert Till(app, stolen).get(NOBODY).status_code == 401
    assert not {part for key, secret in made for part in (key, secret)} & set(
        make.run("keys", "list").stdout.split()
    )


SALE = receipt("R-1") | {"sold_at": "2026-01-05T02:00:00Z", "currency": "EUR"}
SALE |= {"lines": [{"line": 1, "amount": "1.00"}]}
BACK = receipt("B-1", "return_ref") | {"returned_at": "2026-01-05T02:00:00Z", "amount": "1.00"}


@ONE_IS_ENOUGH
@pytest.mark.parametrize("scope", access.TILL_SCOPES)
def test_a_key_does_what_its_scopes_say_and_nothing_else(ana, make, scope):
    """Too much power: a scope opens its own doors only; refunding is apart from earning."""
    bought = ana.buy("10.00")
    till = make.till(scope, terminal="T1")
    doors = {
        "members:read": [("GET", f"/members/{ana.member_id}", None)],
        "members:write": [("POST", f"/members/{ana.member_id}/codes", {"purpose": "earn"})],
        "points:earn": [("POST", "/purchases", SALE | {"card": ana.card})],
        "points:return": [("POST", f"/purchases/{bought['purchase_id']}/returns", BACK)],
        "points:spend": [("POST", "/redemptions", {"card": ana.card, "points": 1, "reference": "r"})],
    }
    for needed, calls in doors.items():
        for method, path, body in calls:
            answer = till.send(method, path, body)
            assert (answer.status_code == 403) == (scope != needed), (scope, path, answer.json)


def test_a_key_speaks_for_its_store_its_terminals_and_its_days(ana, make, clock):
    """Too much power: another store, another terminal, or a day after the key's last one is refused."""
    body = receipt("R-1") | {"card": ana.card, "sold_at": wire(clock.now()), "currency": "EUR"}
    body |= {"lines": [{"line": 1, "amount": "1.00"}]}
    words = [
        "--client",
        "server",
        "--store",
        "S1",
        "--terminal",
        "T1",
        "--terminal",
        "T2",
        "--scope",
        "points:earn",
    ]
    key = make.run("keys", "create", *words, "--expires-on", "2026-01-05").stdout.strip()
    server = Till(ana.till._client.application, key)
    assert server.post("/purchases", body).status_code == 201
    assert server.post("/purchases", body | {"terminal": "T2"}).status_code == 201
    assert code(server.post("/purchases", body | {"terminal": "T3"})) == (403, "terminal_foreign")
    assert code(server.post("/purchases", body | {"store": "S2"})) == (403, "store_foreign")
    clock.move(timedelta(hours=22))
    assert server.post("/purchases", body).status_code == 401


def test_a_leaked_key_is_dead_everywhere_within_seconds(make, app, clock, database):
    """Leak, rotation: once revoked, or the overlap over, a key is refused within 5 s by every worker."""
    make.programme()
    workers = [app, create_app(settings_for(database), clock)]
    [old] = make.keys("members:read", terminal="T1", client="C1")
    tills = [Till(worker, old) for worker in workers]
    assert [till.get(NOBODY).status_code for till in tills] == [404, 404]
    new = make.run("keys", "rotate", prefix(old), "--overlap-hours", "24").stdout.strip()
    for key in (old, new):
        assert [Till(worker, key).get(NOBODY).status_code for worker in workers] == [404, 404]
    clock.move(timedelta(hours=24))
    assert [till.get(NOBODY).status_code for till in tills] == [401, 401]
    assert [Till(worker, new).get(NOBODY).status_code for worker in workers] == [404, 404]
    make.run("keys", "revoke", prefix(new))
    clock.move(timedelta(seconds=5))
    assert [Till(worker, new).get(NOBODY).status_code for worker in workers] == [401, 401]
    with workers[1].app_context():
        db.engine.dispose()


def test_a_key_has_one_successor_that_writes_in_its_name(ana, make):
    """Leak, rotation: two live keys of a client, no third; what one told, the other hears as a replay."""
    [old] = make.keys(terminal="T1", client="C1")
    new = make.run("keys", "rotate", prefix(old)).stdout.strip()
    assert "two live keys" in make.run("keys", "rotate", prefix(new), exit_code=1).stderr
    app, body = ana.till._client.application, {"card": ana.card, "points": 1, "reference": "red-1"}
    first, again = (Till(app, key).post("/redemptions", body) for key in (old, new))
    assert first.json["redemption_id"] == again.json["redemption_id"]
    assert "2026-01-05" in make.run("keys", "list").stdout


def test_nothing_of_a_signed_request_can_be_changed_or_sent_again(ana, make, app, clock):
    """Tampering, replay: HMAC over method, target, content, key, time and nonce; plus or minus 300 s."""
    till, other = (SigningTill(app, clock, *make.keys(terminal="T1", signed=True)) for _ in range(2))
    spend = {"card": ana.card, "points": 1, "reference": "r"}
    path, data = "/v1/redemptions", json.dumps(spend).encode()
    signature = till.sign("POST", path, data)
    stamp, nonce, mac = signature.split(", ")
    later = f"t={int(stamp[2:]) + 1}"
    for sent, told in [
        (spend | {"points": 100}, signature),
        (spend, f"{later}, {nonce}, {mac}"),
        (spend, f"{stamp}, {nonce}0, {mac}"),
        (spend, f"{stamp}, {nonce}, v1={'0' * 64}"),
        (spend, till.sign("PUT", path, data)),
        (spend, till.sign("POST", f"{path}?a=1", data)),
        (spend, other.sign("POST", path, data)),
    ]:
        assert code(till.send("POST", path, sent, told)) == (401, "signature_wrong")
    assert code(till.send("POST", path, spend, "")) == (401, "signature_missing")
    assert till.send("POST", path, spend, signature).status_code == 201
    assert code(till.send("POST", path, spend, signature)) == (401, "nonce_reused")
    late = till.sign("POST", path, data)
    clock.move(timedelta(seconds=301))
    assert code(till.send("POST", path, spend, late)) == (401, "clock_skew")
    assert ana.figures()[0] == 99


def test_a_foreign_object_is_heard_as_an_unknown_one(ana, make):
    """Foreign objects: a hold or redemption of another client is looked up as one that never was."""
    held, redeemed = ana.hold(1, reference="mine"), ana.redeem(1, reference="mine")
    stranger = make.till("points:spend", terminal="T2")
    for path in ("/holds", "/redemptions"):
        foreign, unknown = (stranger.get(f"{path}?reference={name}") for name in ("mine", "nobody's"))
        assert (foreign.status_code, foreign.json) == (404, unknown.json)
        assert ana.till.get(f"{path}?reference=mine").status_code == 200
    for path, real in (("/holds", held["hold_id"]), ("/redemptions", redeemed["redemption_id"])):
        never = real.split("-")[0] + "-0"
        assert stranger.get(f"{path}/{never}").json == stranger.get(f"{path}/0-0").json


@ONE_IS_ENOUGH
@pytest.mark.parametrize("more", [{"tier": "gold"}, {"award": 10**6}, {"purchase_id": "1-1"}, {"member": {}}])
def test_a_till_cannot_write_what_it_is_not_asked_for(ana, more):
    """Mass assignment, too much data: an unknown field is refused, not overlooked."""
    refused = ana.buy("1.00", expect=422, **more)
    assert (refused["code"], list(refused["fields"])) == ("invalid_request", list(more))


def test_a_till_is_told_no_more_of_a_member_than_it_needs(make, ana):
    """Mass assignment, too much data: what a till hears is an allow-list, whatever is known of the member."""
    person = {
        "name": "Maria Braga",
        "phone": "912345678",
        "email": "m@example.com",
        "birth_date": "1990-01-01",
    }
    maria = make.shopper(**person, references=["core-7"], attributes={"vip": True})
    heard = make.till("points:earn", terminal="T3").post("/members/lookup", {"card": maria.card})
    told = {"member_id", "state", "first_name", "phone", "card", "tier", "balance", "print", "stopped"}
    assert set(heard.json) == told
    for secret in ("Braga", "912345678", "m@example.com", "1990", "core-7", "vip", maria.card):
        assert secret not in heard.text + json.dumps(maria.buy("1.00"))


def test_who_guesses_cards_is_slowed_then_locked_and_heard_of(ana, clock, capsys):
    """Guessing card numbers: slower after 20 unknown in ten minutes, locked after 100, with an alarm."""

    def guess(number):
        return ana.till.post("/members/lookup", {"card": f"70{number:014}"})

    assert {code(guess(number)) for number in range(20)} == {(404, "card_unknown")}
    assert clock.slept == []
    assert {code(guess(number)) for number in range(20, 100)} == {(404, "card_unknown")}
    assert len(clock.slept) == 80
    assert code(guess(100)) == (429, "terminal_locked")
    assert code(ana.till.post("/members/lookup", {"card": ana.card})) == (429, "terminal_locked")
    assert capsys.readouterr().err.count("card_guessing") == 1


def test_only_a_key_that_may_asks_by_phone_or_e_mail(ana, make):
    """Guessing card numbers: phone and e-mail look-up only for keys that may read members."""
    till = make.till("points:earn", "points:spend", "points:return", terminal="T3")
    for wanted in ({"phone": "912345678"}, {"email": "ana@example.com"}):
        assert code(till.post("/members/lookup", wanted)) == (403, "forbidden")


def test_a_photographed_code_is_worth_nothing_to_a_second_one(ana, clock):
    """Replayed QR, screenshots: a code lives sixty seconds, is used once, and is bound to its purpose."""

    def shown(purpose):
        return ana.till.post(f"/members/{ana.member_id}/codes", {"purpose": purpose}).json["token"]

    def spend(token, reference):
        return ana.till.post("/redemptions", {"token": token, "points": 1, "reference": reference})

    token, idle = shown("spend"), shown("spend")
    assert spend(token, "r1").status_code == 201
    assert code(spend(token, "r2")) == (404, "code_unknown")
    assert code(spend(shown("earn"), "r3")) == (422, "code_purpose")
    clock.move(timedelta(seconds=60))
    assert code(spend(idle, "r4")) == (404, "code_unknown")
    assert ana.figures()[0] == 99
