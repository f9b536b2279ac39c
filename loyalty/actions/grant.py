"""What cards give is written down by the night, once its period has begun or the card rose (B1, B4)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar
from loyalty.actions.book import fresh_ids, take, write
from loyalty.benefits import Benefit, Right
from loyalty.decide import entitled, standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.reads.entitled import promised_now, with_all_terms
from loyalty.reads.ungranted import ungranted

OF_THE_MEMBER = ("person", "member")


def grant(session: Session, editions: Editions, after_id: int, limit: int, now: datetime) -> Sequence[int]:
    """Write down what up to `limit` members above `after_id` have; their ids, in order."""
    chunk = ungranted(session, _granted_by_period(editions), after_id, limit, now)
    for member_id in chunk:
        with suppress(AccountStopped, NotFound), session.begin_nested():
            taken = take(session, editions, member_id, now)
            taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
            course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
            course.events.extend(_write_down(session, course, now))
            write(session, editions, taken, course.outcome(), now)
    return chunk


def _granted_by_period(editions: Editions) -> Mapping[str, set[str]]:
    """The tiers of each benefit that any edition counts by a period, for the member as a whole."""
    found: dict[str, set[str]] = {}
    for edition in editions.items:
        for one in edition.programme.benefits:
            if _has_periods(one):
                found.setdefault(one.code, set()).update(one.tiers)
    return found


def _has_periods(terms: Benefit) -> bool:
    quota = terms.quota
    return quota is not None and not isinstance(quota.per, int) and quota.subject in OF_THE_MEMBER


def _write_down(session: Session, course: Course, now: datetime) -> Iterator[Event]:
    """The news of what is granted for the first time in a period, or more of than before."""
    member_id, joined_on = course.start.member_id, course.day(course.start.enrolled_at)
    edition = entitled.edition_of(course.editions, course.terms, now)
    for terms in promised_now(course, now):
        visits = benefits.visits(benefits.uses(session, member_id, terms.code), terms.code, "")
        had = entitled.entitled(course.editions, course, terms.code, visits, now, joined_on)
        if had is None or not _has_periods(had.terms):
            continue
        right = Right(terms.code, "", had.period, had.granted, edition)
        if benefits.take(session, member_id, right, (0, 0), now):
            until = had.period.until_at
            ends = calendar.instant_text(until) if until else None
            yield Event("benefit.granted", {"benefit": terms.code, "granted": had.granted, "until": ends})
