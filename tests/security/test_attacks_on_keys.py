"""Attacks on keys, signatures, codes, books, webhooks and the chain of acts, as an attacker tries them."""

import socket
import ssl
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from standardwebhooks import Webhook

from loyalty.app import create_app
from loyalty.db import db
from loyalty.jobs.post import post
from loyalty.jobs.sender import Sender
from loyalty.outbox import is_inside
from loyalty.rooms import rooms
from tests.books.tills import till as till_of
from tests.databases import settings_for
from tests.jobs.receivers import CERTIFICATE, HOST, receiving
from tests.makers import Maker, Till, receipt, wire
from tests.signatures import SigningTill

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
WORKERS = 8


@pytest.fixture
def ana(make):
    """A member with a hundred points, at a till that may do everything."""
    make.club()
    ana = make.shopper()
    ana.adjust(100)
    return ana


@pytest.fixture
def further(clock):
    """Further copies of the service, whose connections are closed at the end."""
    made = []

    def copy(url, **changes):
        made.append(create_app(settings_for(url, **changes), clock))
        return made[-1]

    yield copy
    for app in made:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def here(monkeypatch):
    """The name of the receiver leads to this machine."""
    found, places = socket.getaddrinfo, {HOST: "127.0.0.1"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **by: found(places.get(host, host), *more, **by)
    )


def code(answer):
    return answer.status_code, answer.json["code"]


def watch(till, url, key="w"):
    answer = till.post("/webhook-endpoints", {"url": url}, idempotency_key=key)
    assert answer.status_code == 201, answer.json
    return answer.json


def send(app):
    with app.app_context():
        return post(rooms(), Sender(True, CERTIFICATE))


def together(do):
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(do, range(WORKERS)))


@ONE_IS_ENOUGH
@pytest.mark.parametrize("host", [f"{'a' * 64}.example.com", "a..example.com"])
def test_an_address_that_is_no_name_holds_no_other_endpoint_up(ana, app, here, host):
    """SSRF: a host that cannot even be asked for is one endpoint's failure; the others hear their news."""
    bad = ana.till.post("/webhook-endpoints", {"url": f"https://{host}/"}, idempotency_key="bad")
    assert bad.status_code in {201, 422}
    with receiving() as receiver:
        watch(ana.till, receiver.url)
        ana.buy("1.00")
        send(app)
        assert receiver.heard


@contextmanager
def dripping(words, seconds):
    """A TLS server that says a word now and then, for so long at most; the port it listens at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def serve(door):
        with door.accept()[0] as raw, context.wrap_socket(raw, server_side=True) as line, suppress(OSError):
            line.recv(65536)
            line.sendall(b"HTTP/1.1 ")
            until = monotonic() + seconds
            while monotonic() < until:
                line.sendall(words)
                sleep(0.2)

    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor() as pool:
        pool.submit(serve, door)
        yield door.getsockname()[1]


@ONE_IS_ENOUGH
@pytest.mark.parametrize("words", [b"2", b"100 Continue\r\n\r\nHTTP/1.1 "])
def test_an_answer_drop_by_drop_has_its_seconds_and_no_more(ana, app, here, monkeypatch, words):
    """Webhooks, 15 s: from the first byte to the last of an answer, however often a byte comes."""
    monkeypatch.setattr("loyalty.hooks.SECONDS", 1.0)
    with dripping(words, seconds=4) as port:
        watch(ana.till, f"https://{HOST}:{port}/")
        ana.buy("1.00")
        began = monotonic()
        assert send(app) == 0
        assert monotonic() - began < 2.5


NEVER_GIVEN_OUT = "fec0::1 ::7f00:1 ::10.0.0.1 ::ffff:0:7f00:1 64:ff9b:1::a00:1 5f00::1 3fff::1"
INSIDE = (
    "::1 :: fe80::1%eth0 fd00::1 ff02::1 ::ffff:169.254.169.254 2002:7f00:1:: 64:ff9b::a00:1 2001:0:7f00:1::"
)
INSIDE_4 = "0.0.0.0 100.64.0.1 169.254.169.254 240.0.0.1 255.255.255.255"


@pytest.mark.parametrize("address", f"{NEVER_GIVEN_OUT} {INSIDE} {INSIDE_4}".split())
def test_no_clothes_of_an_address_lead_inside(address):
    """SSRF: site-local, v4-compatible, v4-translated, local NAT64 and whatever is no global unicast."""
    assert is_inside(address)


@ONE_IS_ENOUGH
def test_webhooks_are_signed_with_the_earlier_secret_key_too(make, app, clock, database, here, further):
    """Default secrets: rotation by fallbacks; a receiver's secret outlives the change of the server's."""
    make.club()
    clock.move(datetime.now(UTC))  # the verifier looks at the machine's clock
    with receiving() as receiver:
        secret = watch(make.till(), receiver.url)["secret"]
        make.shopper()
        old = app.extensions["loyalty"].settings.secret_key
        assert send(further(database, secret_key="another-k3y-5d1e90ab", secret_key_fallbacks=old)) > 0
        headers, body = receiver.heard[0]
        assert Webhook(secret).verify(body, headers)


@ONE_IS_ENOUGH
def test_a_key_that_was_not_proven_was_not_used(make, app):
    """Leak: `last used` shows the holder's use, not that somebody knows a prefix from a list or a log."""
    make.club()
    [key] = make.keys("members:read", terminal="T1")
    assert Till(app, f"{key[: key.rindex('_')]}_{'a' * 52}").get("/members/0").status_code == 401
    assert "never" in make.run("keys", "list").stdout


