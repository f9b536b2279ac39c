"""Writing down what facts of many members led to, in a few trips for all of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise

from sqlalchemy.orm import Session

from loyalty.actions.book import Taken, move_points, write_part
from loyalty.actions.follow_on import at_rest, begin_terms
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.writing import send

Run = tuple[Taken, Sequence[Outcome]]  #: a member, and what their facts led to, one after the other


def write_runs(session: Session, editions: Editions, runs: Sequence[Run], now: datetime) -> None:
    """Write runs of members down, each as `write` of one outcome after the other does.

    What begins a term is the last of its run.
    """
    lifted = [_member(run) for run in runs if _begins_one(*run)]
    resting = at_rest(session, editions, lifted) if lifted else set[int]()
    together: list[Run] = []
    for run in runs:
        if _member(run) in resting:
            together.append(run)
        else:
            _write_run(session, editions, *run, now)
    for taken, outcomes in together:
        move_points(session, editions, taken, outcomes, now)
    begun = [
        (taken.stand, outcomes[-1], [event for one in outcomes for event in one.events])
        for taken, outcomes in together
    ]
    begin_terms(session, editions, begun, now)


def _member(run: Run) -> int:
    return run[0].snapshot.member_id


def _begins_one(taken: Taken, outcomes: Sequence[Outcome]) -> bool:
    """Whether the last of them begins one term, and nothing else of any of them moves the terms."""
    *before, last = outcomes
    is_one = len(last.terms) == 1 and last.terms[0].no == taken.stand.term_no + 1
    return is_one and not (last.measured or last.lifts or any(map(_moves_terms, before)))


def _write_run(
    session: Session, editions: Editions, taken: Taken, outcomes: Sequence[Outcome], now: datetime
) -> None:
    parts = [
        part
        for moves, run in groupby(outcomes, _moves_terms)
        for part in (([one] for one in run) if moves else [[*run]])
    ]
    stand = write_part(session, editions, taken, parts[0], now)
    for before, part in pairwise(parts):
        send(session)  # this part changes the same rows as the one before
        taken = replace(taken, snapshot=before[-1].after, stand=stand)
        stand = write_part(session, editions, taken, part, now)


def _moves_terms(outcome: Outcome) -> bool:
    return bool(outcome.terms or outcome.measured or outcome.lifts)
