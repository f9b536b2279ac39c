"""Undoing on one account: points that are taken back, and spent ones that are given back. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from loyalty.ledger.lots import (
    DEBT,
    Account,
    Change,
    LotKey,
    Move,
    Pending,
    Portion,
    draw,
    put_in,
    spending_order,
    take,
)


def withdraw_pending(account: Account, op_id: int, points: int) -> tuple[Account, tuple[Pending, ...]]:
    """Take up to `points` from what is still pending of an operation, last to open first (P7).

    Returns the account and, per part touched, the part with the points taken from it.
    """
    mine = [p for p in account.pending if p.op_id == op_id]
    taken: list[Pending] = []
    for pending in sorted(mine, key=lambda p: p.turn, reverse=True):
        if part := min(points, pending.points):
            taken.append(replace(pending, points=part))
            points -= part
    gone = {t.part_no: t.points for t in taken}
    left = (
        replace(p, points=p.points - gone.get(p.part_no, 0)) if p.op_id == op_id else p
        for p in account.pending
    )
    return account._replace(pending=tuple(p for p in left if p.points)), tuple(taken)


def take_back(
    account: Account,
    points: int,
    own: Iterable[LotKey],
    *,
    clamp: bool,
    counts_on: date,
    contra: str = "returned",
) -> Change:
    """Take points that were given before: from the lots they went to, then others, then as debt (P7).

    With `clamp` a debt is forgiven as it arises, and shows as a shortfall. Held points are never taken.
    """
    first = [(key, account.lots[key].remaining) for key in dict.fromkeys(own) if key in account.lots]
    others = [item for item in spending_order(account) if item[0] not in {key for key, _ in first}]
    portions = list(draw([*first, *others], points))
    moves = [Move(p.lot, -p.points, contra, counts_on) for p in portions]
    account = take(account, portions)
    missing = points - sum(p.points for p in portions)
    if missing:
        moves.append(Move(DEBT, -missing, contra, counts_on))
    if missing and clamp:
        moves.append(Move(DEBT, missing, "adjusted"))
        return Change(account, tuple(moves), shortfall=missing)
    return Change(account._replace(debt=account.debt + missing), tuple(moves))


def give_back(account: Account, portions: Iterable[Portion], today: date, grace: LotKey) -> Change:
    """Give spent points back to their lots, or where theirs is dead until the day of `grace` (P9)."""
    lots = (
        replace(portion, lot=portion.lot._replace(last_day=grace.last_day))
        if account.is_dead(portion.lot, today)
        else portion
        for portion in portions
    )
    return put_in(account, lots, "redeemed")
