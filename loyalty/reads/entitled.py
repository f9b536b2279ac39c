"""What is to be known of a member before a visit of a benefit can be judged."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from loyalty import benefits, members, policies, tiers
from loyalty.benefits import Benefit, Use, Visit, Wanted
from loyalty.calendar import BEGINNING
from loyalty.decide import entitled, lowered, standing, whose
from loyalty.decide.course import Course
from loyalty.decide.entitled import Known, Verdict
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told
from loyalty.decide.reward import value_left
from loyalty.decide.whose import Subject, policy_of
from loyalty.reads.given import given_in_year
from loyalty.reads.policy import held_of, told_of

CARD_LOWER = "card_lower"  #: why a booking was let go of: the card is lower than it was, or was to be


def with_all_terms(session: Session, snapshot: Snapshot) -> Snapshot:
    """The member with every term there ever was: what periods grant follows from them (B1, B4)."""
    return replace(snapshot, terms=tiers.terms_since(session, snapshot.member_id, BEGINNING))


def course_at(editions: Editions, snapshot: Snapshot, at: datetime) -> Course:
    """The member as the clock alone has made them by an instant."""
    return standing.true_at(editions, snapshot, at, count(1))


def verdict_of(
    session: Session,
    course: Course,
    wanted: Wanted,
    told: Sequence[Use],
    gone: Collection[Use],
    now: datetime,
    waits: Use | None = None,
) -> tuple[Subject, Verdict]:
    """Whose right a visit is, and whether it may be had: `course` has come to its instant.

    `told` are all uses of the benefit at least, `gone` what a lower card let go of, written or not. Who
    `waits` for the visit is judged anew, as one who asked in time. Raises BenefitUnknown, PlaceForeign,
    PolicyForeign.
    """
    entitled.check_place(course, wanted)
    subject, member_id = subject_of(session, course, wanted), course.start.member_id
    standing_still = [one for one in told if one not in gone]
    programme, zone = course.editions.at(now).programme, course.editions.zone
    known = Known(
        visits=benefits.visits(standing_still, wanted.benefit, subject.key),
        anchor=subject.anchor,
        consents=[one.purpose for one in members.consents(session, member_id) if is_given(one)],
        is_booked=any(_is_for(one, wanted) for one in standing_still if one != waits),
        left_minor=value_left(programme, given_in_year(session, member_id, wanted.at, zone, gone))
        if programme.compliance.value_cap_minor is not None
        else None,
    )
    return subject, entitled.verdict(course, wanted, known, waits.booked_at if waits else now)


def _is_for(use: Use, wanted: Wanted) -> bool:
    """Whether it is a booking of the very event, or waits for one."""
    return wanted.event_id is not None and use.event_id == wanted.event_id and use.state in benefits.OPEN


def given_so_far(session: Session, course: Course, at: datetime, now: datetime) -> int:
    """What a member was given in the calendar year of an instant, in minor units, as things stand now.

    Bookings that the card lets go of cost nothing, written down or not (P5). The course has
    all terms and has come to now.
    """
    gone = lost_bookings(session, course, now)
    return given_in_year(session, course.start.member_id, at, course.editions.zone, gone)


def lost_bookings(
    session: Session, course: Course, by: datetime, known_at: datetime | None = None
) -> dict[Use, datetime]:
    """The open bookings that the card lets go of by an instant, each with since when (B3).

    The course has all terms, and has come to `by`. As the bookings stand now, or as was known at an instant.
    """
    member_id = course.start.member_id
    if known_at is None:
        still = benefits.open_uses(session, member_id)
    else:
        still = [one for one in benefits.uses(session, member_id) if _was_open(one, known_at)]
    told = [use for code in {one.benefit for one in still} for use in benefits.uses(session, member_id, code)]
    return lost_among(session, course, told, by, known_at)


def lost_among(
    session: Session, course: Course, told: Sequence[Use], by: datetime, known_at: datetime | None = None
) -> dict[Use, datetime]:
    """The same, among uses that are at hand: of each benefit they tell of, they are all.

    What whoever was merged has booked stands under their own id, and is let go of by nobody.
    """
    told = [one for one in told if one.member_id == course.start.member_id]
    found: dict[Use, datetime] = {}
    still = {(one.benefit, one.subject) for one in told if _is_open(one, known_at)}
    anchors = _anchors(session, course, {subject for _, subject in still})
    for code, subject in still:
        mine = {one.use_id: one for one in told if (one.benefit, one.subject) == (code, subject)}
        booked = list(_booked(mine.values(), known_at))
        lost = lowered.lost(course, code, booked, anchors[subject], by)
        found |= {mine[name]: since for name, since in lost.items()}
    return found


def visit_of(use: Use, known_at: datetime | None) -> Visit | None:
    """What a use takes of its entitlement, now or as was known at an instant; None where it takes nothing."""
    if known_at is None or not _was_open(use, known_at):
        return Visit(use.at, use.closed_at is None) if use.counts else None
    return Visit(use.at, True) if use.reserved_at is not None and use.reserved_at <= known_at else None


def _is_open(use: Use, known_at: datetime | None) -> bool:
    return use.state in benefits.OPEN if known_at is None else _was_open(use, known_at)


def _was_open(use: Use, at: datetime) -> bool:
    return use.booked_at <= at and (use.closed_at is None or use.closed_at > at)


def _anchors(session: Session, course: Course, subjects: Collection[str]) -> dict[str, date]:
    """Since when each subject's periods are reckoned."""
    numbers = {subject: policy_of(subject) for subject in subjects}
    told = held_of(session, {number for number in numbers.values() if number is not None})
    joined = whose.joined_on(course)
    return {
        subject: joined if number is None else whose.issued_on(course, told[number])
        for subject, number in numbers.items()
    }


