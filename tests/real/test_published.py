"""The comparison of our cases with their sources finds what is wrong."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.real import published
from tests.real.casebook import PROGRAMMES, Case, Fact, Look, read

BOOK = read(PROGRAMMES / "krisflyer.toml")
NOON = datetime(2026, 2, 6, 4, tzinfo=UTC)  #: in Singapore
LOTS = {"lots": {"miles": {"2020-07-31": 0}}}


def case(sees: dict[str, Any], says: dict[str, Any], *facts: Fact, **other: Any) -> Case:
    return Case("a", facts, (Look(NOON, sees, says, None),), other)


@pytest.mark.parametrize(
    ("sees", "says", "faults"),
    [
        pytest.param({"tier": "silver"}, {"tier": "Elite Silver"}, 0, id="a tier by its name"),
        pytest.param({"tier": "silver"}, {"tier": "Elite Gold"}, 1, id="another tier"),
        pytest.param({"points": {"miles": "12.0"}}, {"left": 12}, 0, id="a number however it is written"),
        pytest.param({"points": {"miles": 12}}, {"left": [12, 13]}, 1, id="a number that is not looked at"),
        pytest.param(LOTS, {"left": ["2017-07-10", 0]}, 0, id="what a word means in this book"),
        pytest.param(LOTS, {"left": ["2017-07-11", 0]}, 1, id="a word without a meaning"),
        pytest.param({}, {"no_change_on": date(2026, 2, 6), "month": "2026-02"}, 0, id="the look's own day"),
        pytest.param({}, {"level_until": date(2026, 2, 7)}, 1, id="another day"),
    ],
)
def test_what_is_said_and_not_looked_at_is_found(
    sees: dict[str, Any], says: dict[str, Any], faults: int
) -> None:
    assert len(published.unseen(BOOK, case(sees, says))) == faults


def test_what_was_given_and_is_not_told_is_found() -> None:
    bought = case({}, {}, Fact(NOON, "purchase", {"amount": "105.00"}))
    given = {"amount": "105", "on": "2026-02-06", "years": 3, "until": "2026-03-01", "level": "gold"}
    assert published.untold(BOOK, bought, {"given": given}) == [
        "a was given 3, and nothing tells it",
        "a was given 2026-03-01, and nothing tells it",
    ]


def test_what_is_said_is_what_was_published_to_the_letter() -> None:
    told = case({}, {"last_day": date(2026, 2, 6)}, or_else=date(2026, 2, 7))
    assert published.unlike(told, {"expect": {"last_day": "2026-02-06", "or_else": "2026-02-07"}}) == []
    assert published.unlike(told, {"expect": {"last_day": "2026-02-06"}}) != []
    assert published.unlike(told, {"expect": {"last_day": "2026-02-05", "or_else": "2026-02-07"}}) != []
