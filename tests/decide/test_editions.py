from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.decide.programme import Edition, Editions, Programme, compile_programme
from loyalty.errors import NoProgramme
from tests.documents import small


def editions(programme: Programme) -> Editions:
    return Editions(
        tuple(Edition(number, datetime(2026, number, 1, tzinfo=UTC), programme) for number in (1, 2, 3))
    )


@pytest.mark.parametrize(
    ("instant", "number"),
    [
        pytest.param(datetime(2020, 1, 1, tzinfo=UTC), 1, id="before the first, the first"),
        pytest.param(datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), 1, id="to the last instant"),
        pytest.param(datetime(2026, 2, 1, tzinfo=UTC), 2, id="from the instant it is in force"),
        pytest.param(datetime(2030, 1, 1, tzinfo=UTC), 3, id="the latest"),
    ],
)
def test_p13_the_edition_at_an_instant(instant: datetime, number: int) -> None:
    all_editions = editions(compile_programme(small()))
    assert all_editions.at(instant).number == number
    assert all_editions.number(number).number == number
    assert all_editions.zone == ZoneInfo("Europe/Lisbon")


def test_an_edition_that_is_not_there() -> None:
    with pytest.raises(NoProgramme):
        editions(compile_programme(small())).number(4)
