"""What must hold of the days on which points live and die: laws 8 and 9.

Only the club's zone says when a day is over, and only its programme what a tier or an act of the member keeps
alive: rows about that are walked here, not judged in SQL.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from loyalty import calendar, ledger, members, programme
from loyalty.calendar import FOREVER, day_after, local_day
from loyalty.decide.ageing import aged, ages_by_tier_or_act, pauses
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.law import STREAMED, Finding, Law, place
from loyalty.ledger import Account, AccountRow, Entry, HoldRow, LotKey, LotRow, PendingRow
from loyalty.ledger import OperationRow as Operation
from loyalty.tiers import Term, TermRow

_OF_THE_CLOCK = ("open", "release")  #: at the instant a lot dies they still pay debt from it (N7)
_OF_A_REVIEW = ("tier_price", "forfeit")  #: what the tier that ends kept alive can be taken with it
_ENTRY = (Entry.member_id, Entry.unit, Entry.seq, Entry.expires_on, Entry.happened_at, Entry.booked_at)


class _Promises:
    """What the editions say of dying, beside the rows of terms and acts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def editions(self) -> Editions:
        """All that were published."""
        rows = programme.after(self._session, 0)
        return Editions(
            tuple(Edition(row.number, row.in_force_from, compile_programme(row.document)) for row in rows)
        )

    def is_special(self, unit: str) -> bool:
        """Whether tiers or acts keep points of a unit alive."""
        return ages_by_tier_or_act(self.editions, unit)

    def pausing(self, row: Any, at: datetime) -> list[bool]:
        """Whether each tier held at an instant lets nothing of the row's unit die.

        There are several where a fact ends a term: what was held just before it, and what begins with it.
        """
        cut_short = and_(TermRow.ended_at == at, or_(TermRow.until_at.is_(None), TermRow.until_at > at))
        found = self._session.execute(
            select(TermRow.tier, TermRow.edition).where(
                TermRow.member_id == row["member_id"],
                TermRow.from_at <= at,
                or_(TermRow.ended_at.is_(None), TermRow.ended_at > at, cut_short),
            )
        )
        return [pauses(self.editions, row["unit"], *held) for held in found]

    def idle_death(self, row: Any, zone: ZoneInfo) -> datetime | None:
        """When points without a day of their own died, by the acts before the row."""
        acted_at = ledger.last_act(
            self._session, row["member_id"], row["booked_at"] - calendar.INSTANT, row["happened_at"]
        )
        enrolled_at, _ = members.dates(self._session, row["member_id"])
        active_on = local_day(acted_at or enrolled_at, zone)
        stub = Account(row["unit"], last_active_on=active_on)
        idle_after = aged(self.editions, stub, _term(None, enrolled_at, 1), enrolled_at).idle_after
        return None if idle_after is None else day_after(idle_after, zone)


def _term(tier: str | None, from_at: datetime, edition: int) -> Term:
    return Term(0, tier, from_at, None, "", edition)


def _operation_of(table: Any) -> Any:
    return and_(table.member_id == Operation.member_id, table.op_id == Operation.op_id)


