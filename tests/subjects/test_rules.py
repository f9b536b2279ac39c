from fractions import Fraction
from typing import Any

import pytest

from loyalty.errors import TooManyPoints
from loyalty.rules import AtMost, Awarded, Fixed, Rate, Rule, RulesAbout, Times, evaluate, kept
from tests.rules import BASE, FRESH, PER_EURO, purchase, rule


@pytest.mark.parametrize(
    ("earn", "terms", "amounts", "points"),
    [
        pytest.param(PER_EURO, {}, [1250], 12, id="down is the default"),
        pytest.param(PER_EURO, {"round": "half_up"}, [1250], 13, id="half up, at the half"),
        pytest.param(PER_EURO, {"round": "half_up"}, [1249], 12, id="half up, below the half"),
        pytest.param(PER_EURO, {"round": "up"}, [1201], 13, id="up"),
        pytest.param(PER_EURO, {"round": "up"}, [1200], 12, id="up leaves whole points alone"),
        pytest.param(PER_EURO, {}, [50, 50], 1, id="once for the fact"),
        pytest.param(PER_EURO, {"at": "line"}, [150, 150], 2, id="once for each line"),
        pytest.param(PER_EURO, {"at": "line", "round": "up"}, [101, 101], 4, id="up for each line"),
        pytest.param(Rate(Fraction(25), Fraction(1000), True), {}, [1500], 25, id="N3 whole steps of 10.00"),
        pytest.param(Rate(Fraction(25), Fraction(1000), False), {}, [1500], 37, id="N3 linear"),
        pytest.param(Rate(Fraction(1, 3), Fraction(100), False), {}, [900], 3, id="N3 a third is exact"),
        pytest.param(
            Rate(Fraction(125, 10), Fraction(100), False), {}, [100], 12, id="N1 a tenth of a point as step"
        ),
        pytest.param(Fixed(50), {}, [100, 100], 50, id="a fixed number once"),
        pytest.param(Fixed(50), {"at": "line"}, [100, 100], 100, id="a fixed number for each line"),
        pytest.param(Fixed(50), {"at": "line"}, [100, -100], 0, id="handed back, so is what the line gave"),
        pytest.param(PER_EURO, {}, [10_000, -3_050], 69, id="an exchange counts what is paid on balance"),
        pytest.param(
            PER_EURO, {"at": "line"}, [10_000, -3_050], 70, id="a line below zero is a mirror image"
        ),
        pytest.param(PER_EURO, {}, [100, -500], 0, id="N4 never below zero"),
        pytest.param(PER_EURO, {}, [99], 0, id="less than a point is none"),
    ],
)
def test_n3_n4_points_of_one_rule(earn: Any, terms: dict[str, Any], amounts: list[int], points: int) -> None:
    rules = RulesAbout([rule("r", earn, **terms)])
    award = evaluate(rules, purchase(*(("home", minor) for minor in amounts)))
    assert award.units.get("reward", 0) == points


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        pytest.param([BASE], {"base": ()}, id="the whole fact"),
        pytest.param(
            [rule("r", PER_EURO, when="member.tier == 'gold'")], {"r": ()}, id="the whole fact, if gold"
        ),
        pytest.param([rule("r", PER_EURO, when=FRESH)], {"r": (1, 3)}, id="the lines it counted"),
        pytest.param(
            [rule("r", PER_EURO, when=FRESH), rule("x", Times(Fraction(2), "r"), "multiplier")],
            {"r": (1, 3), "x": (1, 3)},
            id="those of what it multiplies",
        ),
        pytest.param(
            [BASE, rule("x", Times(Fraction(2), "base"), "multiplier", FRESH)],
            {"base": (), "x": (1, 3)},
            id="those a multiplier counted",
        ),
        pytest.param(
            [BASE, rule("r", PER_EURO, when=FRESH), rule("x", Times(Fraction(2), "base"), "multiplier")],
            {"base": (), "r": (1, 3), "x": ()},
            id="the whole, if a part of it is",
        ),
    ],
)
def test_an_award_keeps_the_lines_it_counted(rules: list[Rule], lines: dict[str, tuple[int, ...]]) -> None:
    award = evaluate(RulesAbout(rules), purchase(("fresh", 1000), ("home", 500), ("fresh", 200)))
    assert {part.rule: part.lines for part in award.parts} == lines


def test_an_award_keeps_what_its_return_and_its_opening_need() -> None:
    award = evaluate(RulesAbout([rule("r", PER_EURO, round="up")]), purchase(("home", 1)))
    assert award.parts == (Awarded("r", "reward", 1, (), "up"),)


def test_n1_more_than_a_million_million_points_are_refused() -> None:
    most = rule("most", Fixed(10**12))
    assert evaluate(RulesAbout([most]), purchase(("home", 1))).units == {"reward": 10**12}
    with pytest.raises(TooManyPoints):
        evaluate(RulesAbout([most, rule("one", Fixed(1))]), purchase(("home", 1)))
    capped = RulesAbout([most, rule("one", Fixed(1)), rule("cap", AtMost(5), "cap")])
    assert evaluate(capped, purchase(("home", 1))).units == {"reward": 5}


@pytest.mark.parametrize(
    ("points", "rounding", "remaining", "left"),
    [
        (10, "down", Fraction(1, 3), 3),
        (10, "half_up", Fraction(1, 4), 3),
        (10, "half_up", Fraction(24, 100), 2),
        (10, "up", Fraction(1, 3), 4),
        (10, "up", Fraction(0), 0),
        (10, "down", Fraction(1), 10),
    ],
)
def test_n4_what_is_kept_after_a_return(points: int, rounding: Any, remaining: Fraction, left: int) -> None:
    assert kept(Awarded("r", "reward", points, (), rounding), remaining) == left


@pytest.mark.parametrize("remaining", [Fraction(-1, 2), Fraction(3, 2)])
def test_n4_a_share_is_from_nothing_to_the_whole(remaining: Fraction) -> None:
    with pytest.raises(ValueError, match="a share"):
        kept(Awarded("r", "reward", 10, (), "down"), remaining)
