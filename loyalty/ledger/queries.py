"""Reading the books: a member's accounts and tally as they were booked by an instant, and who is due."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from loyalty.expiry import Expiry
from loyalty.ledger import models
from loyalty.ledger.booked import Lifetime, portions
from loyalty.ledger.lots import Account, Hold, Lot, LotKey, Pending
from loyalty.ledger.operations import ACTS, NO_ACTS
from loyalty.ledger.undoing import withdraw_pending
from loyalty.tables import family, table_of


def accounts_as_of(session: Session, member_id: int, at: datetime, lifetime: Lifetime) -> dict[str, Account]:
    """A member's accounts from the rows booked by `at`, not yet advanced to it."""
    entry = models.Entry
    sums = (
        select(entry.unit, entry.expires_on, entry.kind, func.sum(entry.points))
        .where(entry.member_id == member_id, entry.booked_at <= at)
        .group_by(entry.unit, entry.expires_on, entry.kind)
    )
    units = session.scalars(select(models.Account.unit).where(models.Account.member_id == member_id))
    found = {unit: Account(unit) for unit in sorted(units)}
    lots: dict[str, dict[LotKey, Lot]] = {}
    for unit, expires_on, kind, points in session.execute(sums):
        if kind == "debt":
            found[unit] = found[unit]._replace(debt=-int(points))
        elif points:
            lots.setdefault(unit, {})[LotKey(expires_on, kind)] = Lot(int(points))
    found = _with_lots(found, lots)
    for unit, taken in _holds(session, member_id, at).items():
        for hold in taken:
            found[unit] = _pin_again(found[unit], hold)
    found = _with_pending(found, _pending(session, member_id, at, lifetime))
    for unit, op_id, points in _withdrawn(session, member_id, at):
        found[unit], _ = withdraw_pending(found[unit], op_id, points)
    return found


def last_act(session: Session, member_id: int, booked_by: datetime) -> datetime | None:
    """When the member last acted, by the bookings of an instant."""
    operation = models.Operation
    mine = select(operation.happened_at).where(
        operation.member_id == member_id, operation.booked_at <= booked_by, _is_act(operation)
    )
    return session.scalar(mine.order_by(operation.happened_at.desc()).limit(1))


def when_last_acted(row: Any, before: Any = None) -> ScalarSelect[datetime]:
    """For a query of rows of members: when each last acted, or had by what was booked before an entry."""
    operation = aliased(models.Operation)
    acts = select(func.max(operation.happened_at)).where(
        operation.member_id == row.member_id, _is_act(operation)
    )
    if before is not None:
        acts = acts.where(operation.booked_at < before.booked_at, operation.happened_at < before.happened_at)
    return acts.correlate(row).scalar_subquery()


def _is_act(operation: Any) -> ColumnElement[bool]:
    given_on = func.coalesce(operation.reasons["on"].as_string(), "")
    is_act: ColumnElement[bool] = operation.kind.in_(ACTS) & given_on.not_in(NO_ACTS)
    return is_act


def tally_as_of(session: Session, member_id: int, at: datetime) -> dict[str, dict[date, int]]:
    """The tally from the rows booked by `at`, of whoever was merged into the member since, too."""
    entry = models.Entry
    counted = (
        select(entry.unit, entry.counts_on, func.sum(entry.points))
        .where(entry.member_id.in_(family(member_id)), entry.booked_at <= at, entry.counts_on.is_not(None))
        .group_by(entry.unit, entry.counts_on)
    )
    return _by_unit(session.execute(counted).tuples())


def due_accounts(after_id: int, now: datetime) -> Select[tuple[int]]:
    """A query of the members above `after_id` of accounts that the clock changes by `now`, one an account."""
    table = models.Account
    return select(table.member_id).where(table.member_id > after_id, table.due_at <= now)


def due_members(session: Session, after_id: int, limit: int, now: datetime) -> list[int]:
    """Up to `limit` members above `after_id`, in order, with an account that the clock changes by `now`."""
    rows = due_accounts(after_id, now).distinct().order_by(models.Account.member_id)
    return list(session.scalars(rows.limit(limit)))


