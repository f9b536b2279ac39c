"""Groups, limits and budgets trim what rules give; what points paid is not counted (P15, P17)."""

from fractions import Fraction

import pytest

from loyalty.rules import AtMost, Fixed, Item, Left, Occasion, Promise, Rate, RulesAbout, Times, evaluate
from loyalty.rules.rounding import split
from tests.rules import BASE, FRESH, PER_EURO, purchase, rule

X2 = rule("x2", Times(Fraction(2), "base"), "multiplier")
X3 = rule("x3", Times(Fraction(3), "base"), "multiplier")
FIFTY, FORTY = rule("fifty", Fixed(50), "bonus", group="g"), rule("forty", Fixed(40), "bonus", group="g")
BAG = purchase(("home", 1000))


@pytest.mark.parametrize(
    ("rules", "left", "because"),
    [
        pytest.param([BASE], {"base": Left(4)}, [("base", 10), ("base:limit", -6)], id="a limit trims"),
        pytest.param([BASE], {"base": Left(0)}, [("base", 10), ("base:limit", -10)], id="to nothing"),
        pytest.param([BASE], {"base": Left(10)}, [("base", 10)], id="what just fits is left alone"),
        pytest.param(
            [BASE], {"base": Left(None, 3)}, [("base", 10), ("base:budget", -7)], id="a budget trims"
        ),
        pytest.param(
            [BASE],
            {"base": Left(7, 3)},
            [("base", 10), ("base:limit", -3), ("base:budget", -4)],
            id="the limit first, then the budget",
        ),
        pytest.param(
            [BASE, X2],
            {"base": Left(4)},
            [("base", 10), ("base:limit", -6), ("x2", 4)],
            id="a multiplier counts what is left",
        ),
        pytest.param(
            [BASE, X2],
            {"base": Left(0)},
            [("base", 10), ("base:limit", -10)],
            id="and nothing where nothing is left",
        ),
        pytest.param(
            [BASE, X2],
            {"x2": Left(None, 3)},
            [("base", 10), ("x2", 10), ("x2:budget", -7)],
            id="a multiplier has limits of its own",
        ),
        pytest.param(
            [BASE, rule("cap", AtMost(5), "cap")],
            {"base": Left(7)},
            [("base", 10), ("base:limit", -3), ("cap", -2)],
            id="caps come last",
        ),
        pytest.param(
            [FORTY, FIFTY], {}, [("forty", 40), ("forty:group", -40), ("fifty", 50)], id="the best of a group"
        ),
        pytest.param(
            [FIFTY, rule("too", Fixed(50), "bonus", group="g")],
            {},
            [("fifty", 50), ("too", 50), ("too:group", -50)],
            id="the first of equals",
        ),
        pytest.param(
            [FIFTY, FORTY],
            {"fifty": Left(10)},
            [("fifty", 50), ("fifty:group", -50), ("forty", 40)],
            id="the best by what is left of it",
        ),
        pytest.param(
            [FIFTY, FORTY],
            {"fifty": Left(0), "forty": Left(None, 0)},
            [("fifty", 50), ("fifty:limit", -50), ("forty", 40), ("forty:group", -40)],
            id="nothing left of any",
        ),
        pytest.param(
            [
                BASE,
                rule("x2", X2.earn, "multiplier", group="m"),
                rule("x3", X3.earn, "multiplier", group="m"),
            ],
            {},
            [("base", 10), ("x2", 10), ("x2:group", -10), ("x3", 20)],
            id="multipliers in a group do not add up",
        ),
        pytest.param(
            [FIFTY, rule("alone", Fixed(60), "bonus"), rule("other", Fixed(1), "bonus", group="h")],
            {},
            [("fifty", 50), ("alone", 60), ("other", 1)],
            id="groups leave others alone",
        ),
    ],
)
def test_group_then_limit_then_budget(rules, left, because):
    award = evaluate(RulesAbout(rules), BAG, left)
    assert [(reason.rule, reason.points) for reason in award.because] == because
    assert sum(award.units.values()) == sum(points for _, points in because)
    assert all(part.points > 0 for part in award.parts)


def paid(*lines: tuple[str, int, Fraction | int]) -> Occasion:
    """Lines, each a category, what it costs and what of it was money."""
    items = tuple(
        Item(
            no,
            minor,
            {"line.category": category, "line.sku": "", "line.amount_minor": minor},
            Fraction(money),
        )
        for no, (category, minor, money) in enumerate(lines, start=1)
    )
    return Occasion("purchase", {}, items)


EARNS = {"paid_with_points": "earns"}


@pytest.mark.parametrize(
    ("rules", "occasion", "points"),
    [
        pytest.param([BASE], paid(("home", 1000, 600)), 6, id="only money counts"),
        pytest.param(
            [rule("r", PER_EURO, **EARNS)], paid(("home", 1000, 600)), 10, id="unless the rule says so"
        ),
        pytest.param([BASE], paid(("home", 1000, 0)), 0, id="nothing was money"),
        pytest.param(
            [BASE],
            paid(("home", 100, Fraction(200, 3)), ("home", 50, Fraction(100, 3))),
            1,
            id="parts of a cent add up before rounding",
        ),
        pytest.param(
            [rule("r", PER_EURO, when=FRESH)],
            paid(("fresh", 500, 250), ("home", 500, 250)),
            2,
            id="by its lines",
        ),
        pytest.param(
            [rule("r", Rate(Fraction(25), Fraction(1000), step=True))],
            paid(("home", 2000, 1999)),
            25,
            id="whole steps of money",
        ),
        pytest.param([BASE, X2], paid(("home", 1000, 600)), 12, id="a multiplier counts what was given"),
        pytest.param([rule("r", Fixed(5))], paid(("home", 1000, 1)), 5, id="a fixed number, for any money"),
        pytest.param([rule("r", Fixed(5))], paid(("home", 1000, 0)), 0, id="but not for none"),
        pytest.param(
            [rule("r", Fixed(5), **EARNS)], paid(("home", 1000, 0)), 5, id="unless the rule says so too"
        ),
        pytest.param([BASE], paid(("home", 1000, 600), ("home", -400, -240)), 3, id="an exchange"),
    ],
)
def test_p17_the_part_paid_with_points_earns_nothing_unless_the_rule_says_so(rules, occasion, points):
    assert evaluate(RulesAbout(rules), occasion).units.get("reward", 0) == points


@pytest.mark.parametrize(
    ("points", "shares", "parts"),
    [
        (10, [], [10]),
        (10, ["1/2", "1/2"], [5, 5]),
        (11, ["1/2", "1/2"], [5, 6]),
        (1, ["1/2", "1/2"], [1]),
        (10, ["1/3", "1/3", "1/3"], [3, 3, 4]),
        (7, ["9/10", "1/10"], [6, 1]),
        (0, ["1/2", "1/2"], []),
    ],
)
def test_p11_parts_add_up_to_the_whole(points, shares, parts):
    opens = tuple(Promise(Fraction(share), days) for days, share in enumerate(shares, start=1))
    assert [part for _, part in split(points, opens)] == parts
