"""One account of one member: what it holds, and which lots pay. Pure.

Every function takes an account and returns a `Change`: the account after it and the moves that lead there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from loyalty.calendar import FOREVER, add_months
from loyalty.errors import MOST_POINTS, InDebt, NotEnoughPoints, TooManyPoints
from loyalty.expiry import Expiry
from loyalty.ledger.terms import Unit

BASE = "base"
NEVER = datetime.max.replace(tzinfo=UTC)
_NO_LOTS: Mapping["LotKey", "Lot"] = {}


class LotKey(NamedTuple):
    """Points of one account that share a last usable day and a class are one lot."""

    last_day: date
    kind: str = BASE


DEBT = LotKey(FOREVER, "debt")  #: the lot of entries that book a debt; never a row of the lot table


def lot_for(unit: Unit, day: date) -> LotKey:
    """The lot of points given on `day`: by its last usable day, and by `day` too where age matters."""
    return lot_of(unit.expiry, day, oldest_first=unit.oldest_first)


@lru_cache(maxsize=4096)
def lot_of(expiry: Expiry, day: date, *, oldest_first: bool) -> LotKey:
    """The same, for points whose length of life was promised before."""
    return LotKey(expiry.last_day(day), day.isoformat() if oldest_first else BASE)


class Lot(NamedTuple):
    """What is in a lot: points to spend, and points pinned by holds."""

    remaining: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Portion:
    """Some points of one lot."""

    lot: LotKey
    points: int


@dataclass(frozen=True, slots=True)
class Hold:
    """An open hold; `pins` say which lots it sets aside, earliest expiry first (P6)."""

    op_id: int
    points: int
    ends_at: datetime
    pins: tuple[Portion, ...]
    edition: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Points an operation promised, usable from `opens_at` on, or once told of `on_event` (P11).

    `expiry` counts from the day they open (N6).
    """

    op_id: int
    part_no: int
    points: int
    opens_at: datetime | None
    expiry: Expiry
    edition: int
    on_event: str | None = None
    lapses_at: datetime | None = None  #: dead from then on, unless the event was told before
    then_days: int | None = None  #: whole days from the event's day until they open; None: at once
    contra: str = "issued"  #: `position`: of a policy, which may also give less (below 0)

    @property
    def turn(self) -> tuple[datetime, int, int]:
        """The order in which pending parts open; the clock alone never opens the last of them."""
        return self.opens_at or NEVER, self.op_id, self.part_no


class Move(NamedTuple):
    """One entry to be: signed points of one lot against a contra; `counts_on` is its day in the tally."""

    lot: LotKey
    points: int
    contra: str
    counts_on: date | None = None


class Account(NamedTuple):
    """One member's points of one unit."""

    unit: str
    lots: Mapping[LotKey, Lot] = _NO_LOTS
    debt: int = 0
    holds: tuple[Hold, ...] = ()
    pending: tuple[Pending, ...] = ()
    version: int = 0  #: seq of its last entry
    oldest_first: bool = False  #: spent by the day earned (P4)
    paused: bool = False  #: nothing dies while the running tier lasts
    thawed_at: datetime | None = None  #: nothing died before: then a tier that paused it may have ended
    last_active_on: date | None = None  #: the day the member last acted; None: nobody had to know
    idle_after: date | None = None  #: the last usable day of lots without one of their own (inactivity)
    idle_months: int = 0  #: so long after the last act that is

    @property
    def available(self) -> int:
        """Points in lots that no hold has set aside; spendable once debt is nil."""
        return sum([lot.remaining for lot in self.lots.values()])

    @property
    def held(self) -> int:
        """Points set aside by open holds."""
        return sum([lot.held for lot in self.lots.values()])

    @property
    def promised(self) -> int:
        """Points still pending."""
        return sum(pending.points for pending in self.pending if pending.points > 0)

    @property
    def lowering(self) -> int:
        """Points that policies will take by the clock, as far as it is known (I1)."""
        return -sum(pending.points for pending in self.pending if pending.points < 0)

    @property
    def balance(self) -> int:
        """What `balance_after` of the last entry says: available + held − debt."""
        return sum([lot.remaining + lot.held for lot in self.lots.values()]) - self.debt

    def last_day_of(self, lot: LotKey) -> date:
        """The last day on which a lot can be used: its own, or without one the account's (inactivity)."""
        return self.idle_after or FOREVER if lot.last_day == FOREVER else lot.last_day

    def is_dead(self, lot: LotKey, day: date) -> bool:
        """Whether a lot can no longer be used on `day`; while a tier pauses the account nothing dies."""
        return not self.paused and self.last_day_of(lot) < day


class Change(NamedTuple):
    """An account after a step, the moves that led there, and what could not be taken (clamp)."""

    account: Account
    moves: tuple[Move, ...] = ()
    shortfall: int = 0


def spending_order(account: Account) -> list[tuple[LotKey, int]]:
    """Lots with points to spend: earliest expiry first, never-expiring last, then by class (P4).

    `oldest_first`: by the day earned; lots from before the unit cared for it are older than any other.
    """
    lots = sorted(account.lots.items())
    if account.oldest_first:
        lots.sort(key=lambda item: "" if item[0].kind == BASE else item[0].kind)
    return [(key, lot.remaining) for key, lot in lots if lot.remaining]


