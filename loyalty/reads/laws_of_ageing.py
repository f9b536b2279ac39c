"""What must hold of the days on which points live and die: laws 8 and 9.

Only the club's zone says when a day is over, and only its programme what a tier or an act of the member keeps
alive: rows about that are walked here, not judged in SQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from loyalty import calendar, ledger, members, programme
from loyalty.calendar import FOREVER, day_after, local_day
from loyalty.decide.ageing import aged, ages_by_tier_or_act, pauses
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.law import Finding, Law, Look, found, none
from loyalty.ledger import Account, AccountRow, Entry, HoldRow, LotKey, LotRow, PendingRow
from loyalty.ledger import OperationRow as Operation
from loyalty.tiers import Term, TermRow

_OF_THE_CLOCK = ("open", "release")  #: at the instant a lot dies they still pay debt from it (N7)
_OF_A_REVIEW = ("tier_price", "forfeit")  #: what the tier that ends kept alive can be taken with it
_ENTRY = (Entry.member_id, Entry.unit, Entry.seq, Entry.expires_on, Entry.happened_at)

Row = Mapping[Any, Any]


class _Promises:
    """What the editions say of dying."""

    def __init__(self, session: Session) -> None:
        rows = programme.after(session, 0)
        self.editions = Editions(
            tuple(Edition(row.number, row.in_force_from, compile_programme(row.document)) for row in rows)
        )
        units = {unit for edition in self.editions.items for unit in edition.programme.units}
        #: the units whose points tiers or acts keep alive
        self.special = {unit for unit in units if ages_by_tier_or_act(self.editions, unit)}

    def pausing(self, unit: str, terms: Sequence[Row], at: datetime) -> list[bool]:
        """Whether each tier held at an instant lets nothing of a unit die.

        There are several where a fact ends a term: what was held just before it, and what begins with it.
        """
        held = [term for term in terms if term["from_at"] <= at and _reaches(term, at)]
        return [pauses(self.editions, unit, term["tier"], term["edition"]) for term in held]

    def next_death(self, row: Row, zone: ZoneInfo) -> datetime | None:
        """When the first lot of an account dies whose unit tiers or acts keep alive."""
        days = [day for day in (row["dies_after"], row["undated"]) if day is not None]
        lots = {LotKey(day): ledger.Lot(1) for day in days}
        account = Account(row["unit"], lots, last_active_on=row["last_active_on"])
        term = _term(row["tier"], row["from_at"], row["edition"])
        return ledger.next_due(aged(self.editions, account, term, row["enrolled_at"]), zone)

    def idle_death(self, row: Row, zone: ZoneInfo) -> datetime | None:
        """When points without a day of their own died, by the acts before the row."""
        enrolled_at = row["enrolled_at"]
        active_on = local_day(row["acted_at"] or enrolled_at, zone)
        stub = Account(row["unit"], last_active_on=active_on)
        idle_after = aged(self.editions, stub, _term(None, enrolled_at, 1), enrolled_at).idle_after
        return None if idle_after is None else day_after(idle_after, zone)


def _promises(look: Look) -> _Promises:
    if "promises" not in look.kept:
        look.kept["promises"] = _Promises(look.session)
    kept: _Promises = look.kept["promises"]
    return kept


def _reaches(term: Row, at: datetime) -> bool:
    ended_at, until_at = term["ended_at"], term["until_at"]
    cut_short = ended_at == at and (until_at is None or until_at > at)
    return ended_at is None or ended_at > at or cut_short


def _term(tier: str | None, from_at: datetime, edition: int) -> Term:
    return Term(0, tier, from_at, None, "", edition)


def _operation_of(table: Any) -> Any:
    return and_(table.member_id == Operation.member_id, table.op_id == Operation.op_id)


def _beside_terms(look: Look, entries: Select[Any], special: set[str]) -> Iterator[tuple[Row, Sequence[Row]]]:
    """Entries, and the terms of their members that had begun, where tiers or acts keep the unit's alive."""
    begun = and_(
        TermRow.member_id == Entry.member_id,
        TermRow.from_at <= Entry.happened_at,
        Entry.unit.in_(sorted(special)),
    )
    terms = (TermRow.tier, TermRow.edition, TermRow.from_at, TermRow.until_at, TermRow.ended_at)
    query = entries.add_columns(*terms).outerjoin(TermRow, begun)
    rows = look.rows(query.order_by(Entry.member_id, Entry.unit, Entry.seq))
    for _, of_entry in groupby(rows, key=lambda row: (row["member_id"], row["unit"], row["seq"])):
        beside = list(of_entry)
        yield beside[0], [row for row in beside if row["from_at"] is not None]


def _passes() -> Any:
    """Whether points only pass by, on their way to a survivor whose tier may keep them alive (M6)."""
    other = aliased(Operation)
    same = and_(other.member_id == Operation.member_id, other.booked_at == Operation.booked_at)
    return exists().where(same, other.kind == "pass_on", Operation.kind != "pass_on").correlate(Operation)


_EXPIRED = Entry.contra == "expired"
_LEFT_LATE = and_(
    Entry.points < 0,
    Entry.kind != "debt",
    not_(_EXPIRED),
    func.date(Entry.happened_at) >= Entry.expires_on,
)
_NOTHING_EXPIRED, _NOTHING_LEFT_LATE = (none(select(Entry.seq).where(it)) for it in (_EXPIRED, _LEFT_LATE))


