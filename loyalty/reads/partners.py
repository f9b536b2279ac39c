"""What partners gave members in a month: visits, people, bills and cost, by provider, place and benefit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.benefits import PlaceRow, Use
from loyalty.decide.programme import Editions
from loyalty.reads.report import Report, money

COLUMNS = (
    "month", "provider", "place", "name_zh", "name_en", "benefit", "visits", "people", "missed", "bills",
    "discounts", "cost", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What was given; amounts in minor units. Whoever did not come is paid for where that counts (B5)."""

    visits: int
    people: int  #: companions included
    missed: int  #: booked, not made, and counted all the same
    bills_minor: int
    discounts_minor: int
    cost_minor: int

    def __add__(self, other: "Given") -> "Given":
        """Both together."""
        return Given(*(getattr(self, name) + getattr(other, name) for name in Given.__slots__))


NOTHING = Given(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class AtPlace:
    """What one place gave of one benefit, or of all of them."""

    place: PlaceRow | None  #: None: no place was told
    benefit: str
    given: Given

    @property
    def provider(self) -> str:
        """Whose place it is; nothing where no place was told."""
        return self.place.provider if self.place else ""


def given_by_places(session: Session, editions: Editions, month: date) -> list[AtPlace]:
    """Each place and benefit of a calendar month, told by its first day, in one statement."""
    first = calendar.day_start(month, editions.zone)
    until = calendar.day_after(calendar.month_end(month), editions.zone)
    made = Use.state == "used"
    rows = (
        select(
            PlaceRow,
            Use.benefit,
            func.sum(case((made, 1), else_=0)),
            func.sum(case((made, 1 + Use.guests), else_=0)),
            func.sum(case((made, 0), else_=1)),
            func.sum(func.coalesce(Use.amount_minor, 0)),
            func.sum(func.coalesce(Use.discount_minor, 0)),
            func.sum(func.coalesce(Use.cost_minor, 0)),
        )
        .select_from(Use)
        .outerjoin(PlaceRow, PlaceRow.code == Use.place)
        .where(Use.at >= first, Use.at < until, Use.counts, Use.state.in_(("used", "no_show")))
        .group_by(PlaceRow.code, Use.benefit)
        .order_by(PlaceRow.provider.is_(None), PlaceRow.provider, PlaceRow.code, Use.benefit)
    )
    return [AtPlace(place, code, Given(*map(int, told))) for place, code, *told in session.execute(rows)]


def by_provider(found: Sequence[AtPlace]) -> Mapping[str, Given]:
    """The sums of each provider, in their order."""
    grouped = groupby(found, key=lambda one: one.provider)
    return {provider: sum((one.given for one in each), NOTHING) for provider, each in grouped}


def partners_month(session: Session, editions: Editions, month: date) -> Report:
    """The same as a table to take away: COLUMNS."""
    currency = editions.at(calendar.day_start(month, editions.zone)).programme.club.currency
    rows = []
    for one in given_by_places(session, editions, month):
        names, given = (one.place.name if one.place else {}), one.given
        amounts = (given.bills_minor, given.discounts_minor, given.cost_minor)
        where = (one.provider, one.place.code if one.place else None, names.get("zh"), names.get("en"))
        counts = (given.visits, given.people, given.missed)
        told = (money(minor, currency) for minor in amounts)
        rows.append((month.isoformat()[:7], *where, one.benefit, *counts, *told, currency))
    return Report(COLUMNS, tuple(rows))
