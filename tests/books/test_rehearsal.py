"""Keys of the mode test: training books, and cards that always meet with the same trouble."""

import json
import re

import pytest

from loyalty.api import rehearsal
from loyalty.members import is_ours
from loyalty.members.cards import is_for_rehearsals
from tests.books.tills import rows, till
from tests.clocks import START
from tests.makers import Till, receipt, wire

CARDS = (
    rehearsal.WORKS, rehearsal.BLOCKED, rehearsal.UNKNOWN, rehearsal.IN_DEBT, rehearsal.BUSY, rehearsal.LATE,
)  # fmt: skip


def sale(card, number="R1"):
    return receipt(number) | {
        "card": card, "sold_at": wire(START), "currency": "EUR", "lines": [{"line": 1, "amount": "25.00"}],
    }  # fmt: skip


def spending(card, reference="H1"):
    return {"card": card, "points": 10, "reference": reference}


@pytest.mark.parametrize("card", CARDS)
def test_a_test_card_looks_like_one_of_ours_and_is_never_given_out(card):
    assert is_ours(card, "70")
    assert is_for_rehearsals(card)


@pytest.mark.parametrize(
    ("card", "status", "code"),
    [
        (rehearsal.BLOCKED, 422, "card_blocked"),
        (rehearsal.UNKNOWN, 404, "card_unknown"),
        (rehearsal.BUSY, 503, "busy"),
    ],
)
def test_a_card_always_gives_its_trouble(make, card, status, code):
    make.club()
    at = till(make, "test")
    for path, body in (
        ("/purchases", sale(card)),
        ("/holds", spending(card)),
        ("/redemptions", spending(card)),
        ("/members/lookup", {"card": card}),
    ):
        for _ in range(2):
            told = at.post(path, body)
            assert (told.status_code, told.json["code"]) == (status, code)
            assert "cashier_text" in told.json
            assert ("Retry-After" in told.headers) == (status == 503)
    assert rows(make.app, "training")["member"] == 0


def test_a_card_in_debt_earns_and_does_not_spend(make):
    make.club()
    at = till(make, "test")
    assert at.post("/purchases", sale(rehearsal.IN_DEBT)).json["award"]["units"]["reward"] == 25
    for path in ("/holds", "/redemptions"):
        told = at.post(path, spending(rehearsal.IN_DEBT))
        assert (told.status_code, told.json["code"], told.json["debt"]) == (422, "in_debt", 100)
    paid = {
        "tenders": [{"kind": "points", "amount": "1.00", "points": 100}, {"kind": "cash", "amount": "24.00"}]
    }
    assert at.post("/purchases", sale(rehearsal.IN_DEBT, "R2") | paid).json["code"] == "in_debt"


def test_a_card_that_works_is_a_member_of_the_training_books(make):
    make.club()
    at = till(make, "test")
    told = at.post("/purchases", sale(rehearsal.WORKS)).json
    again = at.post("/purchases", sale(rehearsal.WORKS)).json
    assert (told["replayed"], again["replayed"]) == (False, True)
    assert at.post("/holds", spending(rehearsal.WORKS)).status_code == 201
    assert at.post("/members/lookup", {"card": rehearsal.WORKS}).json["balance"]["reward"]["available"] == 15
    assert (rows(make.app, "live")["member"], rows(make.app, "training")["member"]) == (0, 1)
    make.run("ledger", "verify")


def test_a_late_answer_was_done_in_time_and_comes_at_once_the_second_time(make, clock):
    make.club()
    at = till(make, "test")
    first = at.post("/purchases", sale(rehearsal.LATE))
    assert (first.status_code, clock.slept) == (201, [10.0])
    again = at.post("/purchases", sale(rehearsal.LATE))
    assert (again.json["replayed"], clock.slept) == (True, [10.0])
    assert again.json["purchase_id"] == first.json["purchase_id"]
    held = at.post("/holds", spending(rehearsal.LATE))
    assert (held.status_code, len(clock.slept)) == (201, 2)
    assert at.post("/holds", spending(rehearsal.LATE)).json["hold_id"] == held.json["hold_id"]
    assert len(clock.slept) == 2


def test_no_more_than_two_answers_are_kept_back_at_a_time(make, clock):
    make.club()
    at = till(make, "test")
    heard = []

    def sleep(_):
        if len(heard) < 3:
            heard.append(None)
            at.post("/purchases", sale(rehearsal.LATE, f"R{len(heard)}"))

    clock.sleep = sleep
    assert at.post("/purchases", sale(rehearsal.LATE, "R0")).status_code == 201
    assert len(heard) == 2  # the third one, inside the second, was answered at once
    clock.sleep = heard.append
    at.post("/purchases", sale(rehearsal.LATE, "R9"))
    assert heard[-1] == rehearsal.LATE_SECONDS


@pytest.mark.parametrize("mode", ["live", "training"])
@pytest.mark.parametrize("card", CARDS)
def test_keys_of_other_modes_do_not_know_the_cards(make, mode, card, clock):
    make.club()
    told = till(make, mode).post("/purchases", sale(card))
    assert (told.status_code, told.json["code"], clock.slept) == (404, "card_unknown", [])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "7",
        '{"card": ["7000000000000024"]}',
        '{"card": {}}',
        '{"tenders": [1], "card": 1}',
        "[" * 5000,
    ],
)
def test_what_is_no_request_is_refused_as_in_life(make, body):
    make.club()
    told = make.app.test_client().post(
        "/v1/purchases", data=body, headers={"Authorization": f"Bearer {till(make, 'test')._key}"},
        content_type="application/json",
    )  # fmt: skip
    assert told.status_code in {400, 422}
    assert json.loads(told.text)["code"] in {"malformed_json", "invalid_request"}


def test_a_key_without_the_scope_learns_nothing_from_a_test_card(make):
    make.club()
    words = ("--terminal", "T9", "--scope", "members:read", "--mode", "test")
    key = make.run("keys", "create", *words).stdout.strip()
    told = make.app.test_client().post(
        "/v1/purchases", json=sale(rehearsal.BLOCKED), headers={"Authorization": f"Bearer {key}"}
    )
    assert told.status_code == 403


def test_the_demo_club_has_a_key_to_rehearse_with(make, tmp_path):
    told = [make.run("seed", "demo", "--key-file", str(tmp_path / "key")).stdout for _ in range(2)]
    first, second = (re.sub("/staff/enter/[^ \\n]+", "", one) for one in told)  # each time a new way in
    assert first == second
    key = re.search(r"examples/till.py http://127.0.0.1:8000 (\S+)", told[0])[1]
    assert Till(make.app, key).post("/members/lookup", {"card": rehearsal.WORKS}).status_code == 200
    assert (rows(make.app, "live")["member"], rows(make.app, "training")["member"]) == (12, 1)
