"""Who looks after a member: the agent of their policy, else one of the pool, else nobody yet (B8)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, members, policies
from loyalty.benefits import Benefit
from loyalty.decide.course import Course
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.policies import IN_FORCE
from loyalty.reads.entitled import promised_now
from loyalty.reads.policy import told_of

PERSON = "person"


def look_after(session: Session, course: Course, now: datetime) -> Iterator[Event]:
    """See that a member has whom their card gives them, and nobody else; the news of it.

    For whoever may not act nothing changes: the dead have nobody, and are given nobody (M9).
    """
    if not members.may(members.by_id(session, course.start.member_id).state, "serve"):
        return
    given = {one.code: one for one in promised_now(course, now) if one.kind == PERSON}
    for code in sorted(given.keys() | persons(course.editions).keys()):
        yield from _see_to(session, course, code, given.get(code), now)


def persons(editions: Editions) -> dict[str, set[str]]:
    """The tiers of each benefit that is a person in any edition, by its code."""
    found: dict[str, set[str]] = {}
    for edition in editions.items:
        for one in edition.programme.benefits:
            if one.kind == PERSON:
                found.setdefault(one.code, set()).update(one.tiers)
    return found


def _see_to(
    session: Session, course: Course, code: str, terms: Benefit | None, now: datetime
) -> Iterator[Event]:
    """Assign, replace or end, as the card says."""
    member_id = course.start.member_id
    kept = benefits.assignment(session, member_id, code)
    if terms is None:
        if kept is not None:
            benefits.end(session, member_id, code, now)
            yield Event("manager.ended", {"benefit": code})
        return
    if kept is not None and kept.manager is not None and benefits.here(session, [kept.manager]):
        return
    manager = benefits.here(session, _agents(session, member_id, now)) or benefits.least_busy(session)
    if kept is not None and manager is None and kept.manager is None:
        return
    benefits.assign(session, member_id, code, manager, now)
    yield Event("manager.assigned" if manager else "manager.wanted", {"benefit": code})


def _agents(session: Session, member_id: int, now: datetime) -> Iterator[str]:
    """The agents of a member's policies in force, of the newest policy first."""
    states = [
        told_of(session, policy_no).at(now) for policy_no in policies.told_of_holder(session, member_id)
    ]
    held = [one for one in states if one and one.holder == member_id and one.status in IN_FORCE]
    for state in sorted(held, key=lambda one: (one.issued_on is not None, one.issued_on), reverse=True):
        if state.service_agent is not None:
            yield state.service_agent
