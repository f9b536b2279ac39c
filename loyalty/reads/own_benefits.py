"""What a member's card gives them, as their pages show it: what is left, until when, by whom, where."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import benefits, members
from loyalty.benefits import VISITED, Benefit, FeedItem, PlaceRow, Use
from loyalty.decide import whose
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.decide.whose import Subject
from loyalty.errors import NotFound
from loyalty.members import ConsentTerms
from loyalty.reads.entitled import is_given, lost_among, promised_now, subjects_of
from loyalty.reads.holder import Holder, holder_now
from loyalty.reads.own_right import OwnRight, card_last_day, own_right
from loyalty.reads.own_visits import Named, OwnVisit, named_uses, own_visit, still_to_come

MOST_NEWS = 20
MOST_VISITS = 5  #: that are over, as a benefit's own page lists them

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnBenefits:
    """All that the card gives, what is booked of it, and the news that it brings."""

    tier: Names | None  #: what the card is called
    card_last_day: date | None
    benefits: tuple[OwnRight, ...]  #: in the programme's order, what is used up behind the rest
    booked: tuple[OwnVisit, ...]
    news: Sequence[FeedItem]
    next_tier: Names | None  #: where the programme shows what is missing
    added: tuple[Names, ...]  #: what the next card gives besides


@dataclass(frozen=True, slots=True)
class OneBenefit:
    """One benefit with all that a member needs to know to use it."""

    terms: Benefit
    rights: tuple[OwnRight, ...]  #: one, or one for each policy
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
    return benefits_of(session, editions, holder_now(session, editions, member_id, now), now)


def benefits_of(session: Session, editions: Editions, holder: Holder, now: datetime) -> OwnBenefits:
    """The same of a holder who is at hand."""
    member_id = holder.course.start.member_id
    told = named_uses(session, member_id)
    gone = lost_among(session, holder.course, [use for use, _, _ in told], now)
    given = promised_now(holder.course, now)
    persons = _persons(session, member_id, given, now)
    found = [
        one
        for terms in given
        for one in _rights(session, holder, terms, _standing(told, gone), persons.get(terms.code), now)
    ]
    found.sort(key=lambda one: one.is_used_up)
    visits = [own_visit(editions, one, gone, now) for one in told]
    tier, following, added = _ladder(editions, holder.course, given, now)
    return OwnBenefits(
        tier,
        card_last_day(holder.course),
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


def _rights(
    session: Session, holder: Holder, terms: Benefit, told: Sequence[Use], person: str | None, now: datetime
) -> Iterator[OwnRight]:
    for subject in _subjects(session, holder, terms, now):
        right = own_right(holder.course, terms, subject, told, person, now)
        if right is not None:
            yield right


def _subjects(session: Session, holder: Holder, terms: Benefit, now: datetime) -> list[Subject]:
    kind = whose.kind(terms)
    if kind == "policy":
        return subjects_of(session, holder.course, terms, now, None)
    return [whose.of_member(holder.course, holder.card if kind == "card" else None)]


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
