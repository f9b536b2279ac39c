import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from loyalty.jobs.post import post
from loyalty.jobs.sender import Sender
from loyalty.outbox.targets import MOST_FAILURES
from loyalty.rooms import rooms
from tests.jobs.receivers import CERTIFICATE, HOST, receiving


@pytest.fixture
def receiver(monkeypatch):
    """A TLS server whose public name leads to this machine."""
    found = socket.getaddrinfo

    def here(host, port, *more, **named):
        return found("127.0.0.1" if host == HOST else host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    with receiving() as one:
        yield one


@pytest.fixture
def till(make, clock):
    make.club()
    return make.till()


@pytest.fixture
def send(app):
    """The post, with a sender that may speak to this machine and trusts the receiver's certificate."""

    def run(inside=True, ca_file=CERTIFICATE):
        with app.app_context():
            return post(rooms(), Sender(inside, ca_file))

    return run


def watch(till, receiver, **told):
    answer = till.post("/webhook-endpoints", {"url": receiver.url} | told, idempotency_key="w")
    assert answer.status_code == 201, answer.json
    return answer.json


def state(till, endpoint):
    return till.get(f"/webhook-endpoints/{endpoint['endpoint_id']}").json


def types(receiver):
    return [json.loads(body)["type"] for _, body in receiver.heard]


def test_an_event_is_told_signed_and_thin(make, till, receiver, send, clock):
    endpoint = watch(till, receiver, kinds=["points.earned"])
    clock.move(datetime.now(UTC))  # the verifier looks at the machine's clock
    ana = make.shopper(till, phone="+4366412345678")
    ana.buy("10.00")
    assert send() == 1
    [(headers, body)] = receiver.heard
    told = Webhook(endpoint["secret"]).verify(body, headers)
    assert (headers["webhook-id"], headers["target"]) == (told["event_id"], "/club?a=1")
    assert (told["type"], told["member_id"], told["data"]["units"]) == (
        "points.earned",
        ana.member_id,
        {"reward": 10},
    )
    assert not any(word in body.decode() for word in ("Ana", "66412345678", ana.card))
    assert send() == 0


def test_a_signature_of_another_secret_does_not_verify(make, till, receiver, send, clock):
    watch(till, receiver)
    clock.move(datetime.now(UTC))  # the verifier looks at the machine's clock
    make.shopper(till)
    send()
    headers, body = receiver.heard[0]
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(body, headers)


def test_after_a_rotation_both_secrets_sign_for_a_day(make, till, receiver, send, clock):
    old = watch(till, receiver)
    path = f"/webhook-endpoints/{old['endpoint_id']}"
    clock.move(datetime.now(UTC))  # the verifier looks at the machine's clock
    new = till.send("PATCH", path, {"rotate_secret": True}, if_match=till.get(path).headers["ETag"]).json
    make.shopper(till)
    send()
    headers, body = receiver.heard[-1]
    assert Webhook(old["secret"]).verify(body, headers) == Webhook(new["secret"]).verify(body, headers)
    clock.move(timedelta(hours=25))
    make.shopper(till)
    send()
    assert len(receiver.heard[-1][0]["webhook-signature"].split()) == 1


def test_a_failure_is_tried_again_later_in_order_and_nothing_is_lost(make, till, receiver, send, clock):
    """A5: at least once."""
    endpoint = watch(till, receiver, kinds=["points.earned"])
    ana = make.shopper(till)
    first, second = ana.buy("10.00"), ana.buy("20.00")
    receiver.answers = [500]
    assert send() == 0
    shown = state(till, endpoint)
    assert (shown["failures"], shown["fault"], shown["state"]) == (1, "answered 500", "active")
    assert send() == 0, "it rests"
    clock.move(timedelta(seconds=31))
    assert send() == 2
    told = [json.loads(body)["data"]["operation"] for _, body in receiver.heard]
    assert told == [first["purchase_id"], first["purchase_id"], second["purchase_id"]]
    assert (state(till, endpoint)["failures"], state(till, endpoint)["fault"]) == (0, None)


def test_a_redirect_is_a_failure_and_not_followed(make, till, receiver, send):
    endpoint = watch(till, receiver)
    make.shopper(till)
    receiver.answers = [302]
    assert send() == 0
    assert (len(receiver.heard), state(till, endpoint)["fault"]) == (1, "answered 302")


def test_an_endpoint_that_never_answers_well_is_given_up_until_taken_up(make, till, receiver, send, clock):
    endpoint = watch(till, receiver)
    make.shopper(till)
    receiver.answers = [500] * MOST_FAILURES
    for _ in range(MOST_FAILURES):
        send()
        clock.move(timedelta(hours=7))
    assert state(till, endpoint)["state"] == "failed"
    assert send() == 0
    path = f"/webhook-endpoints/{endpoint['endpoint_id']}"
    till.send("PATCH", path, {"state": "active"}, if_match=till.get(path).headers["ETag"])
    assert send() > 0


def test_a_name_that_leads_inside_is_never_called(make, till, receiver, send):
    """Webhook forging, SSRF: every address of the name is checked when it is called."""
    endpoint = watch(till, receiver)
    make.shopper(till)
    assert send(inside=False) == 0
    assert (receiver.heard, state(till, endpoint)["fault"]) == ([], "the host leads to a private address")


def test_a_server_without_the_names_certificate_is_not_told(make, till, receiver, send):
    endpoint = watch(till, receiver)
    make.shopper(till)
    assert send(ca_file=None) == 0
    assert (receiver.heard, state(till, endpoint)["fault"]) == ([], "SSLError")


def test_an_endpoint_is_told_what_was_booked_after_it_was_made(make, till, receiver, send):
    make.shopper(till)
    send()
    watch(till, receiver)
    ana = make.shopper(till)
    send()
    assert {json.loads(body)["member_id"] for _, body in receiver.heard} == {ana.member_id}
    assert "card.issued" in types(receiver)
