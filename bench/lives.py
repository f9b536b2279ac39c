"""The lives that the books are filled with: a few members whose every fact the engine itself booked.

Most of them joined within ten months and are yet to be reviewed for the first time; few of these are silver
and will fall. `DYING` of a hundred joined two years ago: their first points die at the end of next month,
when the term of none of them is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from loyalty.calendar import add_months
from tests.makers import Maker, Shopper, Till

DYING = 28  #: of a hundred members; with some six lots each that is five of a hundred lots
FALLING = 25  #: one of so many of the others
KINDS, DYING_KINDS = 25, 5  #: different lives of each sort
YOUNGEST_DAYS, OLDEST_DAYS = 30, 295  #: since they joined
LIFTED_DAYS = 200  #: since the dying bought themselves a term of silver
LEAST, SILVER = 5, 520  #: euros
CATEGORIES = ("fresh", "home", "clothes")


@dataclass(frozen=True, slots=True)
class Life:
    """When somebody joins, and what they buy: instants and whole euros, in their order."""

    joins_at: datetime
    bought: tuple[tuple[datetime, int], ...]


def lives(now: datetime, purchases: int) -> tuple[list[Life], list[Life]]:
    """Different lives up to `now` with so many purchases each; of the last of them points die next month."""
    span = OLDEST_DAYS - YOUNGEST_DAYS
    ages = [timedelta(days=YOUNGEST_DAYS + span * kind // KINDS) for kind in range(KINDS)]
    return (
        [_young(now - age, now, kind, purchases) for kind, age in enumerate(ages)],
        [_old(now, kind, purchases) for kind in range(DYING_KINDS)],
    )


def dying_at(now: datetime) -> datetime:
    """Four in the morning, UTC, after the day on which the first points of the old ones die."""
    first = now.replace(day=1, hour=4, minute=0, second=0, microsecond=0)
    return datetime.combine(add_months(first.date(), 2), time(4), UTC)


def reviewed_at(now: datetime) -> datetime:
    """An instant by which the first term of all the young ones is over, and the second of none."""
    return now + timedelta(days=350)


def live(make: Maker, found: Sequence[Life]) -> list[Shopper]:
    """Let the engine book these lives; who lived them."""
    till = make.till()
    return [_live(make, till, life) for life in found]


def _live(make: Maker, till: Till, life: Life) -> Shopper:
    make.clock.move(life.joins_at)
    who = make.shopper(till)
    for number, (at, euros) in enumerate(life.bought):
        make.clock.move(at)
        who.buy({"amount": f"{euros}.00", "category": CATEGORIES[number % len(CATEGORIES)]})
    return who


def _young(joins_at: datetime, now: datetime, kind: int, purchases: int) -> Life:
    step, most = (now - joins_at) / (purchases + 1), 480 // purchases
    euros = [LEAST + (kind * 7 + number * 3) % max(1, most - LEAST) for number in range(purchases)]
    if kind % FALLING == 0:
        euros[:2] = [300, 250]  # silver by both, but of the second alone within the year before the review
    return Life(joins_at, tuple((joins_at + step * (number + 1), one) for number, one in enumerate(euros)))


def _old(now: datetime, kind: int, purchases: int) -> Life:
    month = add_months(now.date().replace(day=1), -23)
    joins_at = datetime.combine(month, time(9), UTC) + timedelta(days=5 + kind)
    first, *rest = range(purchases)
    step = timedelta(days=LIFTED_DAYS - YOUNGEST_DAYS) / max(1, len(rest))
    later = [
        (now - timedelta(days=LIFTED_DAYS) + step * number, SILVER if number == 0 else LEAST + kind)
        for number in range(len(rest))
    ]
    return Life(joins_at, ((joins_at + timedelta(hours=1), LEAST + first + kind), *later))