def earliest_due(session: Session) -> datetime | None:
    """The next instant at which the clock changes any account."""
    return session.scalar(select(func.min(models.Account.due_at)))


def _holds(session: Session, member_id: int, at: datetime) -> dict[str, list[Hold]]:
    """Holds that were open by the bookings of an instant."""
    table = models.Hold
    columns = (table.unit, table.op_id, table.points, table.ends_at, table.pins, table.edition)
    open_then = (table.taken_at <= at, or_(table.closed_at.is_(None), table.closed_at > at))
    rows = select(*columns).where(table.member_id == member_id, *open_then).order_by(table.op_id)
    holds: dict[str, list[Hold]] = {}
    for unit, op_id, points, ends_at, pins, edition in session.execute(rows):
        holds.setdefault(unit, []).append(Hold(op_id, points, ends_at, portions(pins), edition))
    return holds


def _pending(session: Session, member_id: int, at: datetime, lifetime: Lifetime) -> dict[str, list[Pending]]:
    """Parts that were pending by the bookings of an instant, with the points first promised.

    What was withdrawn by then is taken off after.
    """
    table = table_of(models.Pending).c
    still = or_(table.closed_at.is_(None), table.closed_at > at)
    rows = select(*table).where(table.member_id == member_id, table.booked_at <= at, still)
    found: dict[str, list[Pending]] = {}
    for row in session.execute(rows.order_by(table.op_id, table.part_no)):
        part = Pending(
            row.op_id,
            row.part_no,
            row.points,
            row.opens_at,
            lifetime(row.edition, row.unit) if row.expiry is None else Expiry(**row.expiry),
            row.edition,
            row.opens_on_event,
            row.lapses_at,
            row.then_days,
            row.contra,
        )
        found.setdefault(row.unit, []).append(part)
    return found


def _withdrawn(session: Session, member_id: int, at: datetime) -> list[tuple[str, int, int]]:
    """(unit, operation, points) taken back of what was still pending, by the bookings of an instant."""
    part, operation, table = models.OperationPart, models.Operation, models.Pending
    closed = (
        select(table.unit, table.op_id, func.sum(table.taken_back))
        .where(table.member_id == member_id, table.closed_at <= at)
        .group_by(table.unit, table.op_id)
    )
    rows = (
        select(part.unit, operation.refers_to, func.sum(part.withdrawn))
        .join(operation, (operation.member_id == part.member_id) & (operation.op_id == part.op_id))
        .where(part.member_id == member_id, part.withdrawn > 0, operation.booked_at <= at)
        .group_by(part.unit, operation.refers_to)
    )
    gone = {(unit, op_id): int(points) for unit, op_id, points in session.execute(closed)}
    left = [
        (unit, op_id, int(points) - gone.get((unit, op_id), 0))
        for unit, op_id, points in session.execute(rows)
    ]
    return [(unit, op_id, points) for unit, op_id, points in left if points]


def _pin_again(account: Account, hold: Hold) -> Account:
    """Sums of entries know no holds: set the pins of one that was open aside."""
    lots = dict(account.lots)
    for pin in hold.pins:
        lot = lots.get(pin.lot, Lot())
        lots[pin.lot] = Lot(lot.remaining - pin.points, lot.held + pin.points)
    return account._replace(lots=lots, holds=(*account.holds, hold))


def _with_lots(found: dict[str, Account], lots: Mapping[str, dict[LotKey, Lot]]) -> dict[str, Account]:
    return {unit: account._replace(lots=lots.get(unit, {})) for unit, account in found.items()}


def _with_pending(found: dict[str, Account], parts: Mapping[str, list[Pending]]) -> dict[str, Account]:
    return {unit: account._replace(pending=tuple(parts.get(unit, ()))) for unit, account in found.items()}


def _by_unit(rows: object) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, int]] = {}
    for unit, day, points in rows:  # type: ignore[attr-defined]
        days = found.setdefault(unit, {})
        days[day] = days.get(day, 0) + int(points)
    return found
