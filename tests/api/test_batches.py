import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from loyalty.api import ndjson, selling
from loyalty.api.strict_json import LONG_BODY_BYTES
from tests.makers import wire

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OFFLINE = {"days": 15, "sales_per_terminal_day": 2, "points_per_terminal_day": 150}
NDJSON = "application/x-ndjson"


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def send(till, body, content_type=NDJSON, **headers):
    return till._client.post(
        "/v1/purchases/batch",
        data=body,
        content_type=content_type,
        headers={"Authorization": f"Bearer {till._key}"} | headers,
    )


def statuses(outcomes):
    return [outcome["status"] for outcome in outcomes]


def test_p16_each_line_is_answered_in_order_and_one_bad_line_spoils_nothing(make, ana):
    bea, twice = make.shopper(), ana.sale("5.00")
    told = ana.till.batch(
        ana.sale("10.00"),
        '{"store": "S1",',
        twice,
        bea.sale("20.00", card="7012345678901234"),
        bea.sale("20.00", colour="red"),
        ana.sale("1.00", terminal="T2"),
        twice,
        twice | {"lines": [{"line": 1, "amount": "6.00"}]},
        "",
        "[1]",
        ana.sale("1", currency="JPY"),
        bea.sale("30.00"),
    )
    assert [outcome["line"] for outcome in told] == list(range(1, 13))
    assert statuses(told) == [
        "created", "refused", "created", "refused", "refused", "refused", "replayed", "refused", "refused",
        "refused", "refused", "created",
    ]  # fmt: skip
    assert {no: told[no - 1]["code"] for no in (2, 4, 5, 6, 8, 9, 10, 11)} == {
        2: "malformed_json",
        4: "card_unknown",
        5: "invalid_request",
        6: "terminal_foreign",
        8: "key_reused",
        9: "malformed_json",
        10: "invalid_request",
        11: "currency_foreign",
    }
    assert list(told[4]["fields"]) == ["colour"]
    assert told[1]["fields"] == {"body": "Expecting property name enclosed in double quotes (character 15)"}
    assert told[3]["action"] == "ask_member"
    assert told[0]["award"]["units"] == {"reward": 10, "status": 0}
    assert told[6]["purchase_id"] == told[2]["purchase_id"]
    assert (ana.figures()[0], bea.figures()[0]) == (15, 30)
    make.run("ledger", "verify")


def test_p2_a_batch_and_a_till_that_is_online_know_the_same_receipts(ana):
    sale = ana.sale("10.00")
    told = ana.tell("/purchases", sale, 201)
    assert ana.till.batch(sale)[0] == {
        "line": 1, "status": "replayed", "purchase_id": told["purchase_id"], "award": told["award"]
    }  # fmt: skip
    later = ana.sale("20.00")
    ana.till.batch(later)
    assert ana.tell("/purchases", later, 201)["replayed"] is True
    assert ana.figures()[0] == 30


def test_p2_the_key_of_a_batch_names_none_of_its_lines(ana):
    rows = "\n".join(map(json.dumps, (ana.sale("1.00"), ana.sale("2.00"))))
    for status in ("created", "replayed"):
        answer = send(ana.till, rows, Idempotency_Key="once", **{"Idempotency-Key": "once"})
        assert answer.text.count(f'"status":"{status}"') == 2
    assert ana.figures()[0] == 3


def test_a_batch_is_ndjson_of_at_most_so_many_lines_and_bytes(ana, monkeypatch):
    assert send(ana.till, "{}", "application/json").json["code"] == "media_type"
    assert send(ana.till, "{}", f"{NDJSON}; charset=latin-1").json["code"] == "media_type"
    assert send(ana.till, b" " * (LONG_BODY_BYTES + 1)).json["code"] == "too_large"
    told = send(ana.till, "{}\n" * (ndjson.MOST_LINES + 1))
    assert (told.status_code, told.json["code"], told.json["most"]) == (413, "batch_too_long", 10_000)
    assert send(ana.till, "").text == send(ana.till, "\n\n").text == ""
    wide = json.dumps(ana.sale("1.00", cashier="c" * ndjson.MAX_BODY_BYTES))
    assert send(ana.till, wide).text.count('"fields":{"body":"is longer than') == 1
    answer = send(ana.till, json.dumps(ana.sale("1.00")) + "\r\n\r\n")
    assert (answer.mimetype, answer.text.count("\n")) == (NDJSON, 1)


def test_a_batch_may_be_larger_than_another_body(ana):
    lines = [{"line": no, "sku": "s" * 60, "amount": "1.00"} for no in range(1, 501)]
    rows = [ana.sale("1.00") | {"lines": lines} for _ in range(7)]
    assert len("\n".join(map(json.dumps, rows))) > ndjson.MAX_BODY_BYTES
    assert set(statuses(ana.till.batch(*rows))) == {"created"}
    assert ana.figures()[0] == 3500


def test_a_batch_needs_the_scope_to_earn(make, ana):
    assert send(make.till("points:spend"), "{}").status_code == 403