def _booked(told: Iterable[Use], known_at: datetime | None) -> Iterator[lowered.Booked]:
    for one in told:
        visit = visit_of(one, known_at)
        if visit is not None and (known_at is None or one.booked_at <= known_at):
            yield lowered.Booked(one.use_id, visit, one.reserved_at or one.booked_at)


def promised_now(course: Course, at: datetime) -> list[Benefit]:
    """All that the member's card gives at an instant that the course has come to."""
    edition = course.editions.number(entitled.edition_of(course.editions, course.terms, at))
    promised = (one.given_by(course.term.tier) for one in edition.programme.benefits)
    return [one for one in promised if one is not None]


def is_given(consent: members.ConsentState) -> bool:
    """Whether a consent stands."""
    return consent.withdrawn_at is None


def subject_of(session: Session, course: Course, wanted: Wanted) -> Subject:
    """Whose right a visit takes from. Raises BenefitUnknown, PolicyForeign."""
    kind = whose.kind_of(course, wanted)
    if kind == "policy":
        told = told_of(session, wanted.policy_no) if wanted.policy_no else Told(())
        return whose.of_policy(course, wanted, told)
    card = members.active_card(session, course.start.member_id) if kind == "card" else None
    return whose.of_member(course, card.number if card else None)


def subjects_of(
    session: Session, course: Course, terms: Benefit, at: datetime, known_by: datetime | None
) -> list[Subject]:
    """All whose right to a benefit the member may use at an instant, by what is known, or was by another.

    The member's own, that of their card, or of each of their policies in force: often none.
    """
    kind, member_id = whose.kind(terms), course.start.member_id
    if kind != "policy":
        card = members.active_card(session, member_id, known_by) if kind == "card" else None
        return [whose.of_member(course, card.number if card else None)]
    numbers = policies.touching(session, member_id)
    if known_by is None:
        told = held_of(session, numbers)
    else:
        told = {number: told_of(session, number, known_by) for number in numbers}
    found = (whose.held(course, told[number], at) for number in numbers)
    return [one for one in found if one is not None]
