"""How units promise that points age: what a programme may say, and what its examples then show."""

from datetime import date

import pytest

from loyalty.calendar import FOREVER
from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import failing_examples
from loyalty.errors import ProgrammeFaulty
from loyalty.expiry import Expiry
from loyalty.ledger.lots import Account, Lot, LotKey, awake, lot_for, spending_order
from loyalty.ledger.terms import Transfer
from tests.documents import small

INSURER = {"club.show_missing": "none", "compliance": {"regime": "insurance"}}
APPROVED = {"by": "the authority", "reference": "A-1", "until": "2030-12-31"}


def test_a_unit_says_how_its_points_age_and_pass_on() -> None:
    unit = compile_programme(
        small(
            **{
                "unit.reward.decimals": 1,
                "unit.reward.expiry": {"inactive_months": 18},
                "unit.reward.order": "oldest_first",
                "unit.reward.paused_while_tier": ["gold", "silver"],
                "unit.reward.transfer": {"member_day": "100.5"},
                "example": [],
            }
        )
    ).units["reward"]
    assert unit.expiry == Expiry(inactive_months=18)
    assert (unit.oldest_first, unit.paused_while_tier) == (True, ("gold", "silver"))
    assert unit.transfer == Transfer(1005, 1)
    assert lot_for(unit, date(2026, 1, 5)) == LotKey(FOREVER, "2026-01-05")


def test_b10_an_insurer_lets_points_pass_on_with_an_approval() -> None:
    passed_on = {"unit.reward.transfer": {"member_day": 10}}
    approved = {"compliance": {"regime": "insurance", "approval": APPROVED}}
    assert compile_programme(small(**INSURER | approved | passed_on)).units["reward"].transfer
    with pytest.raises(ProgrammeFaulty) as refused:
        compile_programme(small(**INSURER, **passed_on))
    assert refused.value.facts["faults"] == [
        ("unit.reward.transfer", "an insurer's points are passed on only with an approval")
    ]


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"expiry": {"inactive_months": 18, "months": 1}}, "expiry", "alone"),
        ({"expiry": {"inactive_months": 18, "days": 1}}, "expiry", "alone"),
        ({"expiry": {"inactive_months": 18, "align": "month_end"}}, "expiry", "alone"),
        ({"expiry": {"inactive_months": 1201}}, "expiry.inactive_months", "from 0 to 1200"),
        ({"expiry": {"inactive_months": 0}}, "expiry", "no length"),
        ({"order": "newest_first"}, "order", '"oldest_first"'),
        ({"paused_while_tier": "gold"}, "paused_while_tier", "list of tiers"),
        ({"paused_while_tier": []}, "paused_while_tier", "list of tiers"),
        ({"paused_while_tier": ["gold", "gold"]}, "paused_while_tier", "each once"),
        ({"paused_while_tier": [{}]}, "paused_while_tier", "must be a code"),
        ({"paused_while_tier": ["platinum"]}, "paused_while_tier", 'no tier "platinum"'),
        ({"transfer": 100}, "transfer", "must be a table"),
        ({"transfer": {}}, "transfer.member_day", "missing"),
        ({"transfer": {"member_day": 0}}, "transfer.member_day", "must be from 1"),
        ({"transfer": {"member_day": "10.5"}}, "transfer.member_day", "more digits"),
        ({"transfer": {"member_day": 10, "least": 11}}, "transfer.least", "more than"),
        ({"transfer": {"member_day": 10, "most": 11}}, "transfer.most", "not known"),
    ],
)
def test_a_faulty_promise_is_told_with_its_path(changes, path, says) -> None:
    with pytest.raises(ProgrammeFaulty) as refused:
        compile_programme(small(**{f"unit.reward.{key}": value for key, value in changes.items()}))
    assert [fault for fault in refused.value.facts["faults"] if fault[0] == f"unit.reward.{path}"]
    assert says in str(refused.value.facts["faults"])


def life(at: str, points: int, *facts: dict[str, object]) -> list[dict[str, object]]:
    """An example: joined on 2 March 2026, 100 points on the 4th, then these facts."""
    first = {"receipt": "1", "at": "2026-03-04T12:00:00Z", "lines": [{"amount": "100.00"}]}
    told = [{"enrol": {"at": "2026-03-02T10:00:00Z"}}, {"purchase": first}, *facts]
    return [{"say": "a life", "at": at, "expect": {"points": {"reward": points}}, "facts": told}]


def redeem(at: str, points: int) -> dict[str, object]:
    return {"redeem": {"at": at, "unit": "reward", "points": points}}


IDLE = {"unit.reward.expiry": {"inactive_months": 6}}
PAUSED = {
    "unit.reward.expiry": {"days": 10},
    "unit.reward.paused_while_tier": ["gold"],
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 20, "per": "1.00"}},
}


@pytest.mark.parametrize(
    ("promise", "example"),
    [
        pytest.param(IDLE, life("2026-09-04T22:59:59Z", 100), id="alive on the last evening"),
        pytest.param(IDLE, life("2026-09-04T23:00:00Z", 0), id="dead at midnight"),
        pytest.param(IDLE, life("2027-02-28T12:00:00Z", 90, redeem("2026-08-31T12:00:00Z", 10)), id="N6"),
        pytest.param(
            IDLE, life("2027-03-01T00:00:00Z", 0, redeem("2026-08-31T12:00:00Z", 10)), id="N6 after"
        ),
        pytest.param(PAUSED, life("2028-03-03T23:59:59Z", 100), id="kept by gold"),
        pytest.param(PAUSED, life("2028-03-04T00:00:00Z", 0), id="gold is over"),
    ],
)
def test_examples_live_through_it(promise, example) -> None:
    assert failing_examples(compile_programme(small(**promise, example=example))) == []


def test_p4_the_order_of_age_puts_lots_without_a_day_first() -> None:
    day, late, never = date(2026, 2, 1), date(2026, 3, 1), FOREVER
    keys = [LotKey(day), LotKey(day, "2026-01-02"), LotKey(late, "2026-01-01"), LotKey(never, "2025-12-31")]
    account = Account("reward", {key: Lot(1) for key in keys} | {LotKey(late): Lot(0, 1)}, oldest_first=True)
    assert [key for key, _ in spending_order(account)] == [keys[0], keys[3], keys[2], keys[1]]


def test_points_without_an_act_find_no_dead_lot() -> None:
    asleep = Account("reward", idle_after=date(2026, 1, 31), idle_months=1)
    assert awake(asleep, LotKey(FOREVER, "2025-01-01"), date(2026, 1, 31)).last_day == FOREVER
    assert awake(asleep, LotKey(FOREVER, "2025-01-01"), date(2026, 2, 1)) == LotKey(
        date(2026, 3, 1), "2025-01-01"
    )
    assert awake(asleep, LotKey(date(2026, 1, 1)), date(2026, 2, 1)) == LotKey(date(2026, 1, 1))
