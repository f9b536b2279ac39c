"""What a member's page of points shows: one unit's balance, what is still to come, and a page of lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.ledger import Unit
from loyalty.reads.balance import UnitBalance, balance_of
from loyalty.reads.booked_lines import newest
from loyalty.reads.lines import Line, Place, Sought, by_the_clock, fits
from loyalty.reads.state import state_at


@dataclass(frozen=True, slots=True)
class Coming:
    """Points that are promised: from when, or which event they wait for, and by when it must be told."""

    points: int
    opens_at: datetime | None
    event: str | None
    lapses_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitPoints:
    """One of a member's units, in its smallest steps, and the units there are, those to spend first."""

    terms: Unit
    units: tuple[Unit, ...]
    balance: UnitBalance
    coming: tuple[Coming, ...]  #: the first to open first
    enrolled_on: date


@dataclass(frozen=True, slots=True)
class PointsPage:
    """One unit and a page of its lines, the newest first; `older` is where the next page begins."""

    points: UnitPoints
    lines: tuple[Line, ...]
    older: Place | None


def points_page(
    session: Session,
    editions: Editions,
    member_id: int,
    unit: str | None,
    sought: Sought,
    before: Place | None,
    limit: int,
    now: datetime,
) -> PointsPage:
    """A page of up to `limit` booked lines of a unit, of the first there is when None is named.

    What the clock did and nobody booked yet stands before them on the first page. Raises NotFound.
    """
    outcome = state_at(session, editions, member_id, now, now)
    points = _unit_points(outcome.after, editions, unit, now)
    code = points.terms.code
    fresh = by_the_clock(editions, outcome, code)[::-1] if before is None else []
    booked = newest(session, editions, member_id, code, sought, before, limit + 1)
    shown = (*(line for line in fresh if fits(editions, line, sought)), *booked[:limit])
    last = booked[limit - 1] if len(booked) > limit else None
    return PointsPage(points, shown, Place(last.happened_at, last.seq) if last else None)


def unit_points(
    session: Session, editions: Editions, member_id: int, unit: str | None, now: datetime
) -> UnitPoints:
    """One of a member's units without its lines. Raises NotFound."""
    return _unit_points(state_at(session, editions, member_id, now, now).after, editions, unit, now)


def all_points(session: Session, editions: Editions, member_id: int, now: datetime) -> tuple[UnitPoints, ...]:
    """Every unit of a member without its lines, what can be spent first. Raises NotFound."""
    return points_in(state_at(session, editions, member_id, now, now).after, editions, now)


def points_in(after: Snapshot, editions: Editions, now: datetime) -> tuple[UnitPoints, ...]:
    """The same of a state that was advanced to `now`."""
    units = spendable_first(editions.at(now).programme.units)
    return tuple(_unit_points(after, editions, unit.code, now) for unit in units)


def spendable_first(units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    """Units in the order people see them: what can be spent comes first."""
    return tuple(sorted(units.values(), key=lambda unit: not unit.spendable))


def _unit_points(after: Snapshot, editions: Editions, unit: str | None, now: datetime) -> UnitPoints:
    terms = editions.at(now).programme.units
    units = spendable_first(terms)
    code = units[0].code if unit is None else unit
    if code not in terms:
        raise NotFound
    account = after.accounts.get(code)
    pending = sorted(account.pending, key=lambda one: one.turn) if account else []
    return UnitPoints(
        terms[code],
        units,
        balance_of(after, editions, now).units[code],
        tuple(Coming(p.points, p.opens_at, p.on_event, p.lapses_at) for p in pending if p.points > 0),
        calendar.local_day(after.enrolled_at, editions.zone),
    )