@pytest.mark.parametrize("seq", [str(2**63), "9" * 40])
def test_a_forged_cursor_is_refused_and_no_fault_of_ours(ana, seq):
    """A1: a 5xx is always our fault, whatever was sent."""
    cursor = urlsafe_b64encode(f"reward:{seq}".encode()).decode().rstrip("=")
    assert code(ana.till.get(f"/members/{ana.member_id}/entries?cursor={cursor}")) == (422, "invalid_request")


@ONE_IS_ENOUGH
def test_a_key_of_one_store_lets_no_sale_of_another_through(make, app):
    """Too much power: a key with a store closes the reviews of that store alone."""
    make.club(limits={"earn": {"transaction": 50}})
    review = make.shopper().buy("100.00", expect=202)["review_id"]
    stranger = Till(app, make.keys(client="C2", store="S2")[0])
    for act in ("release", "reject"):
        answer = stranger.post(f"/reviews/{review}/{act}", idempotency_key=act)
        assert answer.status_code in {403, 404}, act


@ONE_IS_ENOUGH
def test_every_route_that_names_a_place_asks_whose_it_is(ana, app, make, clock):
    """Too much power: store and terminal are limits of a key on every route that tells a fact of them."""
    sold, sale = ana.buy("10.00"), ana.sale("1.00")
    stranger = Till(app, make.keys(client="C2", store="S2", terminal="T2")[0])
    back = receipt("B", "return_ref") | {"returned_at": wire(clock.now()), "amount": "1.00"}
    for path, body in (
        ("/purchases", sale),
        ("/quotes", {name: sale[name] for name in sale if name not in {"receipt", "business_date"}}),
        (f"/purchases/{sold['purchase_id']}/returns", back),
        ("/returns", back | {"original": receipt("R")}),
        ("/returns", back | {"card": ana.card}),
        ("/purchases/cancel", receipt("R") | {"cancel_ref": "c"}),
    ):
        assert code(stranger.post(path, body)) == (403, "store_foreign"), path
        assert code(stranger.post(path, body | {"store": "S2"})) == (403, "terminal_foreign"), path
    told = stranger.batch(sale, sale | {"store": "S2"})
    assert [line["code"] for line in told] == ["store_foreign", "terminal_foreign"]
    totals = {name: {"count": 0, "amount": "0"} for name in ("sales", "returns")}
    day = {"store": "S1", "business_date": "2026-01-05", "totals": totals}
    assert code(stranger.post("/reconciliations", day)) == (403, "store_foreign")


@ONE_IS_ENOUGH
def test_a_signature_cannot_be_bent(ana, make, app, clock):
    """Tampering: spelling the target, the header or the method otherwise is another request or none."""
    till = SigningTill(app, clock, *make.keys(client="C2", signed=True))
    path = f"/v1/members/{ana.member_id}/balance"
    signed = till.sign("GET", path, b"")
    spelt = [path.replace("balance", word) for word in ("%62alance", "tier", "balance/", "balance?at=now")]
    for target in (*spelt, f"/{path}", f"/v1/..{path}"):
        assert till.send("GET", target, signature=signed).status_code in {308, 401, 404}, target
    for told in (f"{signed},{signed}", f"{signed}, x=1", signed.upper(), signed[:-1]):
        assert code(till.send("GET", path, signature=told)) == (401, "signature_wrong"), told
    headers = {"Authorization": f"Bearer {till.key}", "Loyalty-Signature": signed}
    assert till.client.head(path, headers=headers).status_code == 401
    assert till.client.get(path, headers=headers, data=b"{}").status_code == 401
    assert till.send("GET", path, signature=signed).status_code == 200


