"""Tills that act on one sale or hold at one moment: nothing is given twice (P2, P10, P18)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.makers import receipt, wire
from tests.tenders import CLUB, paid

TURNS = pytest.mark.parametrize(
    "turn", [0, *(pytest.param(no, marks=pytest.mark.prove) for no in range(1, 20))]
)
RETRIES = {"busy", "in_progress"}


@pytest.fixture
def ana(make):
    make.club(**CLUB, limits={"earn": {"transaction": 5_000}})
    who = make.shopper()
    who.adjust(5_000)
    return who


def at_once(make, *wishes):
    """Each wish at its own till, all together, and again while it is only busy; (status, code or answer)."""
    tills, start = [make.till() for _ in wishes], Barrier(len(wishes))

    def send(till, path, body, key):
        start.wait()
        for _ in range(10):
            answer = till.post(path, body, **({"idempotency_key": key} if key else {}))
            if (answer.json or {}).get("code") not in RETRIES:
                break
        return answer.status_code, answer.json

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(lambda given: send(given[0], *given[1]), zip(tills, wishes, strict=True)))


def cancel(number="r-1", ref="c"):
    return "/purchases/cancel", receipt(number) | {"cancel_ref": ref}, None


def back(ana, sold, ref, amount="100.00"):
    body = receipt(ref, "return_ref") | {"returned_at": wire(ana.clock.now()), "amount": amount}
    return f"/purchases/{sold['purchase_id']}/returns", body, None


@TURNS
def test_p10_p18_cancellations_and_returns_of_a_sale_give_all_of_it_back_once(make, ana, turn):
    sold = ana.buy("100.00", receipt="r-1", **paid(4_000, "40.00", "60.00"))
    told = at_once(
        make,
        cancel(ref="c"),
        back(ana, sold, "b-1", "60.00"),
        cancel(ref="d"),
        back(ana, sold, "b-2", "60.00"),
    )
    done = [answer for status, answer in told if status < 300]
    assert sum(answer["refund"]["points"].get("reward", 0) for answer in done) == 4_000
    assert sum(answer["taken_back"].get("reward", 0) for answer in done) == 60
    assert sum(float(answer["refund"]["money_by_tender"].get("cash", 0)) for answer in done) == 60
    assert {answer["code"] for status, answer in told if status >= 300} <= {
        "receipt_cancelled",
        "return_exceeds_purchase",
    }
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


@TURNS
def test_p2_p18_a_sale_paid_with_points_and_its_cancellation_leave_nothing(make, ana, turn):
    sale = ana.sale("100.00", receipt="r-1", **paid(4_000, "40.00", "60.00"))
    told = at_once(make, ("/purchases", sale, None), cancel(), ("/purchases", sale, None), cancel(ref="d"))
    assert {answer["code"] for status, answer in told if status >= 300} <= {"receipt_cancelled"}
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


@TURNS
def test_p10_two_returns_of_everything_come_to_one(make, ana, turn):
    sold = ana.buy("100.00", **paid(4_000, "40.00", "60.00"))
    told = at_once(make, *(back(ana, sold, f"b-{no}") for no in range(4)))
    assert sorted(status for status, _ in told) == [201, 422, 422, 422]
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


@TURNS
def test_p6_a_hold_pays_one_sale_or_is_let_go(make, ana, turn):
    held = ana.hold(4_000)
    name = held["hold_id"]
    one, two = (ana.sale("100.00", **paid(4_000, "40.00", "60.00", hold_id=name)) for _ in range(2))
    told = at_once(
        make, ("/purchases", one, None), ("/purchases", two, None), (f"/holds/{name}/void", None, "v"),
        (f"/holds/{name}/capture", {"points": 4_000}, "k"),
    )  # fmt: skip
    assert sum(status < 300 for status, _ in told) == 1
    assert {answer["code"] for status, answer in told if status >= 300} == {"hold_closed"}
    available, held_points, _, debt = ana.figures()
    sales = [answer for status, answer in told if status == 201]
    voided, captured = told[2][0] == 200, told[3][0] == 200
    assert (available, held_points, debt) == (5_000 if voided else 1_000 if captured else 1_060, 0, 0), sales
    make.run("ledger", "verify")


@TURNS
def test_p18_a_sale_under_review_is_released_or_cancelled_and_never_both(make, ana, turn):
    held = ana.buy("6000.00", receipt="r-1", expect=202)
    path = f"/reviews/{held['review_id']}"
    told = at_once(
        make, cancel(), (f"{path}/release", None, "a"), (f"{path}/reject", None, "b"), cancel(ref="d")
    )
    assert {answer["code"] for status, answer in told if status >= 300} <= {"review_closed"}
    ana.tell(*cancel(ref="last")[:2], 200)
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


@TURNS
def test_p10_p18_what_a_hold_paid_comes_back_once(make, ana, turn):
    held = ana.hold(4_000, reference="mine")
    sold = ana.buy("100.00", receipt="r-1", **paid(4_000, "40.00", "60.00", hold_id=held["hold_id"]))
    spent = sold["paid_with_points"]["redemption_id"]
    at_once(
        make,
        cancel(),
        (f"/redemptions/{spent}/reverse", {"reference": "rev"}, None),
        back(ana, sold, "b", "50.00"),
    )
    ana.tell(*cancel(ref="last")[:2], 200)
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")