def _from_the_dead(look: Look) -> Iterator[Finding]:
    """Points that left a lot which was dead by then, but for expiry and for captures of what was pinned.

    UTC days narrow the rows down to those spent around a lot's last day or later; the club's days decide.
    """
    if _NOTHING_LEFT_LATE(look):
        return
    query = (
        select(*_ENTRY, Entry.contra, Operation.kind.label("what"))
        .join(Operation, _operation_of(Entry))
        .where(
            _LEFT_LATE,
            not_(and_(Operation.kind == "capture", Entry.contra == "redeemed")),
            Operation.kind != "hold_out",  # what is pinned goes along with its hold (M6)
            not_(_passes()),
        )
    )
    promises = _promises(look)
    for row, terms in _beside_terms(look, query, promises.special):
        death, at = day_after(row["expires_on"], look.zone), row["happened_at"]
        just_before = at - calendar.INSTANT if row["what"] in _OF_THE_CLOCK else at
        while_held = at - calendar.INSTANT if row["what"] in _OF_A_REVIEW else just_before
        if just_before >= death and not any(promises.pausing(row["unit"], terms, while_held)):
            yield found(Entry, row, f"{row['contra']} at {at} from a lot dead since {death}")


def _written_off_alive(look: Look) -> Iterator[Finding]:
    """Points that expired before their day was over, their owner idle long enough, or their tier ended."""
    if _NOTHING_EXPIRED(look):
        return
    promises = _promises(look)
    acted_at = case((Entry.expires_on == FOREVER, ledger.when_last_acted(Entry, before=Entry)))
    query = (
        select(*_ENTRY, members.Member.enrolled_at, acted_at.label("acted_at"))
        .join(members.Member, members.Member.member_id == Entry.member_id)
        .where(_EXPIRED)
    )
    for row, terms in _beside_terms(look, query, promises.special):
        last_day, at = row["expires_on"], row["happened_at"]
        death = day_after(last_day, look.zone) if last_day != FOREVER else promises.idle_death(row, look.zone)
        around = [promises.pausing(row["unit"], terms, instant) for instant in (at - calendar.INSTANT, at)]
        if death is None or at < death:
            yield found(Entry, row, f"points of {last_day} were written off at {at}")
        elif all(held and all(held) for held in around):
            yield found(Entry, row, f"written off at {at}, while a tier kept them alive")


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


def _due_alike() -> Select[Any]:
    """What accounts say and what they are due, per kind the earliest: once for all of whom it is the same."""

    def first(column: Any, *conditions: Any) -> Any:
        table = column.class_
        earliest = select(table.member_id, table.unit, func.min(column).label("at")).where(*conditions)
        return earliest.group_by(table.member_id, table.unit).subquery()

    firsts = {
        "dies_after": first(LotRow.expires_on, LotRow.remaining > 0, LotRow.expires_on < FOREVER),
        "ends_at": first(HoldRow.ends_at, HoldRow.state == "open"),
        "opens_at": first(PendingRow.opens_at, PendingRow.state == "pending"),
        "lapses_at": first(PendingRow.lapses_at, PendingRow.state == "pending"),
    }
    said = (AccountRow.unit, AccountRow.due_at)
    query = select(*said, *(one.c.at.label(name) for name, one in firsts.items())).select_from(AccountRow)
    for one in firsts.values():
        same = and_(one.c.member_id == AccountRow.member_id, one.c.unit == AccountRow.unit)
        query = query.outerjoin(one, same)
    return query.group_by(*said, *(one.c.at for one in firsts.values()))


_DUE_ALIKE = _due_alike()


def _misses_its_time(look: Look) -> Iterator[Finding]:
    """Accounts that the clock changes at another time than they say.

    Of the whole books only those are walked whose unit tiers or acts keep alive, or has some account amiss.
    """
    promises, dues = _promises(look), _dues()
    death = lru_cache(maxsize=None)(partial(day_after, zone=look.zone))  # many die on the same days

    def counted(row: Row) -> datetime | None:
        if row["unit"] in promises.special:
            dies_at = promises.next_death(row, look.zone)
        else:
            dies_at = death(row["dies_after"]) if row["dies_after"] else None
        instants = [dies_at, row["ends_at"], row["opens_at"], row["lapses_at"]]
        return min((at for at in instants if at is not None), default=None)

    if look.members is None:
        others = (row for row in look.rows(_DUE_ALIKE) if row["unit"] not in promises.special)
        amiss = {row["unit"] for row in others if row["due_at"] != counted(row)}
        dues = dues.where(dues.selected_columns.unit.in_(sorted(amiss | promises.special)))
    for row in look.rows(dues):
        due_at = counted(row)
        if row["due_at"] != due_at:
            yield found(AccountRow, row, f"due at {row['due_at']}, the clock changes it at {due_at}")


def _active_before_acting(look: Look) -> Iterator[Finding]:
    """Accounts kept alive by a day on which nobody acted."""
    account = AccountRow
    acted_at = ledger.when_last_acted(account).label("acted_at")
    query = select(account.member_id, account.unit, account.last_active_on, acted_at)
    for row in look.rows(query.where(account.last_active_on.is_not(None))):
        last = row["acted_at"]
        if last is None or local_day(last, look.zone) < row["last_active_on"]:
            yield found(account, row, f"active on {row['last_active_on']}, the last act was at {last}")


ON_TIME = Law(
    "9",
    "an account knows when the clock next changes it, so that the night finds it, and when its member acted",
    (AccountRow, LotRow, HoldRow, PendingRow),
    (_misses_its_time, _active_before_acting),
)
