from datetime import UTC, date, datetime
from itertools import count

from loyalty.calendar import BEGINNING
from loyalty.decide.arrival import Luggage, OpeningLot, arrive
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.ledger.lots import Account
from tests.documents import GONE, small

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_points_brought_along_begin_their_life_of_inactivity_on_the_day_of_arrival() -> None:
    document = small(**{"unit.reward.expiry": {"inactive_months": 18}, "example": GONE})
    editions = Editions((Edition(1, BEGINNING, compile_programme(document)),))
    nobody = Snapshot(1, NOON, None, {unit: Account(unit) for unit in ("reward", "status")}, {}, ())
    brought = Luggage(lots=(OpeningLot("reward", 80),))
    account = arrive(editions, brought, nobody, NOON, count(1)).after.accounts["reward"]
    assert (account.available, account.last_active_on) == (80, date(2026, 3, 2))
