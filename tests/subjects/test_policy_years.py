from datetime import UTC, date, datetime

import pytest

from loyalty.policies import PolicyState


@pytest.mark.parametrize(
    ("issued_on", "day", "year"),
    [
        pytest.param("2025-12-01", "2025-12-01", 1, id="the day of issue"),
        pytest.param("2025-12-01", "2026-11-30", 1, id="the last day of the first year"),
        pytest.param("2025-12-01", "2026-12-01", 2, id="the anniversary"),
        pytest.param("2025-12-01", "2025-11-30", 1, id="before it was issued"),
        pytest.param("2025-12-01", "2019-01-01", 1, id="years before it was issued"),
        pytest.param("2024-02-29", "2025-02-27", 1, id="n8 29 February is still to come"),
        pytest.param("2024-02-29", "2025-02-28", 2, id="n8 29 February falls on the 28th"),
        pytest.param("2024-02-29", "2028-02-28", 4, id="n8 but in a leap year it does not"),
    ],
)
def test_i9_the_policy_year_of_a_day(issued_on, day, year):
    issued = date.fromisoformat(issued_on)
    state = PolicyState("P1", 1, datetime(2026, 1, 1, tzinfo=UTC), "in_force", issued, "CNY", (), holder=1)
    assert state.year_of(date.fromisoformat(day)) == year
