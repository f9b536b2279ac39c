"""What published programmes say of their tiers, as examples that a programme can carry."""

from typing import Any

import pytest

from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import run_example
from tests.ladders import OF_STATUS, club

FLYING_BLUE = club(
    {"explorer": 0, "silver": 100, "gold": 180, "platinum": 300},
    length={"month_end": 12},
    length_after_review={"month_end": 11},
    lift_costs="attain",
    keep_costs="retain",
    rollover={"cap": 300},
    downgrade="one_step",
)
JOHN_HANCOCK = club(
    {"bronze": 0, "silver": 3500, "gold": 7000, "platinum": 10_000},
    length={"year_end": 0},
    on_upgrade="keep_end",
    rollover={"percent": 10},
)
VITALITY_UK = club(
    {"bronze": 0, "silver": 800, "gold": 1600, "platinum": 2400}, on_upgrade="keep_end", rollover="none"
)
PING_AN = club({"platinum": 100}, starts="next_day")
MAMMUT = club({"level": 100}, status_lasts={"days": 365})
KRISFLYER = club({"silver": 25_000, "gold": 50_000}, measure=OF_STATUS | {"window": {"months": 12}})


def said(joined: str, told: list[tuple[str, int]], at: str, **expect: Any) -> dict[str, Any]:
    """An example: joined at noon of a day, points given at noon of others, and what is so at an instant."""
    facts = [{"adjust": {"at": f"{day}T12:00:00+08:00", "unit": "status", "points": points}}
             for day, points in told]  # fmt: skip
    return {
        "say": at,
        "at": at,
        "expect": expect,
        "facts": [{"enrol": {"at": f"{joined}T12:00:00+08:00"}}, *facts],
    }


EXAMPLES = [
    pytest.param(
        FLYING_BLUE,
        said("2023-01-05", [("2023-03-15", 279)], "2023-03-15T12:00:00+08:00", tier="silver",
             points={"status": 179}, last_day="2024-03-31"),
        id="fb-val-1 fb-up-2",
    ),
    pytest.param(
        FLYING_BLUE,
        said("2023-01-05", [("2023-03-15", 580), ("2023-06-01", 450)], "2024-04-01T00:00:00+08:00",
             tier="platinum", points={"status": 150}, last_day="2025-03-31"),
        id="fb-roll-1",
    ),
    pytest.param(
        JOHN_HANCOCK,
        said("2025-01-05", [("2025-03-01", 8250)], "2026-01-01T00:00:00+08:00", points={"status": 825}),
        id="jh-carry-1",
    ),
    pytest.param(
        VITALITY_UK,
        said("2025-02-03", [("2025-03-01", 1700)], "2026-02-03T00:00:00+08:00", tier="gold",
             points={"status": 0}),
        id="vuk-reset-1",
    ),
    pytest.param(
        PING_AN,
        said("2009-01-05", [("2009-07-01", 100)], "2009-07-01T23:59:59+08:00", tier=""),
        id="pa-val-2: not on the day of grading",
    ),
    pytest.param(
        PING_AN,
        said("2009-01-05", [("2009-07-01", 100)], "2009-07-02T00:00:00+08:00", tier="platinum",
             last_day="2010-07-01"),
        id="pa-val-2: from the next day",
    ),
    pytest.param(
        MAMMUT,
        said("2023-01-05", [("2023-06-01", 100)], "2024-05-31T23:59:59+08:00",
             tier="level", last_day="2024-05-31"),
        id="mam-keep-1",
    ),
    pytest.param(
        KRISFLYER,
        said("2025-01-05", [("2025-02-01", 24_999)], "2025-02-01T12:00:00+08:00", tier=""),
        id="sq-tier-1",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("document", "example"), EXAMPLES)
def test_a_programme_can_show_what_it_promises_of_tiers(
    document: dict[str, Any], example: dict[str, Any]
) -> None:
    programme = compile_programme(document | {"example": [example]})
    assert run_example(programme, programme.examples[0]) == []
