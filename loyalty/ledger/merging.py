"""One account given up for another, and what that one takes in: lots keep their dates (M6). Pure."""

from collections import Counter
from collections.abc import Sequence

from loyalty.ledger.lots import (
    DEBT,
    Account,
    Change,
    Hold,
    LotKey,
    Move,
    Portion,
    draw,
    pay_debt,
    pin,
    put_in,
    spending_order,
    take,
    unpin,
)

MERGED = "merged"  #: the contra that clears between the two


def empty(account: Account, contra: str, *, lets_off: bool = True) -> Change:
    """Take all that is free and, where that is let off, what is owed; what holds pin stays."""
    portions = list(draw(spending_order(account), account.available))
    moves = [Move(portion.lot, -portion.points, contra) for portion in portions]
    owed = account.debt
    if owed and lets_off:
        moves.append(Move(DEBT, owed, contra))
        owed = 0
    return Change(take(account, portions)._replace(debt=owed), tuple(moves))


def take_in(account: Account, moves: Sequence[Move]) -> Change:
    """Put what another account gave up into the same lots, owe what it owed, then pay debt from it (P8)."""
    given = [move for move in moves if move.lot != DEBT]
    owed = sum(move.points for move in moves if move.lot == DEBT)
    portions = [Portion(move.lot, -move.points) for move in given]
    filled = put_in(account._replace(debt=0), portions, MERGED)
    more = (Move(DEBT, -owed, MERGED),) if owed else ()
    paid = pay_debt(filled.account._replace(debt=account.debt + owed))
    return Change(paid.account, (*filled.moves, *more, *paid.moves))


def give_up(account: Account, hold: Hold) -> Change:
    """Let a hold go with the points that it pins, dead or alive."""
    freed = unpin(account._replace(debt=0, paused=True), hold, 0, hold.pins[0].lot.last_day).account
    moves = tuple(Move(portion.lot, -portion.points, MERGED) for portion in hold.pins)
    return Change(take(freed, hold.pins)._replace(debt=account.debt, paused=account.paused), moves)


def take_over(account: Account, hold: Hold) -> Change:
    """Hold the same points of the same lots: they pay no debt (P6)."""
    filled = put_in(account._replace(debt=0), hold.pins, MERGED)
    return Change(pin(filled.account, hold)._replace(debt=account.debt), filled.moves)


def reversed_of(account: Account, moves: Sequence[Move], skipped: frozenset[LotKey]) -> Change | None:
    """Undo moves, but those of lots `skipped`; None where the account no longer has the points, or the debt.

    What comes back pays what is owed meanwhile.
    """
    net = Counter[LotKey]()
    for move in moves:
        net[move.lot] += move.points
    back = [Portion(lot, points) for lot, points in sorted(net.items()) if points and lot not in skipped]
    owed = account.debt + net.pop(DEBT, 0)
    out = [portion for portion in back if portion.lot != DEBT]
    after = take(account._replace(debt=0), out)
    if owed < 0 or any(lot.remaining < 0 for lot in after.lots.values()):
        return None
    paid = pay_debt(after._replace(debt=owed))
    return Change(paid.account, (*(Move(one.lot, -one.points, MERGED) for one in back), *paid.moves))
