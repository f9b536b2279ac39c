"""What a member's card gives them, as their pages show it: what is left, until when, by whom, where."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import benefits, calendar, members
from loyalty.benefits import VISITED, Benefit, Entitlement, FeedItem, PlaceRow, Use
from loyalty.decide import entitled, whose
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.decide.whose import Subject
from loyalty.errors import NotFound
from loyalty.members import ConsentTerms
from loyalty.reads.entitled import is_given, lost_among, promised_now, subjects_of
from loyalty.reads.holder import Holder, holder_now
from loyalty.reads.own_visits import Named, OwnVisit, named_uses, own_visit, still_to_come

MOST_NEWS = 20
MOST_VISITS = 5  #: that are over, as a benefit's own page lists them

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnBenefit:
    """One benefit of the card, as it is the member's, their card's or one policy's right."""

    terms: Benefit
    had: Entitlement
    policy_no: str | None  #: whose own right it is
    last_day: date | None  #: of the period; None where it never ends
    card_last_day: date | None
    again_from: date | None  #: once used up: when more comes, as far as the running card tells
    person: str | None  #: of a benefit that is a person: who it is
    post_day: date | None  #: of a mailing: the next day that it is to arrive on; None: that day is not known


@dataclass(frozen=True, slots=True)
class OwnBenefits:
    """All that the card gives, what is booked of it, and the news that it brings."""

    tier: Names | None  #: what the card is called
    card_last_day: date | None
    benefits: tuple[OwnBenefit, ...]  #: in the programme's order, what is used up behind the rest
    booked: tuple[OwnVisit, ...]
    news: Sequence[FeedItem]
    next_tier: Names | None  #: where the programme shows what is missing
    added: tuple[Names, ...]  #: what the next card gives besides


@dataclass(frozen=True, slots=True)
class OneBenefit:
    """One benefit with all that a member needs to know to use it."""

    terms: Benefit
    rights: tuple[OwnBenefit, ...]  #: one, or one for each policy
    places: tuple[tuple[str, Names], ...]  #: the open ones that give it: code and name
    coming: tuple[OwnVisit, ...]
    over: tuple[OwnVisit, ...]  #: the latest first
    news: Sequence[FeedItem]
    consent: ConsentTerms | None  #: the text to agree to, where the programme has one
    is_allowed: bool  #: no consent is needed, or it stands
    today: date
    first_day: date | None  #: that can be booked; None: it is not booked
    address: Mapping[str, Any] | None
    mail_returned_at: datetime | None


def own_benefits(session: Session, editions: Editions, member_id: int, now: datetime) -> OwnBenefits:
    """All that a member's card gives now. Raises NotFound."""
    holder = holder_now(session, editions, member_id, now)
    told = named_uses(session, member_id)
    gone = lost_among(session, holder.course, [use for use, _, _ in told], now)
    given = promised_now(holder.course, now)
    persons = _persons(session, member_id, given, now)
    found = [
        one
        for terms in given
        for one in _rights(session, holder, terms, _standing(told, gone), persons.get(terms.code), now)
    ]
    found.sort(key=lambda one: one.had.remaining == 0)
    visits = [own_visit(editions, one, gone, now) for one in told]
    tier, following, added = _ladder(editions, holder.course, given, now)
    return OwnBenefits(
        tier,
        _card_last_day(holder.course),
        tuple(found),
        still_to_come(visits, editions, now),
        _news(session, given, now),
        following,
        added,
    )


def one_benefit(session: Session, editions: Editions, member_id: int, code: str, now: datetime) -> OneBenefit:
    """One benefit that a member's card gives now. Raises NotFound for any other."""
    holder = holder_now(session, editions, member_id, now)
    terms = next((one for one in promised_now(holder.course, now) if one.code == code), None)
    if terms is None:
        raise NotFound
    told = named_uses(session, member_id, Use.benefit == code)
    gone = lost_among(session, holder.course, [use for use, _, _ in told], now)
    person = _persons(session, member_id, [terms], now).get(code)
    visits = [own_visit(editions, one, gone, now) for one in told]
    coming = still_to_come(visits, editions, now)
    over = [one for one in reversed(visits) if one not in coming]
    consent, is_allowed = consent_for(session, editions, member_id, terms, now)
    ahead = terms.booking.lead_days if terms.booking else None
    return OneBenefit(
        terms,
        tuple(_rights(session, holder, terms, _standing(told, gone), person, now)),
        _places(session, terms),
        coming,
        tuple(over[:MOST_VISITS]),
        _news(session, [terms], now),
        consent,
        is_allowed,
        holder.course.day(now),
        None if ahead is None else holder.course.day(now) + timedelta(days=ahead),
        holder.address,
        holder.mail_returned_at,
    )