def _from_the_dead(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Points that left a lot which was dead by then, but for expiry and for captures of what was pinned.

    UTC days narrow the rows down to those spent around a lot's last day or later; the club's days decide.
    """
    query = (
        select(*_ENTRY, Entry.contra, Operation.kind.label("what"))
        .join(Operation, _operation_of(Entry))
        .where(
            Entry.points < 0,
            Entry.kind != "debt",
            Entry.contra != "expired",
            not_(and_(Operation.kind == "capture", Entry.contra == "redeemed")),
            func.date(Entry.happened_at) >= Entry.expires_on,
        )
    )
    promises = _Promises(session)
    for row in session.execute(query, execution_options=STREAMED).mappings():
        death, at = day_after(row["expires_on"], zone), row["happened_at"]
        just_before = at - calendar.INSTANT if row["what"] in _OF_THE_CLOCK else at
        while_held = at - calendar.INSTANT if row["what"] in _OF_A_REVIEW else just_before
        kept = promises.is_special(row["unit"]) and any(promises.pausing(row, while_held))
        if just_before >= death and not kept:
            yield place(Entry, row), f"{row['contra']} at {at} from a lot dead since {death}"


def _written_off_alive(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Points that expired before their day was over, their owner idle long enough, or their tier ended."""
    promises = _Promises(session)
    query = select(*_ENTRY).where(Entry.contra == "expired")
    for row in session.execute(query, execution_options=STREAMED).mappings():
        last_day, at = row["expires_on"], row["happened_at"]
        death = day_after(last_day, zone) if last_day != FOREVER else promises.idle_death(row, zone)
        if death is None or at < death:
            yield place(Entry, row), f"points of {last_day} were written off at {at}"
        elif promises.is_special(row["unit"]) and all(
            all(held) and held
            for held in (promises.pausing(row, instant) for instant in (at - calendar.INSTANT, at))
        ):
            yield place(Entry, row), f"written off at {at}, while a tier kept them alive"


DYING = Law(
    "8",
    "nothing is spent from a dead lot unless pinned before; nothing expires alive",
    (Entry,),
    (_from_the_dead, _written_off_alive),
)


def _dues() -> Select[Any]:
    """Accounts with what the clock may change, per kind the earliest."""

    def first(column: Any, *conditions: Any) -> Any:
        table = column.class_
        return (
            select(func.min(column))
            .where(table.member_id == AccountRow.member_id, table.unit == AccountRow.unit, *conditions)
            .correlate(AccountRow)
            .scalar_subquery()
        )

    filled = LotRow.remaining > 0
    dues = (
        select(
            AccountRow.member_id,
            AccountRow.unit,
            AccountRow.due_at,
            AccountRow.last_active_on,
            TermRow.tier,
            TermRow.from_at,
            TermRow.edition,
            members.Member.enrolled_at,
            first(LotRow.expires_on, filled, LotRow.expires_on < FOREVER).label("dies_after"),
            first(LotRow.expires_on, filled, LotRow.expires_on == FOREVER).label("undated"),
            first(HoldRow.ends_at, HoldRow.state == "open").label("ends_at"),
            first(PendingRow.opens_at, PendingRow.state == "pending").label("opens_at"),
            first(PendingRow.lapses_at, PendingRow.state == "pending").label("lapses_at"),
        )
        .join(TermRow, and_(TermRow.member_id == AccountRow.member_id, TermRow.ended_at.is_(None)))
        .join(members.Member, members.Member.member_id == AccountRow.member_id)
        .subquery()
    )
    what = ("due_at", "dies_after", "undated", "ends_at", "opens_at", "lapses_at")
    return select(dues).where(or_(*(dues.c[name].is_not(None) for name in what)))


def _misses_its_time(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    promises = _Promises(session)
    for row in session.execute(_dues(), execution_options=STREAMED).mappings():
        days = [day for day in (row["dies_after"], row["undated"]) if day is not None]
        account = Account(
            row["unit"],
            {LotKey(day): ledger.Lot(1) for day in days},
            last_active_on=row["last_active_on"],
        )
        if promises.is_special(row["unit"]):
            term = _term(row["tier"], row["from_at"], row["edition"])
            account = aged(promises.editions, account, term, row["enrolled_at"])
        instants = [ledger.next_due(account, zone), row["ends_at"], row["opens_at"], row["lapses_at"]]
        due_at = min((at for at in instants if at is not None), default=None)
        if row["due_at"] != due_at:
            yield place(AccountRow, row), f"due at {row['due_at']}, the clock changes it at {due_at}"


def _active_before_acting(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Accounts kept alive by a day on which nobody acted."""
    query = select(AccountRow.member_id, AccountRow.unit, AccountRow.last_active_on).where(
        AccountRow.last_active_on.is_not(None)
    )
    for row in session.execute(query, execution_options=STREAMED).mappings():
        acted_at = ledger.last_act(session, row["member_id"])
        if acted_at is None or local_day(acted_at, zone) < row["last_active_on"]:
            yield place(AccountRow, row), f"active on {row['last_active_on']}, the last act was at {acted_at}"


ON_TIME = Law(
    "9",
    "an account knows when the clock next changes it, so that the night finds it, and when its member acted",
    (AccountRow, LotRow, HoldRow, PendingRow),
    (_misses_its_time, _active_before_acting),
)
