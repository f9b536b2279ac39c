"""What rules take, and what a unit's floor and cap leave of an award."""

from fractions import Fraction

import pytest

from loyalty.errors import TooManyPoints
from loyalty.rules import All, AtMost, Counted, Fixed, Occasion, Room, RulesAbout, evaluate, within
from tests.rules import rule

EMPTY = Room(0)


def told(**attributes):
    return Occasion("activity", {"activity.kind": "told", "activity.attributes": attributes}, ())


def does(code, earn, phase="base", **terms):
    return rule(code, earn, phase, on="activity", **terms)


GIVES, TAKES = does("gives", Fixed(30)), does("takes", Fixed(20), "take")
EMPTIES = does("empties", All(), "take")
BY_TEN = does("counts", Counted(Fraction(1), Fraction(10), False, "attributes.n"), "take", round="up")


@pytest.mark.parametrize(
    ("rules", "room", "parts", "because"),
    [
        pytest.param([TAKES], Room(50), [-20], [("takes", -20)], id="so much"),
        pytest.param([TAKES], Room(50, 40), [-10], [("takes", -20), ("takes:floor", 10)], id="to the floor"),
        pytest.param([TAKES], Room(50, 50), [], [("takes", -20), ("takes:floor", 20)], id="at the floor"),
        pytest.param([TAKES], Room(5), [-5], [("takes", -20), ("takes:floor", 15)], id="to nil"),
        pytest.param([TAKES, TAKES], Room(30), [-20, -10],
                     [("takes", -20), ("takes", -20), ("takes:floor", 10)], id="one after the other"),
        pytest.param([EMPTIES], Room(50, 40), [-50], [("empties", -50)], id="all, whatever the floor"),
        pytest.param([EMPTIES], EMPTY, [], [], id="all of nothing"),
        pytest.param([GIVES], Room(0, 0, 10), [10], [("gives", 30), ("unit:cap", -20)], id="to the cap"),
        pytest.param([GIVES], Room(100, 0, 0), [], [("gives", 30), ("unit:cap", -30)], id="at the cap"),
        pytest.param([GIVES, TAKES], Room(100, 0, 0), [-20, 20],
                     [("gives", 30), ("takes", -20), ("unit:cap", -10)], id="taken first"),
        pytest.param([GIVES, does("more", Fixed(5), "bonus")], Room(0, 0, 32), [30, 2],
                     [("gives", 30), ("more", 5), ("unit:cap", -3)], id="the last phase first"),
        pytest.param([GIVES, does("once", AtMost(8), "cap")], Room(0, 0, 5), [5],
                     [("gives", 30), ("once", -22), ("unit:cap", -3)], id="after the fact's own cap"),
        pytest.param([BY_TEN], Room(50), [-3], [("counts", -3)], id="a number told, rounded"),
        pytest.param([does("no", Fixed(1), "take", when="activity.kind == 'x'")], Room(5), [], [], id="no"),
    ],
)  # fmt: skip
def test_takings_floor_and_cap(rules, room, parts, because):
    occasion = told(n=21)
    award = within(evaluate(RulesAbout(rules), occasion), RulesAbout(rules), occasion, {"reward": room})
    assert [part.points for part in award.parts] == parts
    assert [(reason.rule, reason.points) for reason in award.because] == because
    assert sum(parts) == award.units.get("reward", 0) == sum(points for _, points in because)
    assert award.given.get("reward", 0) - award.taken.get("reward", 0) == sum(parts)


@pytest.mark.parametrize(
    ("step", "rounding", "number", "points"),
    [
        (False, "down", 1_050, 10),
        (False, "up", 1_050, 11),
        (False, "half_up", 1_049, 10),
        (True, "up", 1_099, 10),
        (True, "down", -1_000, 0),
        (False, "up", True, 0),
        (False, "up", None, 0),
    ],
)
def test_n3_points_for_a_count(step, rounding, number, points):
    counted = does("steps", Counted(Fraction(1), Fraction(100), step, "attributes.n"), round=rounding)
    assert evaluate(RulesAbout([counted]), told(n=number)).units.get("reward", 0) == points


def test_n1_too_much_is_not_taken_either():
    occasion = told(n=10**14)
    with pytest.raises(TooManyPoints):
        within(evaluate(RulesAbout([BY_TEN]), occasion), RulesAbout([BY_TEN]), occasion, {"reward": EMPTY})


def test_a_count_of_what_was_not_told_is_nothing():
    counted = does("steps", Counted(Fraction(1), Fraction(100), False, "attributes.n"))
    assert evaluate(RulesAbout([counted]), told()).parts == ()
    assert evaluate(RulesAbout([counted]), Occasion("activity", {}, ())).parts == ()
