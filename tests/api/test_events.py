import pytest

from loyalty.decide.course import EVENT_KINDS
from tests.makers import Maker

ENDPOINT = {"url": "https://hooks.example.org/club", "kinds": ["points.earned"]}


def in_line(make: Maker) -> None:
    make.run("jobs", "post")


@pytest.fixture
def till(make):
    make.club()
    return make.till()


def test_events_are_read_by_cursor_in_one_line_each_with_its_members_own_number(make, till):
    """A5: a stable id, and a sequence number per member."""
    ana, bo = make.shopper(till), make.shopper(till)
    ana.buy("10.00"), bo.buy("20.00"), ana.buy("30.00")
    in_line(make)
    first = till.get("/events?limit=2").json
    rest = till.get(f"/events?after={first['next']}&limit=100").json
    told = first["items"] + rest["items"]
    assert rest["next"] is None
    assert len({event["event_id"] for event in told}) == len(told)
    for shopper in (ana, bo):
        mine = [event for event in told if event["member_id"] == shopper.member_id]
        assert [event["seq"] for event in mine] == list(range(1, len(mine) + 1))
        assert "points.earned" in {event["type"] for event in mine}


def test_an_event_is_shown_once_it_has_its_place_and_stays_there(make, till):
    make.shopper(till).buy("10.00")
    assert till.get("/events").json["items"] == []
    in_line(make)
    before = till.get("/events").json["items"]
    make.shopper(till).buy("10.00")
    in_line(make)
    assert till.get("/events").json["items"][: len(before)] == before


@pytest.mark.parametrize("after", ["zzzz", "!", "0"])
def test_a_cursor_that_we_never_gave_is_refused(make, till, after):
    answer = till.get(f"/events?after={after}")
    assert (answer.status_code, answer.json["fields"]) == (422, {"after": "is no event of ours"})


def test_events_need_their_own_scope(make, till):
    other = make.till("points:earn", "members:read")
    assert other.get("/events").status_code == 403
    assert other.get("/webhook-endpoints").status_code == 403


def test_an_endpoint_is_made_once_shown_changed_and_removed(till):
    made = till.post("/webhook-endpoints", ENDPOINT, idempotency_key="w1")
    again = till.post("/webhook-endpoints", ENDPOINT, idempotency_key="w1")
    assert (made.status_code, again.json) == (201, made.json)
    assert made.json["secret"].startswith("whsec_")
    path = f"/webhook-endpoints/{made.json['endpoint_id']}"
    shown = till.get(path)
    assert "secret" not in shown.json
    assert till.send("PATCH", path, {"kinds": []}).status_code == 428
    changed = till.send("PATCH", path, {"rotate_secret": True, "kinds": []}, if_match=shown.headers["ETag"])
    assert (changed.json["kinds"], changed.json["secret"] != made.json["secret"]) == ([], True)
    assert till.send("PATCH", path, {"state": "paused"}, if_match=shown.headers["ETag"]).status_code == 412
    gone = till.send("DELETE", path, if_match=changed.headers["ETag"])
    assert (gone.status_code, till.get(path).status_code) == (204, 404)
    assert till.get("/webhook-endpoints").json["items"] == []


def test_an_endpoint_that_would_never_ring_is_refused(till):
    refused = till.post("/webhook-endpoints", ENDPOINT | {"kinds": ["points.stolen"]}, idempotency_key="w1")
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert refused.json["fields"]["kinds.0"].startswith(
        "is none of account.released, account.stopped, benefit.cancelled, "
    )
    made = till.post("/webhook-endpoints", ENDPOINT, idempotency_key="w1")
    path, version = f"/webhook-endpoints/{made.json['endpoint_id']}", made.headers["ETag"]
    changed = till.send("PATCH", path, {"kinds": ["tier.changed", "x"]}, if_match=version)
    assert (changed.status_code, list(changed.json["fields"])) == (422, ["kinds.1"])


def test_every_kind_of_event_can_be_asked_for(till):
    told = till.post("/webhook-endpoints", ENDPOINT | {"kinds": sorted(EVENT_KINDS)}, idempotency_key="w1")
    assert told.json["kinds"] == sorted(EVENT_KINDS)


def test_another_clients_endpoint_is_unknown(make, till):
    """A3: foreign is heard as unknown."""
    made = till.post("/webhook-endpoints", ENDPOINT, idempotency_key="w1").json
    other = make.till(terminal="T2")
    assert other.get(f"/webhook-endpoints/{made['endpoint_id']}").status_code == 404
    assert other.get("/webhook-endpoints").json["items"] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://localhost/",
        "https://127.0.0.1/x",
        "https://[::1]/",
        "https://a:b@h.example/",
        "https://10.0.0.8/",
        "https://[::ffff:169.254.169.254]/",
        "https://example.org:99999/",
        "ftp://example.org/",
        "x",
    ],
)
def test_an_address_that_is_no_public_https_is_refused_at_its_field(till, url):
    answer = till.post("/webhook-endpoints", {"url": url}, idempotency_key="w")
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["url"])


def test_a_client_has_at_most_twenty_endpoints(till):
    for n in range(20):
        assert till.post("/webhook-endpoints", ENDPOINT, idempotency_key=f"w{n}").status_code == 201
    answer = till.post("/webhook-endpoints", ENDPOINT, idempotency_key="w20")
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["url"])
