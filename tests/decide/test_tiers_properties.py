"""Whatever the terms say, and whenever it is booked: the same terms and the same points."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ladders import LATER, club, noon
from tests.lives import Someone

FIRST_DAY = date(2026, 1, 5)
BARS = {"bronze": 0, "silver": 100, "gold": 180, "platinum": 300}
PRICES = st.fixed_dictionaries(
    {},
    optional={
        "lift_costs": st.just("attain"),
        "keep_costs": st.just("retain"),
        "rollover": st.sampled_from(["none", "once", {"cap": 50}, {"percent": 10}]),
        "starts": st.just("next_day"),
        "on_upgrade": st.sampled_from(["restart", "keep_end", "later_of_both"]),
        "downgrade": st.sampled_from(["one_step", "never", "to_measure"]),
        "length": st.sampled_from([{"months": 1, "less_a_day": True}, {"days": 20}, {"month_end": 1}]),
        "length_after_review": st.just({"month_end": 0}),
        "void_forfeits": st.just(["reward", "status"]),
    },
)
FACTS = st.lists(st.tuples(st.integers(0, 200), st.integers(-150, 400)), max_size=8)


def lived(terms: dict[str, Any], void: int, facts: list[tuple[int, int]], nights: int) -> Someone:
    """Somebody to whom this happened, with so many days between the nights."""
    document = club(BARS, status_lasts={"days": 90}, **terms)
    document["tier"][0]["void_below"] = void
    ana, days = Someone(document), sorted(facts)
    for day in range(260):
        today = str(FIRST_DAY + timedelta(days=day))
        if nights and day % nights == 0:
            ana.is_settled(noon(today))
        for _, points in (fact for fact in days if fact[0] == day):
            held = ana.at(noon(today)).accounts["status"].available
            if points > 0:
                ana.buys(today, points, category=LATER if points % 3 == 0 else "home")
            elif held:
                ana.adjusts(today, -min(held, -points))
    ana.is_settled(noon("2026-12-01"))
    return ana


def remembered(ana: Someone) -> list[Any]:
    """Its terms, without the numbers of operations."""
    assert ana.snapshot is not None
    kept = []
    for term in ana.snapshot.terms:
        evidence: dict[str, Any] = {**term.evidence}
        if "price" in evidence:
            evidence["price"] = {**evidence["price"], "operation": 0}
        kept.append(replace(term, evidence=evidence))
    return kept


@given(PRICES, st.sampled_from([0, 20]), FACTS, st.sampled_from([1, 7, 50]))
@settings(max_examples=40, deadline=None)
def test_p5_late_nights_change_neither_terms_nor_points(
    terms: dict[str, Any], void: int, facts: list[tuple[int, int]], nights: int
) -> None:
    late, on_time = lived(terms, void, facts, 0), lived(terms, void, facts, nights)
    assert remembered(late) == remembered(on_time)
    assert late.snapshot is not None
    assert on_time.snapshot is not None
    assert late.snapshot.accounts == on_time.snapshot.accounts
    moved = [sum(op.points.get("status", 0) for op in who.operations) for who in (late, on_time)]
    assert moved == [late.snapshot.accounts["status"].balance] * 2
    assert late.snapshot.accounts["status"].balance >= 0
    for before, after in zip(late.snapshot.terms, late.snapshot.terms[1:], strict=False):
        assert before.from_at <= after.from_at
        assert before.until_at is None or after.from_at <= before.until_at
