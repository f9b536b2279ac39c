"""What becomes of points when their member goes: forfeited, or passed on to an heir. Pure."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from loyalty import ids
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import HoldOpen
from loyalty.ledger.lots import Account, Move, Pending, Portion, awake, draw, receive, spending_order, take
from loyalty.ledger.merging import empty
from loyalty.ledger.operations import Operation, Part

ERASED = {"erased": True}  #: why points were forfeited, in the operation
LEFT = {"left": True}
ESTATE = {"estate": True}
_ISSUED = "issued"  #: what promises that no policy made are credited against


def refuse_held(course: Course) -> None:
    """Raises HoldOpen while a till has points set aside (M7)."""
    if any(account.holds for account in course.accounts.values()):
        raise HoldOpen


def spendable(editions: Editions, now: datetime) -> frozenset[str]:
    """The units whose points are worth something by themselves; others follow policies or decide the tier."""
    units = editions.at(now).programme.units
    return frozenset(code for code, unit in units.items() if unit.spendable)


def forfeit_all(course: Course, now: datetime) -> None:
    """A person is forgotten: nothing is left, and nothing is owed (M7).

    What policies promised is superseded before: they give the member nothing any more.
    """
    _forfeit(course, now, ERASED, frozenset(course.accounts), lets_off=True)


def forfeit_left(course: Course, now: datetime) -> None:
    """Who left loses the points that could be spent; what is owed stays, and so does what policies give."""
    _forfeit(course, now, LEFT, spendable(course.editions, now))


def forfeit_estate(course: Course, now: datetime) -> None:
    """What no heir got is forfeited, and what is owed is let off (M9)."""
    _forfeit(course, now, ESTATE, spendable(course.editions, now), lets_off=True)


def bequeath(
    editions: Editions,
    estate: Snapshot,
    heir: Snapshot,
    now: datetime,
    new_ids: Iterator[int],
    reference: str,
) -> tuple[Outcome, Outcome]:
    """Pass on all that can be spent to an heir, in one operation on both; lots keep their dates (P12, M9).

    What is owed is paid from it first. Promises are forfeited, and what the heir's tier would not keep alive.
    Where there is nothing to pass on, no operation does. Raises HoldOpen.
    """
    source, target = (standing.true_at(editions, one, now, new_ids) for one in (estate, heir))
    refuse_held(source)
    today, passed = target.day(now), dict[str, tuple[Portion, ...]]()
    for unit in sorted(spendable(editions, now) & source.accounts.keys()):
        account, into = source.account(unit), target.account(unit)
        portions = draw(spending_order(account), account.available)
        lasting = tuple(one for one in portions if not into.is_dead(awake(into, one.lot, today), today))
        if lasting:
            passed[unit] = lasting
    if passed:
        _pass_on(source, target, passed, now, reference)
    forfeit_estate(source, now)
    return source.outcome(), target.outcome()


def _pass_on(
    source: Course, target: Course, passed: Mapping[str, tuple[Portion, ...]], now: datetime, reference: str
) -> None:
    op_id, number = source.new_id(), source.editions.at(now).number
    left = {unit: take(source.account(unit), portions) for unit, portions in passed.items()}
    got = {
        unit: receive(target.account(unit), portions, target.day(now)) for unit, portions in passed.items()
    }
    points = {unit: sum(one.points for one in portions) for unit, portions in passed.items()}
    gone = {
        unit: tuple(Move(one.lot, -one.points, "transferred") for one in portions)
        for unit, portions in passed.items()
    }
    came = {unit: change.moves for unit, change in got.items()}
    ends = (
        (source, "transfer_out", gone, left, target.start.member_id),
        (
            target,
            "transfer_in",
            came,
            {unit: one.account for unit, one in got.items()},
            source.start.member_id,
        ),
    )
    for course, kind, moves, accounts, other in ends:
        reasons = ESTATE | {"with": ids.to_text(other), "reference": reference}
        parts = tuple(Part(unit, points[unit], moves[unit]) for unit in passed)
        standing.book(course, Operation(op_id, kind, number, now, parts, reasons=reasons), accounts, now)


def _forfeit(
    course: Course,
    now: datetime,
    why: Mapping[str, object],
    units: Collection[str],
    *,
    lets_off: bool = False,
) -> None:
    """Take what is promised, an operation for each that promised it, then what is there."""
    number = course.editions.at(now).number
    concerned = {unit: account for unit, account in course.accounts.items() if unit in units}
    promising = {one.op_id for account in concerned.values() for one in _promises(account)}
    for op_id in sorted(promising):
        parts, accounts = [], {}
        for unit in concerned:
            account = course.account(unit)
            mine = tuple(one for one in _promises(account) if one.op_id == op_id)
            if mine:
                left = tuple(one for one in account.pending if one not in mine)
                accounts[unit] = account._replace(pending=left)
                parts.append(Part(unit, sum(one.points for one in mine), withdrawn=mine))
        lapsed = Operation(
            course.new_id(), "forfeit", number, now, tuple(parts), refers_to=op_id, reasons=why
        )
        standing.book(course, lapsed, accounts, now)
    emptied = {unit: empty(course.account(unit), "forfeited", lets_off=lets_off) for unit in concerned}
    moved = {unit: change for unit, change in emptied.items() if change.moves}
    if moved:
        parts = [
            Part(unit, abs(sum(move.points for move in change.moves)), change.moves)
            for unit, change in moved.items()
        ]
        forfeit = Operation(course.new_id(), "forfeit", number, now, tuple(parts), reasons=why)
        standing.book(course, forfeit, {unit: change.account for unit, change in moved.items()}, now)


def _promises(account: Account) -> tuple[Pending, ...]:
    return tuple(one for one in account.pending if one.contra == _ISSUED)
