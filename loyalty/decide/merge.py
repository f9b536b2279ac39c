"""What it leads to that two members are one person, and that they are two after all (M6). Pure.

Each piece is an operation on both of them, under one number: what leaves whoever is merged (`gone`), and what
the survivor (`stays`) takes in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from loyalty import ids
from loyalty.decide import measuring, resuming, standing
from loyalty.decide.course import MERGED, UNMERGED, Course
from loyalty.decide.handing import Handing, Reasons, hand_hold, hand_promises, side_of
from loyalty.decide.outcome import Event, Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import NotAsBefore
from loyalty.ledger.lots import DEBT, Move
from loyalty.ledger.merging import empty, reversed_of, take_in
from loyalty.tiers.evaluation import Term

REASON = "merged"  #: why a term began that came with whoever was merged


@dataclass(frozen=True, slots=True)
class Moved:
    """What a merge moved, and what late facts did to it since, as the books keep it.

    Holds that are open still, and what is still promised, are told by their numbers alone.
    """

    merged_at: datetime
    out: Mapping[str, Sequence[Move]]  #: unit → entries of whoever is merged
    into: Mapping[str, Sequence[Move]]  #: the same of the survivor, with the debts that they paid
    promises: Mapping[int, int] = field(default_factory=dict)  #: what promises it now → what did first
    holds: frozenset[int] = frozenset()  #: of the survivor, open ones that were made again


def merge(
    editions: Editions,
    members: tuple[Snapshot, Snapshot],
    held: Term,
    now: datetime,
    new_ids: Iterator[int],
    reasons: Reasons,
) -> tuple[Outcome, Outcome]:
    """Move all that is left of the first to the other, open holds and promises too; the higher term stays.

    `held` is the term of whoever is merged, `stays` has the tally of both, added by day.
    """
    gone, stays = members
    source, target = (standing.true_at(editions, one, now, new_ids) for one in members)
    both, op_id = Handing(source, target, now), source.new_id()  # what belongs to it has higher numbers
    _keep_higher(both, held)
    for unit, account in sorted(source.accounts.items()):
        for hold in account.holds:
            hand_hold(both, unit, hold)
    for promised in sorted({one.op_id for account in source.accounts.values() for one in account.pending}):
        hand_promises(both, promised)
    _move_points(both, op_id, reasons)
    _end(source, now)
    _lift(target, now)
    name = ids.pair_to_text(gone.member_id, op_id)
    source.events.append(Event(MERGED, {"into": ids.to_text(stays.member_id), "merge": name}))
    target.events.append(Event(MERGED, {"merged": ids.to_text(gone.member_id), "merge": name}))
    return source.outcome(), target.outcome()


def unmerge(
    editions: Editions,
    members: tuple[Snapshot, Snapshot],
    moved: Moved,
    now: datetime,
    new_ids: Iterator[int],
    reasons: Reasons,
) -> tuple[Outcome, Outcome]:
    """Give back what a merge moved, as far as it lives; both take up the term that they held before.

    Both snapshots have every term, `stays` its own tally alone. Raises NotAsBefore where points are gone.
    """
    gone, stays = members
    source, target = (standing.true_at(editions, one, now, new_ids) for one in members)
    back = Handing(target, source, now)
    for unit, account in sorted(target.accounts.items()):
        for hold in account.holds:
            if hold.op_id in moved.holds:
                hand_hold(back, unit, hold)
    for since, first in sorted(moved.promises.items()):
        hand_promises(back, since, first)
    op_id = _return_points(back, moved, reasons)
    for course in (source, target):
        before = _before(course, moved.merged_at, ids.to_text(gone.member_id))
        if before is not None:
            course.begin(resuming.taken_up(course, before, now))
        _lift(course, now)
    name = ids.pair_to_text(gone.member_id, op_id)
    source.events.append(Event(UNMERGED, {"from": ids.to_text(stays.member_id), "unmerge": name}))
    target.events.append(Event(UNMERGED, {"unmerged": ids.to_text(gone.member_id), "unmerge": name}))
    return source.outcome(), target.outcome()


def _keep_higher(both: Handing, held: Term) -> None:
    """The term of whoever is merged goes on with the survivor, where it is higher, or lasts longer (M6)."""
    target, ladder = both.stays, both.stays.editions.at(both.now).programme.ladder
    if held.until_at is None or held.until_at <= both.now:
        return
    mine = target.term
    rank, other = ladder.rank(mine.tier), ladder.rank(held.tier)
    if other < rank or (other == rank and mine.until_at is not None and mine.until_at >= held.until_at):
        return
    edition = target.editions.number(held.edition)
    shown = measuring.readings(target, edition, target.day(both.now))
    at = max(both.now, mine.from_at)
    kept = {
        **measuring.evidence(edition.programme.ladder, shown),
        **measuring.seen(target, edition.programme.ladder),
        **measuring.kept_since(edition.programme.ladder, mine, at, REASON),
        "of": ids.to_text(both.gone.start.member_id),
    }
    target.begin(
        Term(
            no=mine.no + 1,
            tier=held.tier,
            from_at=at,
            until_at=held.until_at,
            reason=REASON,
            edition=held.edition,
            protected=held.protected,
            evidence=kept,
            lifts_at=mine.lifts_at,
        )
    )


def _end(source: Course, now: datetime) -> None:
    """Whoever is merged has no tier of their own from now on."""
    edition = source.editions.at(now)
    ladder = edition.programme.ladder
    shown = measuring.readings(source, edition, source.day(now))
    kept = {**measuring.evidence(ladder, shown), **measuring.seen(source, ladder)}
    kept |= measuring.kept_since(ladder, source.term, now, REASON)
    at = max(now, source.term.from_at)
    source.begin(Term(source.term.no + 1, None, at, None, REASON, edition.number, evidence=kept))


def _lift(course: Course, now: datetime) -> None:
    """Lift by what is measured now, and make what came true: what is dead here dies (T4, P5)."""
    counters = course.editions.at(now).programme.ladder.terms.counters
    standing.advance(course, now)
    standing.move(course, now, {counter.unit for counter in counters if counter.unit}, set())
    standing.advance(course, now)


def _before(course: Course, merged_at: datetime, gone: str) -> Term | None:
    """The term that ran when the merge came, if nothing but that, and lifts, has ended it; else None."""
    since = [term for term in course.terms if term.from_at >= merged_at]
    own = (None, gone)  # of another merge, its term stays
    if not since or any(_is_other(term) or term.evidence.get("of") not in own for term in since):
        return None
    return next(term for term in course.terms if term.no == since[0].no - 1)


def _is_other(term: Term) -> bool:
    return term.reason not in (REASON, "lift")


def _move_points(both: Handing, op_id: int, reasons: Reasons) -> None:
    """All that is free, and what is owed, in one operation, which is there even if it moves nothing."""
    given = {unit: empty(account, "merged") for unit, account in sorted(both.gone.accounts.items())}
    taken = {
        unit: take_in(both.stays.account(unit), change.moves)
        for unit, change in given.items()
        if change.moves
    }
    both.book(op_id, "merge", side_of(given), side_of(taken), both.number, reasons)


def _return_points(back: Handing, moved: Moved, reasons: Reasons) -> int:
    """What was moved goes back, but for what has died since: it would have died there, too.

    Raises NotAsBefore where it is not there any more.
    """
    op_id, today = back.gone.new_id(), back.gone.day(back.now)
    given, taken = {}, {}
    for unit in sorted({*moved.into, *moved.out}):
        account, moves = back.gone.account(unit), moved.into.get(unit, ())
        dead = frozenset(move.lot for move in moves if account.is_dead(move.lot, today))
        out = reversed_of(account, moves, dead)
        into = reversed_of(back.stays.account(unit), moved.out.get(unit, ()), dead)
        if out is None or into is None or (dead and any(move.lot == DEBT for move in moves)):
            raise NotAsBefore
        given[unit], taken[unit] = out, into
    back.book(op_id, "merge", side_of(given), side_of(taken), back.number, reasons)
    return op_id
