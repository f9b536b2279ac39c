"""A member's statement of one month: per unit what there was, every line, what there is, and until when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.ledger import Entry, Unit
from loyalty.reads.balance import UnitBalance, balance_of
from loyalty.reads.booked_lines import in_order
from loyalty.reads.lines import Line, by_the_clock
from loyalty.reads.points import spendable_first
from loyalty.reads.state import state_at


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """One unit's month: opening and the points of all lines come to closing.

    Both are what is available and held, less what is owed, in the unit's smallest steps.
    """

    terms: Unit
    opening: int
    closing: int
    balance: UnitBalance
    lines: Iterator[Line]  #: oldest first, read as they are asked for


@dataclass(frozen=True, slots=True)
class MonthStatement:
    """What was booked in a month by the club's calendar; up to `until` alone where the month still runs."""

    first: date
    last: date
    until: datetime  #: the instant that the closing balances are of
    units: tuple[UnitMonth, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """A member at an instant: the true state, and per unit the seq of the last entry booked by then."""

    outcome: Outcome | None  #: None before joining
    booked: Mapping[str, int]

    def balance(self, unit: str) -> int:
        """What there is of a unit."""
        account = self.outcome.after.accounts.get(unit) if self.outcome else None
        return account.balance if account else 0

    def unbooked(self, editions: Editions, unit: str) -> list[Line]:
        """What the clock had done by then, that was not booked by then."""
        return by_the_clock(editions, self.outcome, unit, self.booked.get(unit, 0)) if self.outcome else []

    def seq(self, editions: Editions, unit: str) -> int:
        """The seq of the last entry that is true by then: what the clock did is booked next."""
        return self.booked.get(unit, 0) + sum(len(line.lots) for line in self.unbooked(editions, unit))


def month_statement(
    session: Session, editions: Editions, member_id: int, month: date, now: datetime
) -> MonthStatement:
    """The statement of the month of that first day. Raises NotFound for one that the member had no part in.

    A balance is as the books showed it then (P1): what was told late stands in the month that heard of it.
    Entries are dense: the lines are those after the last one true at the beginning, up to the last one true
    at the end.
    """
    opens_at = calendar.day_start(month, editions.zone) - calendar.INSTANT
    until = min(now, calendar.day_after(calendar.month_end(month), editions.zone) - calendar.INSTANT)
    if until <= opens_at:
        raise NotFound
    after = state_at(session, editions, member_id, until, now)
    try:
        before: Outcome | None = state_at(session, editions, member_id, opens_at, now)
    except NotFound:  # the member joined in this month
        before = None
    by_start, by_end, written = _booked_by(session, member_id, opens_at, until)
    start, end = _Look(before, by_start), _Look(after, by_end)
    shown = balance_of(after.after, editions, until).units
    units = tuple(
        UnitMonth(
            terms,
            start.balance(terms.code),
            end.balance(terms.code),
            shown[terms.code],
            _lines(session, editions, member_id, terms.code, start, end, written.get(terms.code, 0)),
        )
        for terms in spendable_first(editions.at(until).programme.units)
    )
    return MonthStatement(month, calendar.local_day(until, editions.zone), until, units)


def _lines(
    session: Session, editions: Editions, member_id: int, unit: str, start: _Look, end: _Look, written: int
) -> Iterator[Line]:
    """The lines between two looks: from the books, and what the clock did and nobody wrote to this day."""
    after, to = start.seq(editions, unit), end.seq(editions, unit)
    yield from in_order(session, editions, member_id, unit, after, min(to, written))
    yield from (line for line in end.unbooked(editions, unit) if line.seq > max(after, written))


def _booked_by(session: Session, member_id: int, *instants: datetime) -> list[dict[str, int]]:
    """For each instant, and last for ever, per unit the seq of the last entry booked by then."""
    by_then = [func.max(case((Entry.booked_at <= at, Entry.seq), else_=0)) for at in instants]
    rows = select(Entry.unit, *by_then, func.max(Entry.seq)).where(Entry.member_id == member_id)
    found = session.execute(rows.group_by(Entry.unit)).all()
    return [{row[0]: int(row[place + 1]) for row in found} for place in range(len(instants) + 1)]
