"""Terms whose review moves no points are followed by the next one, for many members at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, members, outbox, tiers
from loyalty.actions.look_after import persons
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Event, Outcome
from loyalty.decide.programme import Editions
from loyalty.guard import BooksDisturbed
from loyalty.reads.contributions import (
    EVIDENCE_LINES,
    Contribution,
    as_evidence,
    contributions_of,
    looked_at_beginning,
)
from loyalty.reads.locked import Locked
from loyalty.tiers import Stand
from loyalty.writing import send


def at_rest(session: Session, editions: Editions, member_ids: Sequence[int]) -> set[int]:
    """Those of some members whom another term, of whatever tier, brings and takes no more (M3, B3, B8).

    They have a card, no booking that could be let go of, and nobody who looks after them.
    """
    if persons(editions):
        return set()
    carded = members.active_cards(session, member_ids).keys()
    return set(carded) - benefits.with_open_uses(session, member_ids)


def only_follows(locked: Locked, outcome: Outcome) -> bool:
    """Whether all that came of it is the review of one term, and the next one."""
    quiet = not (outcome.operations or outcome.uses or outcome.measured or outcome.lifts)
    before = locked.snapshot
    is_one = len(outcome.terms) == 1 and outcome.terms[0].no == locked.stand.term_no + 1
    return quiet and is_one and outcome.after.accounts == before.accounts and locked.stand.erased_at is None


def follow_on(
    session: Session, editions: Editions, reviewed: Sequence[tuple[Locked, Outcome]], now: datetime
) -> bool:
    """Write the terms down that follow, each with what counted most towards it, and tell of changed tiers.

    Says whether it could be: the broken books of one of the members may refuse it to all.
    """
    try:
        with session.begin_nested():
            begun = [(locked.stand, outcome, outcome.events) for locked, outcome in reviewed]
            begin_terms(session, editions, begun, now)
            send(session)
    except BooksDisturbed:
        return False
    return True


def begin_terms(
    session: Session,
    editions: Editions,
    begun: Sequence[tuple[Stand, Outcome, Sequence[Event]]],
    now: datetime,
) -> None:
    """Begin the one term of each outcome with what counted most towards it, and tell these events."""
    for number in {outcome.terms[0].edition for _, outcome, _ in begun}:
        alike = [one for one in begun if one[1].terms[0].edition == number]
        lines = _counted_most(session, editions, number, [outcome for _, outcome, _ in alike])
        for stand, outcome, events in alike:
            (term,) = outcome.terms
            kept = as_evidence(lines.get(stand.member_id, ()))
            due_at = standing.next_review(Course(editions, outcome.after, iter(())))
            told = [(event.kind, event.body) for event in events]
            last = outbox.add(session, stand.member_id, stand.event_seq, told, now)
            with_lines = replace(term, evidence={**term.evidence, "contributions": kept})
            tiers.follow(session, stand, with_lines, due_at, last, now)


def _counted_most(
    session: Session, editions: Editions, number: int, outcomes: Sequence[Outcome]
) -> dict[int, list[Contribution]]:
    """What counted most as a term of an edition began, by member, in the order of the ladder's counters.

    Of outcomes with one term each.
    """
    looked = [looked_at_beginning(editions, outcome.after, outcome.terms[0]) for outcome in outcomes]
    found: dict[int, list[Contribution]] = {}
    for counter in editions.number(number).programme.ladder.terms.counters:
        for member_id, lines in contributions_of(session, counter, looked, EVIDENCE_LINES).items():
            found.setdefault(member_id, []).extend(lines)
    return found
