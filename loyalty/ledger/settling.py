"""What the clock does to one account: holds end, pending opens, debt is paid, lots die. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.calendar import FOREVER
from loyalty.ledger.lots import (
    Account,
    Change,
    Hold,
    Move,
    Pending,
    Portion,
    awake,
    credit,
    lot_of,
    pay_debt,
    spending_order,
    take,
    unpin,
)
from loyalty.ledger.undoing import take_back


@dataclass(frozen=True, slots=True)
class Step:
    """What the clock does to an account at one instant: a hold ends, pending opens or lapses, lots die."""

    kind: str  #: release | open | expire
    points: int
    moves: tuple[Move, ...]
    hold: Hold | None = None
    pending: Pending | None = None


def next_due(account: Account, zone: ZoneInfo) -> datetime | None:
    """The next instant at which the clock changes an account: a hold, a promise or a lot has its end."""
    ends = [hold.ends_at for hold in account.holds]
    openings = [pending.opens_at for pending in account.pending if pending.opens_at is not None]
    lapses = [pending.lapses_at for pending in account.pending if pending.lapses_at is not None]
    return min([*_first_death(account, zone), *ends, *openings, *lapses], default=None)


def _first_death(account: Account, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When the next lot dies, if any; what was past its day while the account was paused dies after that."""
    days = [account.last_day_of(key) for key, lot in account.lots.items() if lot.remaining]
    day = min(days, default=FOREVER)
    if day == FOREVER or account.paused:
        return ()
    death = calendar.day_after(day, zone)
    return (death if account.thawed_at is None else max(death, account.thawed_at),)


def settle(account: Account, at: datetime, zone: ZoneInfo) -> tuple[Account, tuple[Step, ...]]:
    """Make an account true at an instant (P5), in the order of N7: holds, pending, debt, dead lots.

    Called at each due instant in turn; a lot that dies just then is still alive for the steps before.
    """
    eve = calendar.last_day_before(at, zone)
    steps: list[Step] = []
    owed, account = account.debt, replace(account, debt=0)  # paid once, after holds and openings
    for hold in sorted((h for h in account.holds if h.ends_at <= at), key=lambda h: (h.ends_at, h.op_id)):
        change = unpin(account, hold, 0, eve)
        account = change.account
        steps.append(Step("release", hold.points, change.moves, hold=hold))
    for pending in sorted((p for p in account.pending if p.turn[0] <= at), key=lambda p: p.turn):
        change = open_pending(account, pending, calendar.local_day(pending.turn[0], zone))
        account = change.account
        steps.append(Step("open", abs(pending.points), change.moves, pending=pending))
    account = replace(account, debt=owed + account.debt)  # what policies lower may be owed, too
    if steps:
        paid = pay_debt(account)
        account = paid.account
        steps[-1] = replace(steps[-1], moves=steps[-1].moves + paid.moves)
    today = calendar.local_day(at, zone)
    gone = [Portion(key, points) for key, points in spending_order(account) if account.is_dead(key, today)]
    if gone:
        account = take(account, gone)
        moves = tuple(Move(p.lot, -p.points, "expired") for p in gone)
        steps.append(Step("expire", sum(p.points for p in gone), moves))
    lapsed = [p for p in account.pending if p.lapses_at is not None and p.lapses_at <= at]
    account = replace(account, pending=tuple(p for p in account.pending if p not in lapsed))
    steps += [Step("expire", pending.points, (), pending=pending) for pending in lapsed]
    return account, tuple(steps)


def open_pending(account: Account, pending: Pending, day: date) -> Change:
    """Make a pending part usable on a day, from which its lot's life counts (N6); it pays debt first (P8).

    One below nil takes: what a policy gives less from then on (I1).
    """
    account = replace(account, pending=tuple(p for p in account.pending if p is not pending))
    lot = lot_of(pending.expiry, day, oldest_first=account.oldest_first)
    if pending.points < 0:
        return take_back(account, -pending.points, (), clamp=False, counts_on=day, contra=pending.contra)
    return credit(account, awake(account, lot, day), pending.points, pending.contra, day)
