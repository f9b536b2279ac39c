from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from loyalty.rules import (
    AtMost,
    Awarded,
    Condition,
    Fixed,
    Item,
    Left,
    Occasion,
    Rate,
    Rule,
    RulesAbout,
    Times,
    evaluate,
    kept,
)

ROOM = st.one_of(st.none(), st.integers(0, 100))
LEFT = st.dictionaries(st.sampled_from(["base", "bonus", "fixed", "x"]), st.builds(Left, ROOM, ROOM))
ROUNDINGS = st.sampled_from(["down", "half_up", "up"])
FACTORS = st.fractions(1, 5, max_denominator=8)
FRESH = Condition.compile("line.category == 'fresh'", "purchase")
WHENS = st.sampled_from([None, FRESH])
BASKETS = st.lists(
    st.tuples(st.sampled_from(["fresh", "home"]), st.integers(0, 100_000)), min_size=1, max_size=6
)
RATES = st.builds(
    Rate, st.fractions("1/8", 30, max_denominator=8), st.fractions(1, 2_000, max_denominator=1), st.booleans()
)


@st.composite
def programmes(draw: st.DrawFn) -> list[Rule]:
    """Rules of all phases that round once for the fact."""

    def rule(code: str, earn: Rate | Fixed | Times | AtMost, phase: str, when: Condition | None) -> Rule:
        return Rule(code, "purchase", "reward", phase, when, earn, draw(ROUNDINGS), "fact")  # type: ignore[arg-type]

    rules = [rule("base", draw(RATES), "base", draw(WHENS)), rule("bonus", draw(RATES), "bonus", draw(WHENS))]
    rules += [rule("fixed", Fixed(draw(st.integers(1, 50))), "bonus", draw(WHENS))]
    rules += [
        rule("x", Times(draw(FACTORS), draw(st.sampled_from(["base", "bonus"]))), "multiplier", draw(WHENS))
    ]
    if draw(st.booleans()):
        rules.append(rule("cap", AtMost(draw(st.integers(0, 5_000))), "cap", None))
    return rules


def basket(lines: list[tuple[str, int]]) -> Occasion:
    return Occasion(
        "purchase",
        {},
        tuple(
            Item(no, minor, {"line.category": category})
            for no, (category, minor) in enumerate(lines, start=1)
        ),
    )


@given(programmes(), BASKETS, st.data())
def test_splitting_a_basket_never_costs_a_point(
    rules: list[Rule], lines: list[tuple[str, int]], data: st.DataObject
) -> None:
    split = []
    for category, minor in lines:
        part = data.draw(st.integers(0, minor))
        split += [(category, part), (category, minor - part)]
    assert (
        evaluate(RulesAbout(rules), basket(split)).units == evaluate(RulesAbout(rules), basket(lines)).units
    )


@given(programmes(), BASKETS, LEFT, st.sampled_from([None, "g"]))
def test_parts_and_reasons_add_up_and_no_part_is_below_one_or_above_what_is_left(
    rules: list[Rule], lines: list[tuple[str, int]], left: dict[str, Left], group: str | None
) -> None:
    grouped = [replace(rule, group=group) if rule.phase == "bonus" else rule for rule in rules]
    award = evaluate(RulesAbout(grouped), basket(lines), left)
    assert all(part.points > 0 for part in award.parts)
    for part in award.parts:
        bound = left.get(part.rule, Left())
        assert part.points <= min(most for most in (bound.limit, bound.budget, 10**12) if most is not None)
    if group:
        assert len([part for part in award.parts if part.rule in ("bonus", "fixed")]) <= 1
    assert sum(award.units.values()) == sum(reason.points for reason in award.because)


@given(st.integers(0, 10**12), ROUNDINGS, st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_n4_any_split_of_returns_takes_the_whole_and_nothing_twice(
    points: int, rounding: str, returned: list[int]
) -> None:
    part = Awarded("r", "reward", points, (), rounding)  # type: ignore[arg-type]
    bought = left = sum(returned)
    taken = []
    for amount in returned:
        before, left = left, left - amount
        taken.append(kept(part, Fraction(before, bought)) - kept(part, Fraction(left, bought)))
    assert all(piece >= 0 for piece in taken)
    assert sum(taken) == points


@given(st.integers(0, 10**9), ROUNDINGS, st.fractions(0, 1), st.fractions(0, 1))
def test_n4_who_keeps_more_goods_never_keeps_fewer_points(
    points: int, rounding: str, one: Fraction, two: Fraction
) -> None:
    part = Awarded("r", "reward", points, (), rounding)  # type: ignore[arg-type]
    less, more = sorted((one, two))
    assert 0 <= kept(part, less) <= kept(part, more) <= points
