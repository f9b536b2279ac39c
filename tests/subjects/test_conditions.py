import logging
from datetime import UTC, datetime

import pytest

from loyalty.conditions import MOST_ANSWERS
from loyalty.rules import Condition, ConditionFaulty

SUNDAY_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEN = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
ATTRIBUTES = {
    "purchase.store": "S1",
    "purchase.terminal": "T1",
    "purchase.amount_minor": 1000,
    "purchase.sold_at": SUNDAY_NOON,
    "line.sku": "A",
    "line.category": "fresh",
    "line.amount_minor": 700,
    "member.tier": "gold",
    "member.age": 40,
    "member.enrolled_days": 3,
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("line.category == 'fresh'", True),
        ("line.category in ['fresh', 'home'] && line.amount_minor >= 700", True),
        ("purchase.sold_at.getDayOfWeek('Europe/Lisbon') == 0", True),
        ("purchase.store.startsWith('X')", False),
        ("member.tier == 'gold' && member.age >= 18 && member.enrolled_days < 30", True),
        ("true", True),
        pytest.param("line . category\n== 'fresh' && 'line.sku' != ''", True, id="blanks within a name"),
    ],
)
def test_a_condition_is_asked_of_the_attributes(text: str, holds: bool) -> None:
    assert Condition.compile(text, "purchase").holds(ATTRIBUTES) is holds


@pytest.mark.parametrize(
    ("text", "on", "message"),
    [
        pytest.param(
            "line.amout > 1", "purchase", "undeclared reference to 'line.amout'", id="a misspelt name"
        ),
        pytest.param("line.category > 1", "purchase", "no matching overload", id="a text is not a number"),
        pytest.param("line.amount_minor", "purchase", "must be true or false, not INT", id="not a question"),
        pytest.param("line.category == ", "purchase", "column", id="broken off"),
        pytest.param("purchase.store == 'S'", "birthday", "undeclared", id="a birthday has no store"),
        pytest.param("line.amount_minor > 1.5", "purchase", "no matching overload", id="money is whole"),
        pytest.param("(" * 300 + "true" + ")" * 300, "purchase", "nest|recursion|depth", id="too deep"),
    ],
)
def test_a_condition_is_checked_when_it_is_saved(text: str, on: str, message: str) -> None:
    with pytest.raises(ConditionFaulty, match=message):
        Condition.compile(text, on)


@pytest.mark.parametrize(
    ("text", "per_line"),
    [
        ("line.category == 'x'", True),
        ("purchase.amount_minor > 5 || line.sku == 'A'", True),
        ("purchase.store == 'line.category'", False),
        ("[1].exists(line, line == 1)", False),
        ("member.tier == ''", False),
    ],
)
def test_a_condition_knows_whether_it_speaks_of_lines(text: str, per_line: bool) -> None:
    assert Condition.compile(text, "purchase").per_line is per_line


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1 / (line.amount_minor - 700) == 1", id="division by zero"),
        pytest.param("line.amount_minor * 9223372036854775807 > 0", id="overflow"),
        pytest.param(
            f"{TEN}.map(a, {TEN}.map(b, {TEN}.map(c, {TEN}.map(d, {TEN}.map(e, {TEN}.map(f, f))))))"
            ".size() == 10 && line.sku != ''",
            id="endless work",
        ),
    ],
)
def test_a_condition_that_fails_while_it_runs_does_not_hold(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert Condition.compile(text, "purchase").holds(ATTRIBUTES) is False
    assert "failed" in caplog.text


def test_a_missing_attribute_does_not_hold(caplog: pytest.LogCaptureFixture) -> None:
    assert Condition.compile("line.sku == 'A'", "purchase").holds({}) is False
    assert "failed" in caplog.text


def test_attributes_of_a_line_come_first() -> None:
    dear = Condition.compile("line.amount_minor > purchase.amount_minor", "purchase")
    assert [dear.holds(ATTRIBUTES, {"line.amount_minor": minor}) for minor in (1000, 1001)] == [False, True]


def test_a_condition_says_the_same_again_however_much_it_met() -> None:
    odd = Condition.compile("line.amount_minor % 2 == 1", "purchase")
    for _ in range(2):
        for minor in range(MOST_ANSWERS + 2):
            assert odd.holds({"line.amount_minor": minor}) is (minor % 2 == 1)


def test_a_condition_fails_each_time_anew(caplog: pytest.LogCaptureFixture) -> None:
    broken = Condition.compile("1 / line.amount_minor == 1", "purchase")
    with caplog.at_level(logging.WARNING):
        assert [broken.holds({"line.amount_minor": minor}) for minor in (0, 1, 0)] == [False, True, False]
    assert len(caplog.records) == 2


def test_conditions_are_equal_by_their_text() -> None:
    assert Condition.compile("true", "purchase") == Condition.compile("true", "purchase")
    assert Condition.compile("true", "purchase") != Condition.compile("true", "birthday")
