from fractions import Fraction

import pytest

from loyalty.rules import AtMost, Fixed, Occasion, Reason, Rule, RulesAbout, Times, evaluate
from tests.rules import BASE, FRESH, PER_EURO, purchase, rule


@pytest.mark.parametrize(
    ("rules", "occasion", "because"),
    [
        pytest.param(
            [
                rule("x2", Times(Fraction(2), "base"), "multiplier"),
                rule("x3", Times(Fraction(3), "base"), "multiplier"),
                BASE,
            ],
            purchase(("home", 1000)),
            [("base", 10), ("x2", 10), ("x3", 20)],
            id="two and three make four",
        ),
        pytest.param(
            [BASE, rule("fifty", Fixed(50), "bonus"), rule("x2", Times(Fraction(2), "base"), "multiplier")],
            purchase(("home", 1000)),
            [("base", 10), ("fifty", 50), ("x2", 10)],
            id="a bonus is added, not multiplied",
        ),
        pytest.param(
            [BASE, rule("fifty", Fixed(50), "bonus"), rule("x2", Times(Fraction(2), "fifty"), "multiplier")],
            purchase(("home", 1000)),
            [("base", 10), ("fifty", 50), ("x2", 50)],
            id="unless a multiplier names it",
        ),
        pytest.param(
            [BASE, rule("x2", Times(Fraction(2), "base"), "multiplier")],
            purchase(("home", 1250)),
            [("base", 12), ("x2", 12)],
            id="points are multiplied, not money",
        ),
        pytest.param(
            [BASE, rule("x", Times(Fraction(5, 4), "base"), "multiplier")],
            purchase(("home", 1000)),
            [("base", 10), ("x", 2)],
            id="the product is rounded down",
        ),
        pytest.param(
            [BASE, rule("x", Times(Fraction(5, 4), "base"), "multiplier", round="up")],
            purchase(("home", 1000)),
            [("base", 10), ("x", 3)],
            id="or as the multiplier says",
        ),
        pytest.param(
            [BASE, rule("x2", Times(Fraction(2), "base"), "multiplier", FRESH)],
            purchase(("fresh", 1000), ("home", 50)),
            [("base", 10), ("x2", 10)],
            id="only the part of the matching lines",
        ),
        pytest.param(
            [BASE, rule("x2", Times(Fraction(2), "base"), "multiplier", FRESH)],
            purchase(("fresh", 50), ("home", 50)),
            [("base", 1)],
            id="what these lines alone would have given",
        ),
        pytest.param(
            [BASE, rule("x2", Times(Fraction(2), "base"), "multiplier", FRESH)],
            purchase(("fresh", 10_000), ("home", -3_000)),
            [("base", 70), ("x2", 70)],
            id="never more than was given in all",
        ),
        pytest.param(
            [BASE, rule("x2", Times(Fraction(2), "base"), "multiplier", FRESH)],
            purchase(("home", 1000)),
            [("base", 10)],
            id="no matching line",
        ),
        pytest.param(
            [
                rule("home", PER_EURO, when="line.category == 'home'"),
                rule("x2", Times(Fraction(2), "home"), "multiplier", FRESH),
            ],
            purchase(("home", 1000), ("fresh", 1000)),
            [("home", 10)],
            id="no line that both count",
        ),
        pytest.param(
            [
                rule("visit", Fixed(7), when=FRESH),
                rule("x2", Times(Fraction(2), "base"), "multiplier", "line.amount_minor > 500"),
            ],
            purchase(("fresh", 100), ("home", 1000)),
            [("visit", 7)],
            id="a fixed number of other lines",
        ),
        pytest.param(
            [
                rule("base", PER_EURO, at="line"),
                rule("x", Times(Fraction(3, 2), "base"), "multiplier", at="line"),
            ],
            purchase(("home", 199), ("home", 350), ("home", -100)),
            [("base", 3), ("x", 1)],
            id="line by line: 0.5 and 1.5 and -0.5",
        ),
        pytest.param(
            [
                rule("a", PER_EURO, at="line", when=FRESH),
                rule("b", PER_EURO, at="line"),
                rule("x2", Times(Fraction(2), "base"), "multiplier", at="line"),
            ],
            purchase(("fresh", 100), ("home", 300)),
            [("a", 1), ("b", 4), ("x2", 5)],
            id="line by line, over rules that count other lines",
        ),
        pytest.param(
            [
                BASE,
                rule("other", PER_EURO, unit="status"),
                rule("x2", Times(Fraction(2), "base"), "multiplier", unit="status"),
            ],
            purchase(("home", 1000)),
            [("base", 10), ("other", 10), ("x2", 10)],
            id="base means that of its own unit",
        ),
        pytest.param(
            [BASE, rule("x2", Times(Fraction(2), "base"), "multiplier"), rule("cap", AtMost(15), "cap")],
            purchase(("home", 1000)),
            [("base", 10), ("x2", 10), ("cap", -5)],
            id="a cap is a negative reason",
        ),
        pytest.param(
            [
                BASE,
                rule("cap", AtMost(8), "cap"),
                rule("lower", AtMost(5), "cap"),
                rule("high", AtMost(99), "cap"),
            ],
            purchase(("home", 1000)),
            [("base", 10), ("cap", -2), ("lower", -3)],
            id="the lowest cap holds",
        ),
        pytest.param(
            [BASE, rule("cap", AtMost(5), "cap", "member.tier == 'silver'")],
            purchase(("home", 1000)),
            [("base", 10)],
            id="a cap with a condition that does not hold",
        ),
        pytest.param(
            [
                rule("gold", PER_EURO, when="member.tier == 'gold'"),
                rule("silver", PER_EURO, when="member.tier == 'silver'"),
            ],
            purchase(("home", 1000)),
            [("gold", 10)],
            id="a condition on the whole fact",
        ),
        pytest.param(
            [rule("x2", Times(Fraction(2), "base"), "multiplier", "member.tier == 'silver'"), BASE],
            purchase(("home", 1000)),
            [("base", 10)],
            id="a multiplier for others",
        ),
        pytest.param(
            [
                rule("welcome", Fixed(100), on="enrolment"),
                rule("x2", Times(Fraction(2), "base"), "multiplier", on="enrolment"),
                BASE,
            ],
            Occasion("enrolment", {"member.tier": ""}, ()),
            [("welcome", 100), ("x2", 100)],
            id="a fact without lines",
        ),
    ],
)
def test_phases_and_their_reasons(
    rules: list[Rule], occasion: Occasion, because: list[tuple[str, int]]
) -> None:
    award = evaluate(RulesAbout(rules), occasion)
    assert [(reason.rule, reason.points) for reason in award.because] == because
    assert sum(award.units.values()) == sum(points for _, points in because)


def test_a_cap_trims_the_last_phase_first_and_only_its_unit() -> None:
    rules = [
        BASE,
        rule("status", PER_EURO, unit="status"),
        rule("bonus", Fixed(5), "bonus"),
        rule("x2", Times(Fraction(2), "base"), "multiplier"),
        rule("cap", AtMost(12), "cap"),
    ]
    award = evaluate(RulesAbout(rules), purchase(("home", 1000)))
    assert [(part.rule, part.points) for part in award.parts] == [("base", 10), ("status", 10), ("bonus", 2)]
    assert award.units == {"reward": 12, "status": 10}
    assert Reason("cap", "reward", -13) in award.because
