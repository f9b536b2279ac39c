"""Accounts and tallies of some members as they are booked now, from what one trip to the database tells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, literal_column, select
from sqlalchemy.orm import Session

from loyalty.expiry import Expiry
from loyalty.guard import BooksDisturbed
from loyalty.ledger import models, soundness
from loyalty.ledger.lots import Account, Hold, Lot, LotKey, Pending, Portion
from loyalty.questions import Question, Rows, among, ask, of_family, value
from loyalty.tables import MERGED, Base, table_of

Lifetime = Callable[[int, str], Expiry]  #: (edition, unit) → how long a lot lives
Accounts = dict[str, Account]  #: by unit
Tally = dict[str, dict[date, int]]  #: unit → day → earned


def _of_members(mapped: type[Base], *names: str, when: str = "true") -> Select[Any]:
    """These cells of some members' rows, each after the member's id."""
    cells = table_of(mapped).c
    wanted = (cells.member_id, *(cells[name] for name in names))
    return select(*wanted).where(among(cells.member_id, "members"), literal_column(when))


_ACCOUNTS = Question(
    _of_members(
        models.Account,
        *("unit", "available", "held", "debt", "pending", "lowering", "version", "last_active_on"),
    ).order_by(models.Account.member_id, models.Account.unit)
)
_LOTS = Question(_of_members(models.Lot, "unit", "expires_on", "kind", "remaining", "held"))
_HOLDS = Question(
    _of_members(
        models.Hold,
        *("unit", "op_id", "points", "ends_at", "pins", "edition"),
        when="state = 'open'",
    ).order_by(models.Hold.op_id)
)
_PENDING = Question(
    _of_members(
        models.Pending,
        *("unit", "op_id", "part_no", "points", "taken_back", "opens_at", "expiry", "edition"),
        *("opens_on_event", "lapses_at", "then_days", "contra"),
        when="state = 'pending'",
    ).order_by(models.Pending.op_id, models.Pending.part_no)
)
_DAYS = table_of(models.Tally).c

BOOKED = (_ACCOUNTS, _LOTS, _HOLDS, _PENDING)  #: of `members`: see `booked_accounts`
#: Of `members` and of whoever was merged into them, since the day `tally_since`, for `tally_units`.
TALLY = Question(
    select(_DAYS.member_id, MERGED.c.merged_into, _DAYS.unit, _DAYS.day, _DAYS.earned)
    .join(MERGED, MERGED.c.member_id == _DAYS.member_id)
    .where(
        of_family(_DAYS.member_id, "members"),
        among(_DAYS.unit, "tally_units"),
        _DAYS.day >= value("tally_since", Date),
    )
)


def accounts(session: Session, member_id: int, lifetime: Lifetime, *, locked: bool = False) -> Accounts:
    """A member's accounts as they are booked now.

    Whoever has the member `locked` is about to write: raises BooksDisturbed where their rows do not come to
    their totals.
    """
    found = booked_accounts(ask(session, BOOKED, members=[member_id]), lifetime, checked=locked)
    return found.get(member_id, {})


def booked_accounts(answers: Sequence[Rows], lifetime: Lifetime, *, checked: bool) -> dict[int, Accounts]:
    """The accounts of each member, from what BOOKED was answered. Raises BooksDisturbed, where `checked`."""
    rows, lots, holds, pending = answers
    with_lots = _lots(lots)
    with_holds = _grouped(holds, _hold)
    with_pending = _grouped(pending, lambda unit, cells: _pending(unit, cells, lifetime))
    found: dict[int, Accounts] = {}
    for member_id, unit, available, held, debt, promised, lowering, version, last_active_on in rows:
        key = (member_id, unit)
        account = Account(
            unit,
            with_lots.get(key, {}),
            debt,
            holds=tuple(with_holds.get(key, ())),
            pending=tuple(with_pending.get(key, ())),
            version=version,
            last_active_on=last_active_on,
        )
        if checked:
            _check(member_id, account, (available, held, promised, lowering))
        found.setdefault(member_id, {})[unit] = account
    return found


def tally(session: Session, member_id: int, units: frozenset[str], since: date) -> Tally:
    """What each day since `since` earned, per unit, the member and whoever was merged into them."""
    if not units:
        return {}
    (rows,) = ask(session, [TALLY], members=[member_id], tally_units=sorted(units), tally_since=since)
    return tally_within(booked_tally(rows).get(member_id, {}), units, since)


def booked_tally(rows: Rows) -> dict[int, Tally]:
    """What each day earned each member, and whoever was merged into them, from what TALLY was answered."""
    found: dict[int, Tally] = {}
    for own_id, merged_into, unit, day, points in rows:
        for member_id in (own_id, merged_into):
            if member_id is not None:
                days = found.setdefault(member_id, {}).setdefault(unit, {})
                days[day] = days.get(day, 0) + int(points)
    return found


def tally_within(found: Tally, units: frozenset[str], since: date) -> Tally:
    """The days since `since` of these units, of those that earned anything."""
    within = {
        unit: {day: points for day, points in days.items() if day >= since}
        for unit, days in found.items()
        if unit in units
    }
    return {unit: days for unit, days in within.items() if days}


def _check(member_id: int, account: Account, totals: tuple[int, int, int, int]) -> None:
    sums = (account.available, account.held, account.promised, account.lowering)
    if sums != totals:
        said = f"{account.unit}: available, held, pending, lowering are {totals}"
        raise BooksDisturbed("1", f"{said}, their rows come to {sums}", member_id)
    for law, detail in soundness.of_account(account):
        raise BooksDisturbed(law, detail, member_id)


def _lots(rows: Rows) -> Mapping[tuple[int, str], dict[LotKey, Lot]]:
    found: dict[tuple[int, str], dict[LotKey, Lot]] = {}
    for member_id, unit, expires_on, kind, remaining, held in rows:
        found.setdefault((member_id, unit), {})[LotKey(expires_on, kind)] = Lot(remaining, held)
    return found


def _grouped(rows: Rows, made: Callable[[str, Sequence[Any]], Any]) -> Mapping[tuple[int, str], list[Any]]:
    found: dict[tuple[int, str], list[Any]] = {}
    for member_id, unit, *cells in rows:
        found.setdefault((member_id, unit), []).append(made(unit, cells))
    return found


def _hold(_: str, cells: Sequence[Any]) -> Hold:
    op_id, points, ends_at, pins, edition = cells
    return Hold(op_id, points, ends_at, portions(pins), edition)


def portions(pins: Iterable[Sequence[Any]]) -> tuple[Portion, ...]:
    """The pins of a hold, as its row keeps them."""
    return tuple(Portion(LotKey(date.fromisoformat(day), kind), part) for day, kind, part in pins)


def _pending(unit: str, cells: Sequence[Any], lifetime: Lifetime) -> Pending:
    op_id, part_no, points, taken_back, opens_at, expiry, edition, *waits = cells
    lives = lifetime(edition, unit) if expiry is None else Expiry(**expiry)
    return Pending(op_id, part_no, points - taken_back, opens_at, lives, edition, *waits)
