"""What the clock does to one account: holds end, pending opens, debt is paid, lots die. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.calendar import FOREVER
from loyalty.ledger.lots import (
    Account,
    Hold,
    LotKey,
    Move,
    Pending,
    Portion,
    credit,
    pay_debt,
    spending_order,
    take,
    unpin,
)


@dataclass(frozen=True, slots=True)
class Step:
    """What the clock does to an account at one instant: a hold ends, pending opens, lots die."""

    kind: str  #: release | open | expire
    points: int
    moves: tuple[Move, ...]
    hold: Hold | None = None
    pending: Pending | None = None


def next_due(account: Account, zone: ZoneInfo) -> datetime | None:
    """The next instant at which the clock changes this account: a hold ends, pending opens, a lot dies."""
    deaths = [
        calendar.day_after(key.last_day, zone)
        for key, lot in account.lots.items()
        if lot.remaining and key.last_day != FOREVER
    ]
    ends = [hold.ends_at for hold in account.holds]
    openings = [pending.opens_at for pending in account.pending]
    return min([*deaths, *ends, *openings], default=None)


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
    for pending in sorted((p for p in account.pending if p.opens_at <= at), key=_opening):
        account = replace(account, pending=tuple(p for p in account.pending if p is not pending))
        day = calendar.local_day(pending.opens_at, zone)
        change = credit(account, LotKey(pending.expiry.last_day(day)), pending.points, "issued", day)
        account = change.account
        steps.append(Step("open", pending.points, change.moves, pending=pending))
    account = replace(account, debt=owed)
    if steps:
        paid = pay_debt(account)
        account = paid.account
        steps[-1] = replace(steps[-1], moves=steps[-1].moves + paid.moves)
    today = calendar.local_day(at, zone)
    if dead := [Portion(key, points) for key, points in spending_order(account) if key.last_day < today]:
        account = take(account, dead)
        moves = tuple(Move(p.lot, -p.points, "expired") for p in dead)
        steps.append(Step("expire", sum(p.points for p in dead), moves))
    return account, tuple(steps)


def _opening(pending: Pending) -> tuple[datetime, int, int]:
    return pending.opens_at, pending.op_id, pending.part_no
