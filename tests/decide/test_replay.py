"""A life carried out again under a draft: what the draft refuses, and what is told of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loyalty.calendar import BEGINNING
from loyalty.decide import lived
from loyalty.decide.figures import Figures
from loyalty.decide.lived import Kept, Lived, Visited
from loyalty.decide.memory import Memory
from loyalty.decide.occasion import Activity
from loyalty.decide.programme import Edition, Editions, Programme, compile_programme
from loyalty.decide.rating import Told
from loyalty.decide.replay import replayed
from loyalty.decide.what_if import compared, with_draft
from loyalty.decide.what_if_report import report
from loyalty.ledger.lots import LotKey, Portion
from loyalty.policies.facts import Coverage, PolicyState
from loyalty.reads.what_if_print import lines
from loyalty.sales.facts import Line, Purchase, Receipt, Return, ReturnedLine, Tender
from tests.documents import GONE, small

JOINED, DAY = datetime(2026, 1, 5, 12, tzinfo=UTC), timedelta(days=1)
NAME = {"zh": "名", "en": "Name"}
PLAIN = {"name": NAME, "spendable": True}
CLUB: dict[str, Any] = {
    "example": GONE,
    "tier[0].attain": 100,
    "unit.reward.worth": {"points": 100, "money": "1.00"},
    "unit.reward.transfer": {"member_day": 1000, "least": 1},
    "rule[1]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    "reward": [{"code": "cup", "name": NAME, "price": {"unit": "reward", "points": 50}, "cost": "3.00"}],
    "benefit": [{"code": "lounge", "name": NAME, "kind": "service", "tiers": ["silver", "gold"],
                 "quota": {"count": 1, "per": "calendar_year"}, "cost": "12.00"}],
}  # fmt: skip


def programme(**changes: object) -> Programme:
    return compile_programme(small(**(CLUB | changes)))


def editions(**changes: object) -> Editions:
    return Editions((Edition(1, BEGINNING, programme(**changes)),))


def sale(no: int, euros: int, *tenders: Tender, **more: Any) -> lived.Bought:
    """Bought on the day of that number, under the number itself."""
    at = JOINED + no * DAY
    fact = Purchase(
        Receipt("S", "T", at.date(), str(no)), at, "EUR", (Line(1, "", "home", 1000, euros * 100),)
    )
    return lived.Bought(at, no, replace(fact, tenders=tenders), **more)


def life(*facts: lived.Fact, visits: tuple[Visited, ...] = (), **kept: Any) -> Lived:
    last = facts[-1].at if facts else JOINED
    books = Kept(**({"last_at": last, "entries": {}, "terms": ()} | kept))
    return Lived(7, JOINED, date(1990, 3, 4), {}, (lived.Came(JOINED), *facts), books, visits)


def points(memory: Memory, unit: str = "reward") -> int:
    return memory.snapshot.accounts[unit].balance


def test_a_sale_whose_points_are_refused_was_paid_with_money():
    by_points = (Tender("points", 100, "reward", 100), Tender("cash", 900))
    paid = life(
        sale(1, 100), sale(2, 10, *by_points, paid_by=20), lived.GivenBack(JOINED + 3 * DAY, 20, None)
    )
    assert points(replayed(editions(), paid)) == 100 + 9  # the hundred came back
    poor = replayed(editions(**{"rule[0].earn": {"points": 1, "per": "2.00"}}), paid)
    assert points(poor) == 50 + 5
    assert poor.refused == {("points as payment", "not_enough_points"): 1, ("reversal", "not_found"): 1}


def test_a_sale_is_refused_as_a_whole_where_no_tender_is_to_blame():
    most = replayed(editions(**{"rule[0].earn": {"points": 10**6, "per": "0.01"}}), life(sale(1, 10**5)))
    assert most.refused == {("purchase", "too_many_points"): 1}


def test_what_follows_from_something_refused_is_refused_too():
    at = [JOINED + n * DAY for n in range(9)]
    facts = (
        sale(1, 60),
        lived.Held(at[2], 2, "reward", 55, timedelta(minutes=15)),
        lived.Closed(at[2], 3, 2, 40),
        lived.Spent(at[3], 4, "reward", 50, "cup"),
        lived.Spent(at[4], 5, "reward", 1),
        lived.Cancelled(at[5], 99),
        sale(6, 10, Tender("points", 100, "reward", 100, (7, 2)), Tender("cash", 900)),
        lived.Acted(at[7], 8, Activity("call", "r", at[7], {}, "till", about=99)),
    )
    told = replayed(editions(**{"rule[0].earn": {"points": 1, "per": "2.00"}}), life(*facts))
    assert told.refused == {
        ("hold", "not_enough_points"): 1,
        ("capture", "hold_closed"): 1,
        ("redemption", "not_enough_points"): 1,
        ("cancellation", "not_found"): 1,
        ("points as payment", "hold_closed"): 1,
    }
    assert points(told) == 30 - 1 + 5


def test_m8_what_the_household_spent_is_spent_under_a_draft_too():
    by_others = lived.Spent(JOINED + 2 * DAY, 2, "reward", 30, by_others=True)
    assert points(replayed(editions(), life(sale(1, 100), by_others))) == 70
    poor = replayed(editions(**{"rule[0].earn": {"points": 1, "per": "4.00"}}), life(sale(1, 100), by_others))
    assert (points(poor), poor.refused) == (25, {("redemption", "not_enough_points"): 1})


def test_points_are_passed_on_only_where_the_draft_lets_them():
    portions = (Portion(LotKey(date(2027, 1, 1)), 30),)
    passed = life(
        sale(1, 100),
        lived.PassedOn(JOINED + 2 * DAY, "reward", 10),
        lived.Received(JOINED + 3 * DAY, "reward", portions),
    )
    assert points(replayed(editions(), passed)) == 120
    kept = replayed(editions(**{"unit.reward": PLAIN}), passed)
    assert (points(kept), kept.refused) == (100, {("transfer", "not_transferable"): 2})


def state(version: int, status: str = "in_force", holder: int | None = 7, **more: Any) -> PolicyState:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    cover = Coverage(1, "life", True, 10_000_00, "annual", pay_years=20, cover_years=30)
    return PolicyState("P", version, since, status, date(2026, 1, 1), "EUR", (cover,), holder, **more)  # type: ignore[arg-type]


def test_a_policy_gives_by_the_draft_where_a_rebase_named_an_edition_in_its_place():
    rule = {"code": "cover", "on": "policy", "unit": "status",
            "earn": {"points": 1, "per": "100.00", "of": "annual_premium"}}  # fmt: skip
    told, at = Told((state(1),), ((JOINED, 1),)), JOINED + DAY
    insured = life(
        lived.Insured(JOINED + DAY / 2, Told((state(1),)), state(1)),
        lived.Insured(at, told, state(1), by_club=True),
    )
    draft = with_draft(editions(), programme(**{"rule[2]": rule}), None)
    memory = replayed(draft, insured)
    assert (points(memory, "status"), draft.items[0].number) == (100, 2)
    void = state(2, "rescinded")
    rescinded = lived.Insured(at + DAY, Told((state(1), void)), void)
    memory = replayed(
        draft, replace(insured, facts=(*insured.facts, rescinded, sale(9, 5), lived.Forgotten(at + 9 * DAY)))
    )
    assert (points(memory, "status"), points(memory)) == (0, 0)


def test_the_draft_stands_in_place_of_the_editions_from_an_instant_on():
    since, doubled = JOINED + 2 * DAY, programme(**{"rule[0].earn": {"points": 2, "per": "1.00"}})
    both = with_draft(editions(), doubled, since)
    assert [one.number for one in both.items] == [1, 2]
    assert points(replayed(both, life(sale(1, 10), sale(3, 10)))) == 10 + 20
    assert points(replayed(both, life(sale(1, 10), sale(3, 10, quoted=1)))) == 10 + 10


@pytest.fixture
def figures():
    """Somebody who bought for 120 in all, goods for 20 of which came back, and was at the lounge twice."""
    back = Return(Receipt("S", "T", JOINED.date(), "b"), JOINED, (ReturnedLine(1, 0, 20_00),))
    facts = (
        sale(1, 120),
        lived.BroughtBack(JOINED + 2 * DAY, 1, replace(back, lines=(ReturnedLine(1, 0, 0),))),
        lived.BroughtBack(JOINED + 2 * DAY, 1, back),
        lived.Spent(JOINED + 3 * DAY, 3, "reward", 50, "cup"),
        lived.Spent(JOINED + 3 * DAY, 4, "reward", 10**6),
    )
    visits = tuple(Visited("lounge", "", JOINED.date(), JOINED + n * DAY / 2) for n in (3, 6))
    resumes = {"terms.on_reversal": "resume", "rule[0].budget": {"points": 100, "per": "year"}}
    draft = programme(**resumes, **{"tier[0].attain": 110, "benefit[0].cost": "1.00"})
    really = editions(**{"rule[0].budget": {"points": 90, "per": "year"}})
    both = Figures()
    for one in (life(*facts, visits=visits), replace(life(*facts, visits=visits), member_id=8)):
        both.add(compared(one, really, with_draft(really, draft, None), JOINED + 9 * DAY))
    return report(both, really.items[0].programme, draft)


def test_tiers_and_points_are_told_side_by_side(figures):
    assert figures["members"] == {"members": 2, "changed": 2, "unlike": 2, "merged": 0}
    assert figures["tiers"] == [
        {"tier": None, "really": 0, "draft": 2},
        {"tier": "silver", "really": 2, "draft": 0},
    ]
    [move] = figures["moves"]
    assert (move["from"], move["to"], move["members"]) == ("silver", None, 2)
    why = move["samples"][0]
    assert (why["really"]["reason"], why["draft"]["reason"]) == ("lift", "resumed")
    assert why["really"]["measure"] == {"points": 120}
    assert why["draft"]["attain"] == {"silver": {"points": 110}}
    [month] = figures["units"]["reward"]["months"]
    assert month["really"] == {"issued": 180, "returned": -30, "redeemed": -100, "held": 50, "held_minor": 50}
    assert figures["units"]["reward"]["winners"][0]["draft"] == 33


def test_costs_are_told_by_rule_benefit_and_reward(figures):
    rules = {row["rule"]: row for row in figures["rules"]}
    assert rules["points"]["really"] == {"points": 180, "times": 2, "minor": 180}
    assert rules["climb"]["draft"] == {"points": 240, "times": 2}
    [lounge] = figures["benefits"]
    assert lounge["really"] == {"cost_minor": 2400, "members": 2, "refused": 2, "uses": 2}
    assert lounge["draft"] == {"cost_minor": 200, "members": 0, "refused": 2, "uses": 2}
    [cup] = figures["rewards"]
    assert cup["really"] == {"cost_minor": 600, "orders": 2, "points": 100}
    assert [(row["side"], row["budget"], row["given"]) for row in figures["over_budget"]] == [
        ("draft", 100, 200),
        ("really", 90, 180),
    ]


def test_what_was_refused_is_told(figures):
    refused = {"fact": "redemption", "code": "not_enough_points", "really": 2, "draft": 2}
    assert figures["refused"] == [refused]


def test_a_policy_that_waits_gives_nothing_yet():
    rule = {"code": "cover", "on": "policy", "unit": "status", "from": "cooling_off_end",
            "earn": {"points": 1, "per": "100.00", "of": "annual_premium"}}  # fmt: skip
    mine, passed = state(1), state(2, holder=8)
    insured = lived.Insured(JOINED + DAY, Told((mine,)), mine)
    passed_on = lived.Insured(JOINED + DAY, Told((mine, passed)), passed)
    really, draft = editions(), programme(**{"rule[2]": rule})
    for told in (life(insured), life(insured, passed_on)):
        found = compared(told, really, with_draft(really, draft, None), JOINED + 2 * DAY)
        assert report(found, really.items[0].programme, draft)["rules"] == []


def test_a_life_that_is_not_what_the_books_keep_is_told_of(figures):
    assert [one["member"] for one in figures["unlike"]] == ["7", "8"]
    assert figures["unlike"][0]["differs"][0] == "reward 2028-01-06 base issued: 0 booked, 90 again"


def test_an_operator_reads_it_line_by_line(figures):
    told = list(lines(figures | {"as_of": "2026-01-14T12:00:00Z", "since": "2026-01-01T00:00:00Z"}))
    for line in (
        "as of 2026-01-14T12:00:00Z; the draft in force from 2026-01-01T00:00:00Z",
        "carried out again under the editions as they were, 2 do not come to what is booked:",
        "tier no tier: 0 → 2",
        "from silver to no tier: 2",
        "reward 2026-01: issued 180 → 200; redeemed -100 → -100; returned -30 → -34; held 50 → 66",
        "reward winner 7: 25 → 33",
        "rule points (reward): 180 → 200; 2 → 2 times, worth 180 → 200",
        "benefit lounge: cost_minor 2400 → 200; members 2 → 0; refused 2 → 2; uses 2 → 2",
        "reward cup: cost_minor 600 → 600; orders 2 → 2; points 100 → 100",
        "refused: redemption, not_enough_points: 2 → 2",
        "over budget (draft): points gave 200 of 100, 2026",
    ):
        assert line in told
