"""The rotating code of the member's page (M4)."""

import json
import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from loyalty import members
from loyalty.db import reading
from tests.makers import Shopper, receipt, wire

MINUTE = timedelta(seconds=60)


@pytest.fixture
def ana(make):
    make.club()
    ana = make.shopper()
    ana.adjust(100)
    return ana


def code(ana, purpose="spend", expect=201):
    answer = ana.till.post(f"/members/{ana.member_id}/codes", {"purpose": purpose})
    assert answer.status_code == expect, answer.json
    return answer.json


def showing(ana, purpose="spend"):
    """The same member, at a till that scans a fresh code of theirs with each wish."""

    class Showing(Shopper):
        @property
        def _bearer(self):
            return {"token": code(ana, purpose)["token"]}

        @_bearer.setter
        def _bearer(self, _):
            pass

    return Showing(ana.till, ana.clock, {"member_id": ana.member_id, "card": None})


def by(token):
    """What replaces a shopper's card in a body: no card, this code."""
    return {"token": token}


def spend(ana, token, points=10, expect=201, reference="red-1", **more):
    body = {"token": token, "points": points, "reference": reference} | more
    return ana.tell("/redemptions", body, expect)


def test_m4_a_code_is_twenty_digits_with_their_own_prefix_and_lives_a_minute(ana, clock):
    told = code(ana)
    assert re.fullmatch("71[0-9]{18}", told["token"])
    assert told["expires_at"] == wire(clock.now() + MINUTE)
    assert code(ana)["token"] != told["token"]


def test_m4_a_spend_uses_the_code_up_in_the_same_transaction(ana):
    token = code(ana)["token"]
    spend(ana, token)
    assert spend(ana, token, expect=404, reference="red-2")["code"] == "code_unknown"
    assert ana.figures()[0] == 90


def test_m4_a_retry_hears_the_first_answer_though_the_code_is_used(ana, clock):
    token = code(ana)["token"]
    first = spend(ana, token)
    clock.move(timedelta(hours=1))
    again = spend(ana, token)
    assert (again["redemption_id"], again["replayed"]) == (first["redemption_id"], True)
    assert spend(ana, code(ana)["token"], expect=422)["code"] == "key_reused"


def test_m4_a_spend_that_was_refused_leaves_the_code(ana):
    token = code(ana)["token"]
    assert spend(ana, token, points=101, expect=422, reference="red-1")["code"] == "not_enough_points"
    spend(ana, token, points=100, reference="red-2")


def test_m4_a_code_is_dead_a_minute_after_it_was_shown(ana, clock):
    first, second = code(ana)["token"], code(ana)["token"]
    clock.move(MINUTE - timedelta(microseconds=1))
    spend(ana, first)
    clock.move(timedelta(microseconds=1))
    assert spend(ana, second, expect=404, reference="red-2")["code"] == "code_unknown"


def test_m4_a_new_code_does_not_end_the_one_before(ana):
    first, second = code(ana)["token"], code(ana)["token"]
    spend(ana, second)
    spend(ana, first, reference="red-2")


@pytest.mark.parametrize(("purpose", "path"), [("earn", "/redemptions"), ("earn", "/holds")])
def test_m4_a_code_to_earn_spends_nothing(ana, purpose, path):
    body = by(code(ana, purpose)["token"]) | {"points": 10, "reference": "r"}
    refused = ana.tell(path, body, 422)
    assert (refused["code"], refused["purpose"]) == ("code_purpose", "spend")
    assert ana.figures()[0] == 100


def test_m4_a_code_to_spend_earns_nothing(ana):
    scanned = showing(ana, "spend")
    assert scanned.buy("10.00", expect=422)["code"] == "code_purpose"


def test_m4_a_code_earns_once(ana):
    token = code(ana, "earn")["token"]
    earning = Shopper(ana.till, ana.clock, {"member_id": ana.member_id, "card": None})
    earning._bearer = by(token)
    earning.buy("10.00")
    assert earning.buy("10.00", expect=404)["code"] == "code_unknown"
    assert ana.figures()[0] == 110


def test_m4_a_hold_takes_the_code_and_its_capture_needs_none(ana, clock):
    held = showing(ana).hold(40)
    clock.move(timedelta(minutes=5))
    assert ana.capture(held)["balance"]["reward"]["available"] == 60


def test_m4_a_code_finds_its_member_and_is_not_used_up_by_it(ana, make):
    token = code(ana)["token"]
    found = make.till("points:earn", terminal="T2").post("/members/lookup", by(token))
    assert (found.status_code, found.json["member_id"]) == (200, ana.member_id)
    spend(ana, token)
    assert ana.till.post("/members/lookup", by(token)).json["code"] == "code_unknown"


def test_m4_a_club_may_spend_by_codes_alone(make):
    make.club(**{"club.spend_needs": "code"})
    ana = make.shopper()
    ana.adjust(100)
    for wish in (ana.redeem, ana.hold):
        assert wish(10, expect=422)["code"] == "code_needed"
    assert ana.redeem(10, expect=422, member_id=ana.member_id, card=None)["code"] in {
        "code_needed",
        "invalid_request",
    }
    ana.buy("10.00")
    spend(ana, code(ana)["token"])
    assert ana.figures()[0] == 100


