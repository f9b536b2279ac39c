"""Members who are at the same bars are foreseen alike, and as their review would decide."""

import random
from bisect import bisect_right

import pytest

from loyalty.decide.foreseeing import bars_of, foreseen, reading_at
from loyalty.tiers.evaluation import reviewed
from loyalty.tiers.terms import Counter, Ladder, Length, Terms, Tier, Window

EARNED, HELD = Counter("earned", "status", Window("months", 12)), Counter("held", "reward", None)
YEARS = Counter("years", None, None, terms_held="gold")


def ladder(*counters, downgrade="to_measure", lift_costs="nothing", void=None):
    codes = {counter.code for counter in counters}

    def bars(**of):
        return {code: bar for code, bar in of.items() if code in codes}

    steps = (
        Tier("silver", {}, 1, bars(earned=100, held=50), bars(earned=80, held=40), void or {}),
        Tier("gold", {}, 2, bars(earned=200), bars(earned=150)),
        Tier("diamond", {}, 3, bars(earned=400, years=3), bars(earned=300, years=3)),
    )
    lasts, ends = Length(months=12), "term_end"
    terms = Terms(counters, lasts, None, "restart", downgrade, "retain", ends, lift_costs=lift_costs)
    return Ladder(steps, terms)


@pytest.mark.parametrize("downgrade", ["to_measure", "one_step", "never"])
@pytest.mark.parametrize("more", [{}, {"lift_costs": "attain"}, {"void": {"earned": 20}}], ids=str)
def test_bars_are_enough_to_foresee_a_review(downgrade, more):
    chance, steps = (
        random.Random(5),
        ladder(*((EARNED,) if more else (EARNED, HELD)), downgrade=downgrade, **more),
    )
    for _ in range(400):
        shown = {"earned": chance.randint(-10, 800), "held": chance.randint(0, 90)}
        tier = chance.choice([None, "silver", "gold", "diamond"])
        seen = {
            code: reading_at(bars := bars_of(steps, code), bisect_right(bars, points))
            for code, points in shown.items()
            if any(counter.code == code for counter in steps.terms.counters)
        }
        step = steps.rank(reviewed(steps, tier, shown)) - steps.rank(tier)
        expected = "rise" if step > 0 else "fall" if step < 0 else "keep"
        assert foreseen(steps, tier, seen, {}) == expected, (shown, tier)


def test_years_at_the_bars_count_the_one_that_ends():
    steps = ladder(EARNED, HELD, YEARS)
    gold = {"earned": 160, "held": 0}
    assert foreseen(steps, "gold", gold, {"years": 2}) == "rise"
    assert foreseen(steps, "gold", gold, {"years": 1}) == "keep"
    assert foreseen(steps, "gold", gold | {"earned": 90}, {"years": 2}) == "fall"


def test_a_counter_that_no_tier_asks_for_has_no_bars():
    assert bars_of(ladder(EARNED), "other") == ()
    assert reading_at((), 0) == 0
