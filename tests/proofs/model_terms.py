"""What the club of the reference model promises, and how its days run: tables and dates."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

ZONE, DAY, INSTANT, FOREVER = ZoneInfo("Europe/Lisbon"), timedelta(days=1), timedelta.resolution, date.max

HALF = Fraction(1, 2)
ROUNDED = {"down": floor, "up": ceil, "half_up": lambda exact: floor(exact + HALF)}  #: N4


@dataclass(frozen=True)
class Unit:
    """A kind of points. They live for so many months or days, or for ever."""

    months: int = 0
    days: int = 0
    forgives: bool = False  #: a shortfall is recorded, not owed (P7)
    grace: int = 0  #: days for what is given back of a dead lot (P9)
    least: int = 0  #: a transfer moves at least so many (P12)
    member_day: int = 0  #: and a member so many a day, on either side; 0: none at all


@dataclass(frozen=True)
class Rule:
    """So many points for each `per` cents of the goods of some categories; they may open days later (P11)."""

    code: str
    unit: str
    points: int
    per: int
    mode: str = "down"
    categories: str = "home fresh slow"
    opens: int = 0
    tier: str = ""  #: only for members of this tier, once more what the first rule of the unit gives

    def points_for(self, lines: tuple[tuple[int, str], ...]) -> int:
        """N3, N4: exact, then rounded once per sale."""
        return ROUNDED[self.mode](Fraction(self.counted(lines) * self.points, self.per))

    def counted(self, lines: tuple[tuple[int, str], ...]) -> int:
        """The cents of the goods that the rule is about."""
        return sum(cents for cents, category in lines if category in self.categories)


UNITS = {
    "gems": Unit(days=20, forgives=True, grace=5),
    "reward": Unit(months=2, grace=10, least=10, member_day=150),
    "status": Unit(),
}
RULES = (
    Rule("climb", "status", 1, 100, categories="home fresh"),
    Rule("climb-later", "status", 1, 100, categories="slow", opens=10),
    Rule("goods", "reward", 1, 100),
    Rule("fresh", "reward", 7, 300, "half_up", categories="fresh"),
    Rule("later", "reward", 1, 400, "up", opens=5),
    Rule("golden", "reward", 1, 100, tier="gold"),
    Rule("gem", "gems", 1, 200, "half_up", categories="fresh"),
    Rule("gem-later", "gems", 3, 1000, categories="home", opens=9),
)
TIERS, ATTAIN, RETAIN = ("basic", "silver", "gold"), (0, 300, 800), (0, 200, 500)
MEASURED, WINDOW, TERM = "status", 12, 12  #: earned in twelve months; terms of twelve months less a day


def day_of(at: datetime) -> date:
    """The club's day (N5)."""
    return at.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """The instant at which it begins."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """N6: added from the anchor, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(unit: str, anchor: date) -> date:
    """The last day of points that were given on a day."""
    terms = UNITS[unit]
    if not terms.months + terms.days:
        return FOREVER
    return months_after(anchor, terms.months) + terms.days * DAY


def dead_at(day: date) -> datetime:
    """The midnight after the last day."""
    return datetime.max.replace(tzinfo=UTC) if day == FOREVER else midnight(day + DAY)
