"""What a member holds, per unit, and what of it expires when."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.calendar import FOREVER
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.ledger import Account, Unit
from loyalty.reads.household import pool_view
from loyalty.reads.state import state_at


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points that share a last usable day; they are dead at `expires_at` (N5)."""

    points: int
    last_day: date
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UnitBalance:
    """One unit's points, in its smallest steps."""

    unit: str
    spendable: bool
    decimals: int
    available: int
    held: int
    pending: int
    debt: int
    expiring: tuple[Expiring, ...]
    paused: bool  #: nothing dies while the tier held now lasts


@dataclass(frozen=True, slots=True)
class BalanceView:
    """A member's points at an instant."""

    at: datetime
    units: dict[str, UnitBalance]
    pool: dict[str, int] | None = None  #: by unit, what the household spends together now (M8)


def balance_view(
    session: Session, editions: Editions, member_id: int, at: datetime, now: datetime
) -> BalanceView:
    """A member's points at any instant, or the survivor's where they were merged by then (M6).

    Now it tells those of their household, too. Raises NotFound.
    """
    after = state_at(session, editions, member_id, at, now, follow=True).after
    view = balance_of(after, editions, at)
    return view if at != now else replace(view, pool=pool_view(session, editions, after.member_id, now))


def balance_of(snapshot: Snapshot, editions: Editions, at: datetime) -> BalanceView:
    """The points of a state that was advanced to `at`."""
    units = editions.at(at).programme.units
    return BalanceView(
        at,
        {
            unit: _unit_balance(snapshot.accounts.get(unit) or Account(unit), terms, editions.zone)
            for unit, terms in sorted(units.items())
        },
    )


def _unit_balance(account: Account, terms: Unit, zone: ZoneInfo) -> UnitBalance:
    by_day: dict[date, int] = {}
    for key, lot in account.lots.items():
        if lot.remaining and not account.paused:
            day = account.last_day_of(key)
            by_day[day] = by_day.get(day, 0) + lot.remaining
    expiring = tuple(
        Expiring(points, day, calendar.day_after(day, zone))
        for day, points in sorted(by_day.items())
        if day != FOREVER
    )
    return UnitBalance(
        account.unit,
        terms.spendable,
        terms.decimals,
        account.available,
        account.held,
        account.promised,
        account.debt,
        expiring,
        account.paused,
    )
