"""Attacks on batches, ceilings and reviews: odd bytes, tills that go away, everybody at once."""

import gzip
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from loyalty.api import ndjson
from tests.api.test_batches import NDJSON, send, statuses

POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
PLACE = ("store", "terminal", "business_date", "receipt")


@pytest.fixture
def ana(make):
    make.club(limits={"earn": {"transaction": 100}})
    return make.shopper()


def together(jobs):
    """What each job gives, all begun at the same instant."""
    start = Barrier(len(jobs))

    def one(job):
        start.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


def heard(answer):
    """The codes and statuses of a batch's lines."""
    assert answer.status_code == 200, answer.json
    told = [json.loads(line) for line in answer.text.splitlines()]
    return [outcome.get("code", outcome["status"]) for outcome in told]


@pytest.mark.parametrize(
    ("shape", "outcomes"),
    [
        pytest.param(b"%s\n%s\n", ["created"] * 2, id="as agreed"),
        pytest.param(b"%s\n%s", ["created"] * 2, id="no line end at the end"),
        pytest.param(b"%s\r\n%s\r\n\r\n \n", ["created"] * 2, id="CRLF and blank lines at the end"),
        pytest.param(b"\n%s\n\n%s", ["malformed_json", "created"] * 2, id="blank lines between"),
        pytest.param(b"%s\r%s", ["malformed_json"], id="CR alone"),
        pytest.param(b"\xef\xbb\xbf%s\n%s", ["malformed_json", "created"], id="a byte order mark"),
        pytest.param(b"%s\0\n%s", ["malformed_json", "created"], id="a NUL"),
        pytest.param(b'{"store":"\xff"}\n%s\n%s', ["malformed_json", *["created"] * 2], id="broken UTF-8"),
        pytest.param(b'{"a":1,"a":2}\n%s\n%s', ["malformed_json", *["created"] * 2], id="a key twice"),
        pytest.param(b"[" * 90_000 + b"\n%s\n%s", ["malformed_json", *["created"] * 2], id="deep"),
        pytest.param(b'{"a":%s}\n%%s\n%%s' % (b"9" * 5_000), ["malformed_json", *["created"] * 2], id="huge"),
        pytest.param(
            '{"\u2028\x85\u2029":1}\n%s\n%s'.encode(),
            ["invalid_request", *["created"] * 2],
            id="line ends in names",
        ),
        pytest.param(b"1\nnull\n%s\n%s", [*["invalid_request"] * 2, *["created"] * 2], id="no objects"),
    ],
)
def test_p16_odd_bytes_spoil_their_own_line_alone(make, ana, shape, outcomes):
    sales = tuple(json.dumps(ana.sale("1.00", cashier="a\u2028b")).encode() for _ in range(2))
    assert heard(send(ana.till, shape % sales)) == outcomes
    assert ana.figures()[0] == outcomes.count("created")
    make.run("ledger", "verify")


def test_a_packed_batch_is_refused_as_a_whole(ana):
    """Its bytes are no lines of the till's: outcomes that are numbered by them would mislead it."""
    packed = gzip.compress(json.dumps(ana.sale("1.00")).encode())
    answer = send(ana.till, packed, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 415, answer.text
    assert answer.json["code"] == "media_type"


def test_a_till_that_goes_away_leaves_the_rest_untold(make, ana, monkeypatch):
    monkeypatch.setattr(ndjson, "MOST_TOGETHER", 1)
    rows = [ana.sale("1.00") for _ in range(3)]
    answer = ana.till._client.post(
        "/v1/purchases/batch",
        data="\n".join(map(json.dumps, rows)),
        content_type=NDJSON,
        headers={"Authorization": f"Bearer {ana.till._key}"},
        buffered=False,
    )
    assert json.loads(next(answer.iter_encoded()))["status"] == "created"
    answer.close()
    ana.buy("10.00")  # no transaction was left open
    assert ana.figures()[0] == 11
    assert statuses(ana.till.batch(*rows)) == ["replayed", "created", "created"]
    make.run("ledger", "verify")


@pytest.mark.parametrize("sold_at", ["1900-01-01T00:00:00Z", "2999-12-31T23:59:59Z", "2026-01-05T02:11:00Z"])
def test_whatever_stamp_a_quarantined_sale_has_it_can_be_released(make, ana, sold_at):
    told = ana.till.batch(ana.sale("7.00", sold_at=sold_at))[0]
    assert told["status"] == "quarantined"
    released = ana.tell(f"/reviews/{told['review_id']}/release", None, 200, "k")
    assert released["purchase"]["award"]["units"]["reward"] == 7
    make.run("ledger", "verify")


@POSTGRESQL
@pytest.mark.parametrize(
    "acts",
    [
        ("release", "release"),
        ("release", "reject"),
        ("release", "cancel"),
        ("reject", "cancel"),
        ("release", "release", "cancel", "cancel"),
    ],
)
def test_a_review_ends_once_whoever_comes_at_once(make, ana, acts):
    for turn in range(3):
        sale = ana.sale("150.00")
        held = ana.tell("/purchases", sale, 202)
        place = {name: sale[name] for name in PLACE}

        def act(no, name, turn=turn, held=held, place=place):
            if name == "cancel":
                return ana.till.post("/purchases/cancel", place | {"cancel_ref": f"{turn}-{no}"})
            path = f"/reviews/{held['review_id']}/{name}"
            return ana.till.post(path, idempotency_key=f"{turn}-{no}")

        jobs = [lambda no=no, name=name: act(no, name) for no, name in enumerate(acts)]
        answers = list(zip(acts, together(jobs), strict=True))
        assert {answer.status_code for _, answer in answers} <= {200, 422}
        closed = [name for name, answer in answers if name != "cancel" and answer.status_code == 200]
        assert len(closed) <= 1
        booked = 150 if closed == ["release"] and "cancel" not in acts else 0
        assert ana.figures()[0] == booked
        if booked:
            ana.tell("/purchases/cancel", place | {"cancel_ref": f"{turn}"}, 200)
    make.run("ledger", "verify")


@POSTGRESQL
def test_p16_batches_and_single_sales_of_the_same_receipts_count_once(make):
    make.club(limits={"earn": {"member_day": 350}})
    ana = make.shopper()
    rows = [ana.sale("30.00") for _ in range(14)]
    singles = [lambda: [ana.till.post("/purchases", row).status_code for row in rows]]
    batches = [lambda step=step: statuses(ana.till.batch(*rows[::step])) for step in (1, -1)]
    together(singles + batches)
    assert ana.figures()[0] == 330  # eleven of thirty are the most below 350
    assert len(ana.till.get("/reviews?state=open").json["items"]) == 3
    make.run("ledger", "verify")


@POSTGRESQL
def test_a_terminal_s_ceiling_holds_for_members_at_once(make):
    make.club(limits={"earn": {"terminal_day": 300}})
    till = make.till()
    members = [make.shopper(till) for _ in range(6)]
    bodies = {one: [one.sale("17.00") for _ in range(4)] for one in members}

    def spree(one):
        return [till.post("/purchases", body).status_code for body in bodies[one]]

    told = Counter(
        code for codes in together([lambda one=one: spree(one) for one in members]) for code in codes
    )
    assert told == {201: 17, 202: 7}
    assert sum(one.figures()[0] for one in members) == 17 * 17
    make.run("ledger", "verify")
