"""One account of one member: what it holds, and which lots pay. Pure.

Every function takes an account and returns a `Change`: the account after it and the moves that lead there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from loyalty.calendar import FOREVER
from loyalty.errors import MOST_POINTS, InDebt, NotEnoughPoints, TooManyPoints
from loyalty.ledger.terms import Expiry

BASE = "base"


@dataclass(frozen=True, slots=True, order=True)
class LotKey:
    """Points of one account that share a last usable day and a class are one lot."""

    last_day: date
    kind: str = BASE


DEBT = LotKey(FOREVER, "debt")  #: the lot of entries that book a debt; never a row of the lot table


@dataclass(frozen=True, slots=True)
class Lot:
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
    """Points an operation promised, usable from `opens_at` on (P11); `expiry` counts from that day (N6)."""

    op_id: int
    part_no: int
    points: int
    opens_at: datetime
    expiry: Expiry
    edition: int


@dataclass(frozen=True, slots=True)
class Move:
    """One entry to be: signed points of one lot against a contra; `counts_on` is its day in the tally."""

    lot: LotKey
    points: int
    contra: str
    counts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One member's points of one unit."""

    unit: str
    lots: Mapping[LotKey, Lot] = field(default_factory=dict)
    debt: int = 0
    holds: tuple[Hold, ...] = ()
    pending: tuple[Pending, ...] = ()
    version: int = 0  #: seq of the last entry in the books when it was read

    @property
    def available(self) -> int:
        """Points in lots that no hold has set aside; spendable once debt is nil."""
        return sum(lot.remaining for lot in self.lots.values())

    @property
    def held(self) -> int:
        """Points set aside by open holds."""
        return sum(lot.held for lot in self.lots.values())

    @property
    def promised(self) -> int:
        """Points still pending."""
        return sum(pending.points for pending in self.pending)

    @property
    def balance(self) -> int:
        """What `balance_after` of the last entry says: available + held − debt."""
        return self.available + self.held - self.debt


@dataclass(frozen=True, slots=True)
class Change:
    """An account after a step, the moves that led there, and what could not be taken (clamp)."""

    account: Account
    moves: tuple[Move, ...] = ()
    shortfall: int = 0


def spending_order(account: Account) -> list[tuple[LotKey, int]]:
    """Lots with points to spend: earliest expiry first, never-expiring last, then by class (P4)."""
    return [(key, lot.remaining) for key, lot in sorted(account.lots.items()) if lot.remaining]


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
    return Change(grown, (move,)) if lot.last_day < alive_on else _after(pay_debt(grown), move)


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
    return tuple(_portions(spending_order(account), points))


def pin(account: Account, hold: Hold) -> Account:
    """Set the hold's pins aside: they leave what can be spent, and no entry is written (P6)."""
    for portion in hold.pins:
        account = _put(account, portion.lot, remaining=-portion.points, held=portion.points)
    return replace(account, holds=(*account.holds, hold))


def unpin(account: Account, hold: Hold, captured: int, alive_on: date) -> Change:
    """Close a hold: `captured` of it leaves, earliest expiry first, and the rest is released (P6).

    A released part of a lot whose last day is before `alive_on` expires at once, even in debt; a live one
    may be spent again and pays the debt first.
    """
    moves: list[Move] = []
    account = replace(account, holds=tuple(h for h in account.holds if h.op_id != hold.op_id))
    for portion in hold.pins:
        used = min(captured, portion.points)
        captured -= used
        freed = portion.points - used
        dead = portion.lot.last_day < alive_on
        account = _put(account, portion.lot, held=-portion.points, remaining=0 if dead else freed)
        if used:
            moves.append(Move(portion.lot, -used, "redeemed"))
        if freed and dead:
            moves.append(Move(portion.lot, -freed, "expired"))
    return _after(pay_debt(account), *moves)


def withdraw_pending(account: Account, op_id: int, points: int) -> tuple[Account, tuple[Pending, ...]]:
    """Take up to `points` from what is still pending of an operation, last to open first (P7).

    Returns the account and, per part touched, the part with the points taken from it.
    """
    mine = [p for p in account.pending if p.op_id == op_id]
    taken: list[Pending] = []
    for pending in sorted(mine, key=lambda p: (p.opens_at, p.part_no), reverse=True):
        if part := min(points, pending.points):
            taken.append(replace(pending, points=part))
            points -= part
    gone = {t.part_no: t.points for t in taken}
    left = (
        replace(p, points=p.points - gone.get(p.part_no, 0)) if p.op_id == op_id else p
        for p in account.pending
    )
    return replace(account, pending=tuple(p for p in left if p.points)), tuple(taken)


def take_back(
    account: Account, points: int, own: Iterable[LotKey], *, clamp: bool, counts_on: date
) -> Change:
    """Take returned points: from the lots they went to, then others expiring first, then as debt (P7).

    With `clamp` a debt is forgiven as it arises, and shows as a shortfall. Held points are never taken.
    """
    first = [(key, account.lots[key].remaining) for key in dict.fromkeys(own) if key in account.lots]
    others = [item for item in spending_order(account) if item[0] not in {key for key, _ in first}]
    portions = list(_portions([*first, *others], points))
    moves = [Move(p.lot, -p.points, "returned", counts_on) for p in portions]
    account = take(account, portions)
    missing = points - sum(p.points for p in portions)
    if missing:
        moves.append(Move(DEBT, -missing, "returned", counts_on))
    if missing and clamp:
        moves.append(Move(DEBT, missing, "adjusted"))
        return Change(account, tuple(moves), shortfall=missing)
    return Change(replace(account, debt=account.debt + missing), tuple(moves))


def give_back(account: Account, portions: Iterable[Portion], today: date, grace: LotKey) -> Change:
    """Give spent points back to their lots, or to `grace` where theirs is dead; then pay debt (P9)."""
    moves = []
    for portion in portions:
        lot = portion.lot if portion.lot.last_day >= today else grace
        account = _put(account, lot, remaining=portion.points)
        moves.append(Move(lot, portion.points, "redeemed"))
    return _after(pay_debt(account), *moves)


def _within_limit(points: int) -> None:
    if points > MOST_POINTS:
        raise TooManyPoints(asked=points, most=MOST_POINTS)


def _portions(lots: Iterable[tuple[LotKey, int]], points: int) -> Iterable[Portion]:
    for key, remaining in lots:
        if part := min(remaining, points):
            yield Portion(key, part)
            points -= part


def _put(account: Account, key: LotKey, *, remaining: int = 0, held: int = 0) -> Account:
    """The account with a lot changed; an emptied lot is gone."""
    lot = account.lots.get(key, Lot())
    changed = Lot(lot.remaining + remaining, lot.held + held)
    lots = {k: v for k, v in account.lots.items() if k != key}
    if changed != Lot():
        lots[key] = changed
    return replace(account, lots=lots)


def take(account: Account, portions: Iterable[Portion]) -> Account:
    """The account without these portions."""
    for portion in portions:
        account = _put(account, portion.lot, remaining=-portion.points)
    return account


def pay_debt(account: Account) -> Change:
    """Pay what is owed from what is there, in spending order: a pair of moves with contra `debt` (P8)."""
    due = min(account.debt, account.available)
    if not due:
        return Change(account)
    portions = list(_portions(spending_order(account), due))
    moves = [Move(p.lot, -p.points, "debt") for p in portions]
    paid = replace(take(account, portions), debt=account.debt - due)
    return Change(paid, (*moves, Move(DEBT, due, "debt")))


def _after(change: Change, *moves: Move) -> Change:
    return replace(change, moves=(*moves, *change.moves))
