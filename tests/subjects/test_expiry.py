from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.calendar import FOREVER, day_after
from loyalty.expiry import Expiry


@pytest.mark.parametrize(
    ("expiry", "anchor", "last_day"),
    [
        pytest.param(Expiry(never=True), date(2026, 1, 1), FOREVER, id="never"),
        pytest.param(Expiry(months=6), date(2024, 2, 23), date(2024, 8, 23), id="exact"),
        pytest.param(Expiry(months=1), date(2023, 1, 31), date(2023, 2, 28), id="N6 clamped"),
        pytest.param(Expiry(months=1), date(2024, 1, 31), date(2024, 2, 29), id="N6 clamped in a leap year"),
        pytest.param(
            Expiry(months=2), date(2026, 1, 31), date(2026, 3, 31), id="N6 from the anchor, not by steps"
        ),
        pytest.param(Expiry(months=12), date(2024, 2, 29), date(2025, 2, 28), id="N6 a year from a leap day"),
        pytest.param(
            Expiry(months=24, align="month_end"), date(2026, 3, 2), date(2028, 3, 31), id="month end"
        ),
        pytest.param(Expiry(align="month_end"), date(2026, 2, 1), date(2026, 2, 28), id="this month's end"),
        pytest.param(
            Expiry(align="month_end", plus=1), date(2026, 1, 31), date(2026, 2, 28), id="plus a month"
        ),
        pytest.param(
            Expiry(months=3, align="quarter_end"), date(2026, 1, 1), date(2026, 6, 30), id="quarter end"
        ),
        pytest.param(
            Expiry(align="quarter_end", plus=2), date(2026, 12, 31), date(2027, 6, 30), id="plus quarters"
        ),
        pytest.param(
            Expiry(months=36, align="year_end"), date(2016, 12, 31), date(2019, 12, 31), id="year end"
        ),
        pytest.param(
            Expiry(align="year_end", plus=1), date(2026, 1, 1), date(2027, 12, 31), id="plus a year"
        ),
        pytest.param(Expiry(days=365), date(2023, 3, 1), date(2024, 2, 29), id="days"),
        pytest.param(
            Expiry(days=1), date(2026, 3, 28), date(2026, 3, 29), id="days are days, whatever the clocks do"
        ),
    ],
)
def test_n5_n6_the_last_usable_day_of_a_lot(expiry: Expiry, anchor: date, last_day: date) -> None:
    assert expiry.last_day(anchor) == last_day


@pytest.mark.parametrize(
    ("last_day", "dead_at"),
    [
        pytest.param(date(2026, 3, 28), datetime(2026, 3, 29, 0, tzinfo=UTC), id="the eve of 23 hours"),
        pytest.param(date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC), id="a day of 23 hours"),
        pytest.param(date(2026, 10, 24), datetime(2026, 10, 24, 23, tzinfo=UTC), id="the eve of 25 hours"),
        pytest.param(date(2026, 10, 25), datetime(2026, 10, 26, 0, tzinfo=UTC), id="a day of 25 hours"),
    ],
)
def test_n5_a_day_is_over_at_the_next_local_midnight_however_long_it_was(last_day, dead_at):
    assert day_after(last_day, ZoneInfo("Europe/Lisbon")) == dead_at