@pytest.mark.parametrize("skew", [-300, 300])
def test_no_signature_is_heard_twice(ana, make, app, clock, database, further, skew):
    """Replay: at the edge of its time, by another worker, and after the night forgot the nonce."""
    till = SigningTill(app, clock, *make.keys(client="C2", signed=True))
    path = f"/v1/members/{ana.member_id}/balance"
    signed = till.sign("GET", path, b"", at=clock.now() + timedelta(seconds=skew))
    assert till.send("GET", path, signature=signed).status_code == 200
    elsewhere = SigningTill(further(database), clock, till.key, till.secret)
    assert code(elsewhere.send("GET", path, signature=signed)) == (401, "nonce_reused")
    for hours in (0.16, 12, 13):
        clock.move(timedelta(hours=hours))
        make.run("jobs", "nightly")
        assert elsewhere.send("GET", path, signature=signed).status_code == 401


@POSTGRESQL
def test_parallel_acts_make_one_chain(ana, app, make):
    """Silent edits: writers that meet at one moment leave one line after another, and no fork."""

    def act(turn):
        told = {
            "unit": "reward",
            "points": 1,
            "reason_code": "goodwill",
            "note": "n",
            "reference": f"a{turn}",
        }
        body = told | {"member_id": ana.member_id}
        return Till(app, ana.till._key).post("/adjustments", body).status_code

    assert set(together(act)) == {201}
    assert f"{WORKERS + 3} acts, all as they were written" in make.run("audit", "verify").stdout


@ONE_IS_ENOUGH
def test_receipts_are_no_way_to_members_whom_no_card_names(ana, make, clock):
    """Guessing: a receipt's answer carries a member's id, which spends as a card does; unknown ones count."""
    thief = make.till("points:earn", "points:spend", terminal="T9")
    ask = "/purchases?store=S1&terminal=T1&business_date=2026-01-05&receipt="
    heard = [thief.get(f"{ask}{number}").status_code for number in range(101)]
    assert (heard[0], heard[-1], len(clock.slept)) == (404, 429, 80)


@ONE_IS_ENOUGH
def test_a_ceiling_of_a_day_is_not_passed_by_telling_of_other_days(make, clock):
    """Business limits: what a stolen key tells in a minute is no more for being dated back."""
    make.club(limits={"earn": {"member_day": 100, "terminal_day": 100}})
    ana = make.shopper()
    ana.buy("100.00")
    for days in (1, 2, 200):
        ana.buy("100.00", expect=202, sold_at=wire(clock.now() - timedelta(days=days)))


@pytest.mark.parametrize("modes", [("live", "training"), ("live", "test"), ("training", "live")])
def test_no_id_of_one_book_opens_anything_in_the_other(kind, clock, further, modes):
    """Books: members, sales, spendings, reviews, codes of one are unknown in the other."""
    with kind.clone() as live, kind.clone() as training:
        both = Maker(further(live, training_database_url=training), clock)
        both.club(limits={"earn": {"transaction": 100}})
        owner, thief = (till_of(both, mode) for mode in modes)
        ana = both.shopper(owner)
        ana.adjust(50)
        sold, held, spent = ana.buy("10.00"), ana.hold(5), ana.redeem(5)
        review, person = ana.buy("500.00", expect=202)["review_id"], f"/members/{ana.member_id}"
        token = owner.post(f"{person}/codes", {"purpose": "spend"}).json["token"]
        back = receipt("B", "return_ref") | {"returned_at": wire(clock.now()), "amount": "1.00"}
        for path, body in (
            (f"{person}/codes", {"purpose": "spend"}),
            (f"/purchases/{sold['purchase_id']}/returns", back),
            (f"/holds/{held['hold_id']}/capture", {}),
            (f"/redemptions/{spent['redemption_id']}/reverse", {"reference": "r"}),
            ("/redemptions", {"token": token, "points": 1, "reference": "r"}),
            (f"/reviews/{review}/release", None),
        ):
            answer = thief.post(path, body, idempotency_key=path)
            assert answer.status_code == 404, (path, answer.json)
