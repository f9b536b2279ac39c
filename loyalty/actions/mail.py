"""What cards bring by post: made ahead of its day, once a year, and stopped by mail that came back (B8)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import acts, benefits, calendar, ids, members
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.celebrate import falling_on
from loyalty.benefits import Benefit, Right
from loyalty.decide import entitled, standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.decide.reward import exceeds, value_left
from loyalty.errors import AccountStopped, NotFound
from loyalty.reads.entitled import course_at, given_so_far, is_given, with_all_terms

BY_THE_CLUB = "club"


def mailings(editions: Editions) -> Sequence[Benefit]:
    """The mailings that any edition promises, each on each occasion, as far ahead as any of them makes it."""
    found: dict[tuple[str, str], Benefit] = {}
    for edition in editions.items:
        for one in edition.programme.benefits:
            if one.kind == "mailing":
                known = found.setdefault((one.code, one.occasion), one)
                found[one.code, one.occasion] = max(known, one, key=lambda each: each.days_ahead)
    return list(found.values())


def make_mailings(
    session: Session, editions: Editions, terms: Benefit, day: date, after_id: int, limit: int, now: datetime
) -> Sequence[int]:
    """Make one for each of up to `limit` members above `after_id` whose occasion falls on `day`; their ids.

    The card at the beginning of that day counts, and what it left then, however late the night is. Whoever
    has this year's, has no address, or is stopped is passed over: a later night makes it.
    """
    find = members.members_with_birthday if terms.occasion == "birthday" else members.members_with_anniversary
    joined_before = calendar.day_start(day, editions.zone)
    chunk = find(session, falling_on(day), joined_before, after_id, limit)
    for member_id in chunk:
        with suppress(AccountStopped, NotFound), session.begin_nested():
            _make(session, editions, terms, day, member_id, now)
    return chunk


def _make(
    session: Session, editions: Editions, searched: Benefit, day: date, member_id: int, now: datetime
) -> None:
    code = searched.code
    if benefits.mailed(session, member_id, code, day.year):
        return
    person = members.person_of(session, member_id)
    if not person.address or person.mail_returned_at is not None:
        return
    taken = take(session, editions, member_id, now)
    taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    at = calendar.day_start(day, editions.zone)
    then = course_at(editions, course.outcome().after, at) if at > now else course
    told = benefits.visits(benefits.uses(session, member_id, code), code, "")
    had = entitled.entitled(editions, then, code, told, at, course.day(course.start.enrolled_at))
    if had is None or had.remaining == 0 or had.terms.days_ahead < (day - course.day(now)).days:
        return
    if (had.terms.kind, had.terms.occasion) != (searched.kind, searched.occasion):
        return  # the card keeps to an edition that promised something else (B2)
    agreed = _agreed(session, member_id, had.terms)
    if not agreed or not _fits(session, course, had.terms, at, now):
        return
    use_id, edition = ids.new_id(now), entitled.edition_of(editions, then.terms, at)
    name = ids.pair_to_text(member_id, use_id)
    course.events.append(Event("benefit.mailed", {"use": name, "benefit": code, "day": day.isoformat()}))
    write(session, editions, taken, course.outcome(), now)
    right = Right(code, "", had.period, had.granted, edition)
    benefits.keep_use(session, member_id, _row(use_id, at, had.terms, now), right, now)
    benefits.keep_mailing(session, member_id, code, day, use_id, now)


def _agreed(session: Session, member_id: int, terms: Benefit) -> bool:
    purposes = [one.purpose for one in members.consents(session, member_id) if is_given(one)]
    return terms.needs_consent is None or terms.needs_consent in purposes


def _fits(session: Session, course: Course, terms: Benefit, at: datetime, now: datetime) -> bool:
    """Whether the club may still give the member that much in the year of an instant (B10)."""
    left = value_left(course.editions.at(now).programme, given_so_far(session, course, at, now))
    return not exceeds(terms.cost_minor, left)


def _row(use_id: int, at: datetime, terms: Benefit, now: datetime) -> dict[str, object]:
    nothing = dict.fromkeys(("place", "event_id", "relation", "amount_minor", "discount_minor", "reason"))
    return nothing | {
        "use_id": use_id,
        "at": at,
        "guests": 0,
        "cost_minor": terms.cost_minor,
        "attributes": {},
        "state": "used",
        "counts": True,
        "reference": "",
        "client": BY_THE_CLUB,
        "closed_at": now,
        "closed_by": BY_THE_CLUB,
    }


def wanted_days(terms: Benefit, missed: Sequence[date], today: date) -> list[date]:
    """The days that mailings are made for tonight: those near enough, and those without a night."""
    return sorted({*missed, *(today + timedelta(days=n) for n in range(terms.days_ahead + 1))})


def mail_returned(session: Session, member_id: int, benefit: str, year: int, by: str, now: datetime) -> None:
    """The post brought one back: nothing more goes to that address. Raises NotFound."""
    member = members.locked(session, member_id)
    benefits.mark_returned(session, member_id, benefit, year, now)
    members.person_of(session, member.member_id).mail_returned_at = now
    member.version += 1
    subject, content = ids.to_text(member_id), {"benefit": benefit, "year": year}
    acts.record(session, now, actor=by, kind="mail.returned", subject=subject, content=content)
