"""Keys that sign: HMAC over method, target, content, key, time and nonce."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from loyalty import access
from loyalty.app import create_app
from loyalty.db import db, reading
from tests.databases import settings_for
from tests.makers import Till, receipt, wire
from tests.signatures import SigningTill

NOBODY = "/v1/members/0"
SALE = "/v1/purchases"


@pytest.fixture
def till(make, app, clock):
    make.club()
    return SigningTill(app, clock, *make.keys(terminal="T1", signed=True))


@pytest.fixture
def sale(make, clock):
    """A sale of a member, not told yet."""

    def told(number="R-1", amount="10.00"):
        body = receipt(number) | {"member_id": ana.member_id, "sold_at": wire(clock.now()), "currency": "EUR"}
        return body | {"lines": [{"line": 1, "amount": amount}]}

    ana = make.shopper(make.till(terminal="T9"))
    return told


def heard(answer):
    return answer.status_code, answer.json["code"]


def test_a_signed_request_is_heard(till, sale):
    assert till.send("POST", SALE, sale()).status_code == 201
    assert (
        till.send("GET", f"{SALE}?store=S1&terminal=T1&business_date=2026-01-05&receipt=R-1").status_code
        == 200
    )


def test_what_was_escaped_is_signed_as_it_was_sent(till, sale):
    assert till.send("POST", SALE, sale("R/1 é")).status_code == 201
    target = f"{SALE}?store=S1&terminal=T1&business_date=2026-01-05&receipt=R%2F1%20%C3%A9"
    assert till.send("GET", target).status_code == 200


def test_an_unsigned_request_of_such_a_key_is_refused(till):
    answer = till.send("GET", NOBODY, signature="")
    assert heard(answer) == (401, "signature_missing")
    assert answer.json["header"] == "Loyalty-Signature"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        "t=1, v1=" + "0" * 64,
        "t=, nonce=" + "n" * 16 + ", v1=" + "0" * 64,
        "t=1, nonce=short, v1=" + "0" * 64,
        "t=1, nonce=" + "n" * 65 + ", v1=" + "0" * 64,
        "t=1, nonce=" + "n" * 16 + ", v1=" + "0" * 63,
        "t=1, nonce=" + "n" * 16 + ", v1=" + "g" * 64,
        "t=-1, nonce=" + "n" * 16 + ", v1=" + "0" * 64,
        "t=" + "9" * 13 + ", nonce=" + "n" * 16 + ", v1=" + "0" * 64,
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_signature_of_another_form_is_wrong(till, told):
    assert heard(till.send("GET", NOBODY, signature=told)) == (401, "signature_wrong")


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_off_by_five_minutes_is_on_time(till, clock, seconds):
    signature = till.sign("GET", NOBODY, b"", at=clock.now() + timedelta(seconds=seconds))
    assert till.send("GET", NOBODY, signature=signature).status_code == 404


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_a_clock_off_by_more_is_told_by_how_much(till, clock, seconds):
    signature = till.sign("GET", NOBODY, b"", at=clock.now() + timedelta(seconds=seconds))
    answer = till.send("GET", NOBODY, signature=signature)
    assert heard(answer) == (401, "clock_skew")
    assert (answer.json["skew_seconds"], answer.json["server_time"]) == (seconds, wire(clock.now()))
    assert answer.headers["Loyalty-Time"] == "2026-01-05T02:00:00.000Z"


def test_a_signed_request_is_heard_once_though_the_wish_was_not_carried_out(till, sale):
    signature = till.sign("GET", NOBODY, b"", nonce="a-nonce-used-twice")
    assert till.send("GET", NOBODY, signature=signature).status_code == 404
    assert heard(till.send("GET", NOBODY, signature=signature)) == (401, "nonce_reused")
    other = till.sign("GET", "/v1/members/1", b"", nonce="a-nonce-used-twice")
    assert heard(till.send("GET", "/v1/members/1", signature=other)) == (401, "nonce_reused")


def test_a_retry_is_signed_anew_and_hears_the_first_answer(till, sale):
    first = till.send("POST", SALE, sale())
    again = till.send("POST", SALE, sale())
    assert (again.status_code, again.json["purchase_id"]) == (201, first.json["purchase_id"])
    assert again.json["replayed"]


def test_two_keys_may_draw_the_same_nonce(till, make, app, clock):
    other = SigningTill(app, clock, *make.keys(terminal="T2", signed=True))
    for one in (till, other):
        signature = one.sign("GET", NOBODY, b"", nonce="the-very-same-nonce")
        assert one.send("GET", NOBODY, signature=signature).status_code == 404


def test_the_signature_of_a_key_that_does_not_sign_is_not_looked_at(app, make):
    make.club()
    till = Till(app, make.keys("members:read", terminal="T1")[0])
    assert till.send("GET", "/members/0", **{"Loyalty-Signature": "nonsense"}).status_code == 404


def test_the_secret_is_kept_nowhere_and_is_not_the_key(app, till):
    with app.app_context(), reading() as session:
        [row] = [key for key in access.all_keys(session) if key.signed]
    assert till.secret.removeprefix("ls_") not in str(vars(row))
    assert till.secret.removeprefix("ls_") not in till.key


def test_secrets_outlive_a_new_secret_key_while_the_old_one_is_a_fallback(till, make, clock, database):
    """The old LOYALTY_SECRET_KEY among the fallbacks: tills change their secrets in their own time."""
    old, new = settings_for(database).secret_key, "another-k3y-of-the-tests-9d21b7"
    for fallbacks, expected in ((old, 404), (f"{new}0,{old}", 404), ("", 401)):
        app = create_app(settings_for(database, secret_key=new, secret_key_fallbacks=fallbacks), clock)
        assert SigningTill(app, clock, till.key, till.secret).send("GET", NOBODY).status_code == expected
        with app.app_context():
            db.engine.dispose()


def test_the_night_forgets_nonces_whose_stamps_pass_no_more(till, make, app, clock):
    signature = till.sign("GET", NOBODY, b"", nonce="a-nonce-to-forget")
    assert till.send("GET", NOBODY, signature=signature).status_code == 404

    def kept():
        with app.app_context(), reading() as session:
            return session.scalar(select(func.count()).select_from(access.Nonce))

    make.run("jobs", "nightly")
    assert kept() == 1
    clock.move(timedelta(days=1, seconds=1))
    make.run("jobs", "nightly")
    assert kept() == 0
    assert heard(till.send("GET", NOBODY, signature=signature)) == (401, "clock_skew")


def test_of_twins_that_were_signed_once_one_is_heard(till):
    signature, begin, told = till.sign("GET", NOBODY, b""), Barrier(4), []

    def ask():
        begin.wait()
        told.append(till.client.application.test_client().get(NOBODY, headers=headers).status_code)

    headers = {"Authorization": f"Bearer {till.key}", "Loyalty-Signature": signature}
    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [401, 401, 401, 404]