def test_a_fault_of_ours_in_one_line_leaves_the_others(ana, monkeypatch):
    turns, earn = count(1), selling.earn

    def breaks_once(*args, **kwargs):
        if next(turns) == 2:
            raise ZeroDivisionError
        return earn(*args, **kwargs)

    def breaks_always(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(selling, "earn", breaks_once)
    monkeypatch.setattr(selling, "earn_together", breaks_always)
    rows = [ana.sale("1.00") for _ in range(3)]
    told = ana.till.batch(*rows)
    assert statuses(told) == ["created", "refused", "created"]
    assert told[1] == {"line": 2, "status": "refused", "code": "internal_error", "action": "retry"}
    assert statuses(ana.till.batch(*rows)) == ["replayed", "created", "replayed"]
    assert ana.figures()[0] == 3


def test_offline_sales_that_are_too_old_or_stamped_ahead_are_quarantined(ana, clock):
    clock.move(20 * DAY)
    now = clock.now()
    at = [now - 15 * DAY, now - 15 * DAY - MINUTE, now + 10 * MINUTE, now + 10 * MINUTE + MINUTE]
    told = ana.till.batch(*(ana.sale("10.00", sold_at=wire(instant)) for instant in at))
    assert statuses(told) == ["created", "quarantined", "created", "quarantined"]
    assert [told[1]["reason"], told[3]["reason"]] == ["offline.days", "offline.ahead"]
    assert ana.figures()[0] == 20


def test_p16_what_was_quarantined_is_quarantined_again_and_held_once(ana, clock):
    old = ana.sale("10.00", sold_at=wire(clock.now() - 16 * DAY))
    first, second = ana.till.batch(old, old)
    assert first | {"line": 2} == second
    assert ana.tell("/purchases", old, 202)["replayed"] is True
    assert len(ana.till.get("/reviews").json["items"]) == 1


def test_caps_bound_what_a_terminal_tells_of_one_offline_day(make, clock):
    make.club(limits={"offline": OFFLINE})
    ana, bea, till = make.shopper(), make.shopper(), make.till(terminal="T2")
    rows = [ana.sale("70.00"), bea.sale("81.00"), ana.sale("80.00"), bea.sale("0.00")]
    told = ana.till.batch(*rows)
    assert statuses(told) == ["created", "quarantined", "created", "quarantined"]
    assert [told[1]["reason"], told[3]["reason"]] == [
        "offline.points_per_terminal_day",
        "offline.sales_per_terminal_day",
    ]
    yesterday = wire(clock.now() - DAY)
    assert statuses(ana.till.batch(ana.sale("10.00", sold_at=yesterday))) == ["created"]
    assert statuses(till.batch(ana.sale("10.00", terminal="T2"))) == ["created"]
    assert statuses(ana.till.batch(ana.sale("10.00", store="S2"))) == ["created"]
    ana.buy("1000.00")  # a till that is online is no offline till
    make.run("ledger", "verify")


def test_points_are_not_spent_offline(make, ana):
    make.club(**{"unit.reward.worth": {"points": 100, "money": "1.00", "step": 100, "max_share": "0.5"}})
    ana.clock.move(MINUTE)
    ana.buy("1000.00")
    tenders = [{"kind": "points", "points": 100, "amount": "1.00"}, {"kind": "cash", "amount": "9.00"}]
    sale = ana.sale("10.00", tenders=tenders)
    told = ana.till.batch(sale)[0]
    assert (told["status"], told["code"], list(told["fields"])) == ("refused", "invalid_request", ["tenders"])
    ana.tell("/purchases", sale, 201)
    assert statuses(ana.till.batch(sale)) == ["replayed"]  # it was told when the till was online


def test_outcomes_are_told_before_the_next_lines_are_carried_out(ana, monkeypatch):
    monkeypatch.setattr(ndjson, "MOST_TOGETHER", 2)
    answer = ana.till._client.post(
        "/v1/purchases/batch",
        data="\n".join(json.dumps(ana.sale("1.00")) for _ in range(3)),
        content_type=NDJSON,
        headers={"Authorization": f"Bearer {ana.till._key}"},
        buffered=False,
    )
    told = answer.iter_encoded()
    assert [json.loads(line)["line"] for line in next(told).splitlines()] == [1, 2]
    assert ana.figures()[0] == 2
    assert [json.loads(line)["line"] for line in told] == [3]
    assert ana.figures()[0] == 3


def test_unknown_cards_in_a_batch_are_guesses_as_anywhere(ana):
    good = ana.sale("1.00")
    told = ana.till.batch(*(good | {"card": f"{no:016}"} for no in range(102)), good)
    assert [outcome["code"] for outcome in told[:100]] == ["card_unknown"] * 100
    assert [outcome["code"] for outcome in told[100:102]] == ["terminal_locked"] * 2
    assert send(ana.till, json.dumps(good)).status_code == 429


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_p2_one_batch_sent_by_several_at_once_counts_once(make, ana):
    rows = [ana.sale("1.00") for _ in range(20)]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda turn: ana.till.batch(*rows[:: 1 if turn % 2 else -1]), range(4)))
    found = [outcome["status"] for outcomes in told for outcome in outcomes]
    assert sorted(found) == ["created"] * 20 + ["replayed"] * 60
    assert ana.figures()[0] == 20
    make.run("ledger", "verify")