def test_m4_the_last_of_parallel_spends_finds_the_code_used(app, ana):
    token, begin, heard = code(ana)["token"], Barrier(5), []

    def ask(number):
        begin.wait()
        body = by(token) | {"points": 10, "reference": f"twin-{number}"}
        heard.append(ana.till.send("POST", "/redemptions", body).status_code)

    threads = [Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [201, 404, 404, 404, 404]
    assert ana.figures()[0] == 90


WORTH = {"points": 10, "money": "1.00", "step": 10, "max_share": "1"}


def test_m4_points_as_money_need_the_code_of_a_spend_or_a_hold_that_had_it(make):
    make.club(**{"club.spend_needs": "code", "unit.reward.worth": WORTH})
    ana = make.shopper()
    ana.adjust(100)
    tenders = [{"kind": "points", "amount": "4.00", "points": 40}, {"kind": "cash", "amount": "6.00"}]
    assert ana.buy("10.00", tenders=tenders, expect=422)["code"] == "code_needed"
    scanned = showing(ana)
    scanned.buy("10.00", tenders=tenders)
    tenders[0]["hold_id"] = scanned.hold(40)["hold_id"]
    ana.buy("10.00", tenders=tenders)
    assert ana.figures()[:2] == (100 - 40 - 40 + 6 + 6, 0)


def tell_later(ana, token, sold_at, number):
    """A till that was offline tells a sale in a batch; what becomes of it."""
    sale = receipt(number) | {"token": token, "sold_at": wire(sold_at), "currency": "EUR"}
    answer = ana.till._client.post(
        "/v1/purchases/batch",
        data=json.dumps(sale | {"lines": [{"line": 1, "amount": "10.00"}]}),
        headers={"Authorization": f"Bearer {ana.till._key}", "Content-Type": "application/x-ndjson"},
    )
    told = json.loads(answer.text)
    return told.get("code", told["status"])


def test_m4_an_offline_sale_is_judged_by_when_the_code_was_scanned(ana, clock):
    shown_at, token, spending = clock.now(), code(ana, "earn")["token"], code(ana, "spend")["token"]
    clock.move(timedelta(days=2))
    for second, expected in ((-1, "code_unknown"), (0, "created"), (59, "created"), (60, "code_unknown")):
        assert tell_later(ana, token, shown_at + timedelta(seconds=second), f"R{second}") == expected
    assert tell_later(ana, spending, shown_at, "R-other") == "code_purpose"
    assert ana.figures()[0] == 120


@pytest.mark.parametrize("token", ["72" + "0" * 18, "71" + "0" * 17, "71" + "0" * 19, "71" + "０" * 18, 7])
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_is_no_code_is_a_fault_of_the_request(ana, token):
    assert spend(ana, token, expect=422)["code"] == "invalid_request"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_till_names_a_member_by_one_thing(ana):
    refused = spend(ana, code(ana)["token"], expect=422, card=ana.card)
    assert refused["fields"] == {"card": "exactly one of card, token, member_id"}


@pytest.mark.parametrize("card", ["7 12", "701", "7" * 33, "70-1234"])
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a1_a_field_tells_its_first_fault_alone(ana, card):
    refused = ana.tell("/redemptions", {"card": card, "points": 1, "reference": "r-9"}, 422)
    assert refused["fields"] == {"card": "4 to 32 letters or digits, no blanks"}


def test_a_blocked_card_silences_the_codes_too(ana):
    token = code(ana)["token"]
    ana.till.post(f"/members/{ana.member_id}/block", idempotency_key="block")
    assert spend(ana, token, expect=422)["code"] == "card_blocked"
    assert code(ana, expect=422)["code"] == "card_blocked"
    ana.till.post(f"/members/{ana.member_id}/unblock", idempotency_key="unblock")
    spend(ana, token, reference="red-2")


@pytest.mark.parametrize(
    ("body", "status"), [({"purpose": "steal"}, 422), ({}, 422), ({"purpose": "earn", "more": 1}, 422)]
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_code_is_for_one_of_two_purposes(ana, body, status):
    assert ana.till.post(f"/members/{ana.member_id}/codes", body).status_code == status


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_codes_are_shown_by_keys_that_write_members_of_members_that_are(ana, make):
    till = make.till("points:spend", "points:earn", "members:read", terminal="T2")
    assert till.post(f"/members/{ana.member_id}/codes", {"purpose": "earn"}).status_code == 403
    assert ana.till.post("/members/0/codes", {"purpose": "earn"}).json["code"] == "not_found"


def test_only_a_digest_of_the_code_is_kept_and_the_night_forgets_it(app, ana, make, clock):
    token = code(ana, "earn")["token"]

    def kept():
        with app.app_context(), reading() as session:
            return [vars(row) for row in session.scalars(select(members.MemberCode))]

    [row] = kept()
    assert token not in str(row)
    clock.move(timedelta(days=16))
    make.run("jobs", "nightly")
    assert len(kept()) == 1
    clock.move(MINUTE + timedelta(microseconds=1))
    make.run("jobs", "nightly")
    assert kept() == []