def awake(account: Account, lot: LotKey, day: date) -> LotKey:
    """Where points go that come on `day` without an act of the member: not where they would be dead at once.

    In an account gone idle they get a day of their own: as long as an act would have kept them.
    """
    asleep = lot.last_day == FOREVER and account.idle_after is not None and account.idle_after < day
    return lot._replace(last_day=add_months(day, account.idle_months)) if asleep else lot


def credit(
    account: Account,
    lot: LotKey,
    points: int,
    contra: str,
    counts_on: date | None = None,
    alive_on: date = date.min,
) -> Change:
    """Put points into a lot, then pay debt from what is there (P8).

    A lot whose last day is before `alive_on` pays nothing: its points are dead already, and expire next.
    """
    _within_limit(points)
    grown, move = _put(account, lot, remaining=points), Move(lot, points, contra, counts_on)
    gone = lot.last_day < alive_on and not account.paused
    return Change(grown, (move,)) if gone or not account.debt else _after(pay_debt(grown), move)


def spend(account: Account, points: int, contra: str, counts_on: date | None = None) -> Change:
    """Take points in spending order. Raises InDebt (P8) or NotEnoughPoints; then nothing changes."""
    portions = choose(account, points)
    return Change(take(account, portions), tuple(Move(p.lot, -p.points, contra, counts_on) for p in portions))


def choose(account: Account, points: int) -> tuple[Portion, ...]:
    """Which lots would pay `points`. Raises InDebt (P8) or NotEnoughPoints."""
    _within_limit(points)
    if account.debt:
        raise InDebt(debt=account.debt)
    if account.available < points:
        raise NotEnoughPoints(asked=points, available=account.available)
    return tuple(draw(spending_order(account), points))


def pin(account: Account, hold: Hold) -> Account:
    """Set the hold's pins aside: they leave what can be spent, and no entry is written (P6)."""
    for portion in hold.pins:
        account = _put(account, portion.lot, remaining=-portion.points, held=portion.points)
    return account._replace(holds=(*account.holds, hold))


def unpin(account: Account, hold: Hold, captured: int, alive_on: date) -> Change:
    """Close a hold: `captured` of it leaves, earliest expiry first, and the rest is released (P6).

    A released part of a lot that is dead on `alive_on` expires at once, even in debt; a live one may be
    spent again and pays the debt first.
    """
    moves: list[Move] = []
    account = account._replace(holds=tuple(h for h in account.holds if h.op_id != hold.op_id))
    for portion in hold.pins:
        used = min(captured, portion.points)
        captured -= used
        freed = portion.points - used
        gone = account.is_dead(portion.lot, alive_on)
        account = _put(account, portion.lot, held=-portion.points, remaining=0 if gone else freed)
        if used:
            moves.append(Move(portion.lot, -used, "redeemed"))
        if freed and gone:
            moves.append(Move(portion.lot, -freed, "expired"))
    return _after(pay_debt(account), *moves)


def receive(account: Account, portions: Iterable[Portion], today: date) -> Change:
    """Take in what another member passed on: lots keep their dates, then debt is paid (P12, P8)."""
    lots = (replace(portion, lot=awake(account, portion.lot, today)) for portion in portions)
    return put_in(account, lots, "transferred")


def put_in(account: Account, portions: Iterable[Portion], contra: str) -> Change:
    """Put points into their lots, then pay debt from what is there (P8)."""
    moves = []
    for portion in portions:
        account = _put(account, portion.lot, remaining=portion.points)
        moves.append(Move(portion.lot, portion.points, contra))
    return _after(pay_debt(account), *moves)


def _within_limit(points: int) -> None:
    if points > MOST_POINTS:
        raise TooManyPoints(asked=points, most=MOST_POINTS)


def draw(lots: Iterable[tuple[LotKey, int]], points: int) -> Iterable[Portion]:
    """Up to `points` from lots in the order given."""
    for key, remaining in lots:
        if part := min(remaining, points):
            yield Portion(key, part)
            points -= part


def _put(account: Account, key: LotKey, *, remaining: int = 0, held: int = 0) -> Account:
    """The account with a lot changed; an emptied lot is gone."""
    lots = dict(account.lots)
    lot = lots.pop(key, Lot())
    changed = Lot(lot.remaining + remaining, lot.held + held)
    if changed.remaining or changed.held:
        lots[key] = changed
    return account._replace(lots=lots)


def take(account: Account, portions: Iterable[Portion]) -> Account:
    """The account without these portions."""
    for portion in portions:
        account = _put(account, portion.lot, remaining=-portion.points)
    return account


def pay_debt(account: Account) -> Change:
    """Pay what is owed from what is there, in spending order: a pair of moves with contra `debt` (P8)."""
    due = account.debt and min(account.debt, account.available)
    if not due:
        return Change(account)
    portions = list(draw(spending_order(account), due))
    moves = [Move(p.lot, -p.points, "debt") for p in portions]
    paid = take(account, portions)._replace(debt=account.debt - due)
    return Change(paid, (*moves, Move(DEBT, due, "debt")))


def _after(change: Change, *moves: Move) -> Change:
    return Change(change.account, (*moves, *change.moves), change.shortfall)