def consent_for(
    session: Session, editions: Editions, member_id: int, terms: Benefit, now: datetime
) -> tuple[ConsentTerms | None, bool]:
    """The text to agree to for a benefit, where the programme has one; whether consent stands (M10)."""
    if terms.needs_consent is None:
        return None, True
    texts = editions.at(now).programme.consents
    text = next((one for one in texts if one.code == terms.needs_consent), None)
    told = members.consents(session, member_id)
    return text, any(one.purpose == terms.needs_consent and is_given(one) for one in told)


def right_of(
    course: Course, terms: Benefit, subject: Subject, told: Sequence[Use], at: datetime
) -> Entitlement | None:
    """What a subject has of a benefit at an instant of the running term; `told` are the uses that stand."""
    taken = benefits.visits(told, terms.code, subject.key)
    return entitled.entitled(course.editions, course, terms.code, taken, at, subject.anchor)


def _rights(
    session: Session, holder: Holder, terms: Benefit, told: Sequence[Use], person: str | None, now: datetime
) -> Iterator[OwnBenefit]:
    course, zone = holder.course, holder.course.editions.zone
    for subject in _subjects(session, holder, terms, now):
        had = right_of(course, terms, subject, told, now)
        if had is None:
            continue
        until = had.period.until_at
        yield OwnBenefit(
            had.terms,
            had,
            subject.policy_no,
            calendar.last_day_before(until, zone) if until else None,
            _card_last_day(course),
            _again_from(course, had, subject, told, now) if had.remaining == 0 else None,
            person,
            _post_day(course, terms, now),
        )


def _subjects(session: Session, holder: Holder, terms: Benefit, now: datetime) -> list[Subject]:
    kind = whose.kind(terms)
    if kind == "policy":
        return subjects_of(session, holder.course, terms, now, None)
    return [whose.of_member(holder.course, holder.card if kind == "card" else None)]


def _again_from(
    course: Course, had: Entitlement, subject: Subject, told: Sequence[Use], now: datetime
) -> date | None:
    code = had.terms.code
    promised = entitled.stretches(course.editions, course.terms, code)
    taken = benefits.visits(told, code, subject.key)
    free = benefits.free_again(promised, taken, now, course.editions.zone, subject.anchor)
    return None if free is None else course.day(free)


def _post_day(course: Course, terms: Benefit, now: datetime) -> date | None:
    """The next day of the year that a mailing is for."""
    since = course.start.birth_date if terms.occasion == "birthday" else course.day(course.start.enrolled_at)
    if terms.kind != "mailing" or since is None:
        return None
    today = course.day(now)
    this = calendar.yearly_day(since.month, since.day, today.year)
    return this if this >= today else calendar.yearly_day(since.month, since.day, today.year + 1)


def _ladder(
    editions: Editions, course: Course, given: Collection[Benefit], now: datetime
) -> tuple[Names | None, Names | None, tuple[Names, ...]]:
    """What the card is called; where the programme shows what is missing, the next card and what it adds."""
    programme = editions.at(now).programme
    tiers, rank = programme.ladder.tiers, programme.ladder.rank(course.term.tier)
    mine = next((one.name for one in tiers if one.rank == rank), None)
    following = next((one for one in tiers if one.rank == rank + 1), None)
    if following is None or programme.club.show_missing == "none":
        return mine, None, ()
    codes = {one.code for one in given}
    added = (one for one in programme.benefits if following.code in one.tiers and one.code not in codes)
    return mine, following.name, tuple(one.name for one in added)


def _standing(told: Collection[Named], gone: Collection[Use]) -> list[Use]:
    return [use for use, _, _ in told if use not in gone]


def _card_last_day(course: Course) -> date | None:
    until = course.term.until_at
    return calendar.last_day_before(until, course.editions.zone) if until else None


def _persons(session: Session, member_id: int, given: Sequence[Benefit], now: datetime) -> Mapping[str, str]:
    if all(one.kind != "person" for one in given):
        return {}
    return benefits.persons(session, member_id, now)


def _news(session: Session, given: Sequence[Benefit], now: datetime) -> Sequence[FeedItem]:
    feeds = [one.code for one in given if one.kind == "feed"]
    return benefits.items(session, feeds, now, MOST_NEWS) if feeds else ()


def _places(session: Session, terms: Benefit) -> tuple[tuple[str, Names], ...]:
    """The open places that give it, by provider and code."""
    if terms.kind not in VISITED or terms.kind == "event":
        return ()
    told = select(PlaceRow).where(PlaceRow.closed_at.is_(None))
    if terms.providers:
        told = told.where(PlaceRow.provider.in_(terms.providers))
    rows = session.scalars(told.order_by(PlaceRow.provider, PlaceRow.code))
    return tuple((row.code, row.name) for row in rows)
