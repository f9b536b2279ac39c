"""What a member's first page shows: the card, the points, what the card gives, or when the first may come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from loyalty import benefits, calendar
from loyalty.benefits import Benefit, EventRow
from loyalty.decide import standing, whose
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.ledger import Unit
from loyalty.reads.balance import BalanceView, balance_of
from loyalty.reads.entitled import lost_among, promised_now
from loyalty.reads.own_right import OwnRight, card_last_day, own_right
from loyalty.reads.snapshot import load
from loyalty.tiers import Tier

MOST_OPENINGS = 24  #: so many promises are looked at for a first card


@dataclass(frozen=True, slots=True)
class FirstCard:
    """The first card that the clock alone will bring to somebody who has none."""

    tier: Tier
    from_day: date


@dataclass(frozen=True, slots=True)
class NextCard:
    """What the review makes of a card if nothing else happens, and from when; no tier: the card ends."""

    tier: Tier | None
    from_day: date


@dataclass(frozen=True, slots=True)
class HomeView:
    """A member at an instant, as the first page shows them. No tier: there is no card."""

    tier: Tier | None
    last_day: date | None
    first: FirstCard | None
    then: NextCard | None  #: where it follows from how things stand now
    is_waiting: bool  #: points are promised that nobody knows the day of (I4)
    balance: BalanceView
    units: Mapping[str, Unit]
    rights: tuple[OwnRight, ...]  #: what the card gives, in the programme's order


def home_view(
    session: Session, editions: Editions, member_id: int, card: str | None, now: datetime
) -> HomeView:
    """What the first page shows of a member, whose card has that number. Raises NotFound."""
    snapshot, _ = load(session, editions, member_id, now, every_term=True)
    course = standing.true_at(editions, snapshot, now, count(1))
    programme, term = editions.at(now).programme, course.term
    pending = [one for account in course.accounts.values() for one in account.pending if one.points > 0]
    return HomeView(
        programme.ladder.tier(term.tier) if term.tier else None,
        card_last_day(course),
        None if term.tier else first_card(course, now),
        next_card(course, now),
        any(one.opens_at is None for one in pending),
        balance_of(course.outcome().after, editions, now),
        programme.units,
        tuple(_rights(session, course, card, now)),
    )


def next_event(
    session: Session, editions: Editions, member_id: int, now: datetime
) -> tuple[EventRow, Benefit] | None:
    """The next club event that a member's card lets them come to, and on what terms. Raises NotFound."""
    snapshot, _ = load(session, editions, member_id, now, every_term=True)
    course = standing.true_at(editions, snapshot, now, count(1))
    given = {one.code: one for one in promised_now(course, now) if one.kind == "event"}
    told = benefits.coming(session, now) if given else ()
    return next(((one, given[one.benefit]) for one in told if one.benefit in given), None)


def first_card(course: Course, now: datetime) -> FirstCard | None:
    """The first of the instants to come at which what is promised, or due, makes a card."""
    pending = (one for account in course.accounts.values() for one in account.pending)
    opens = {one.opens_at for one in pending if one.opens_at is not None and one.opens_at > now}
    dues = {at for at in (*opens, course.term.lifts_at) if at is not None}
    before = course.outcome().after
    for at in sorted(dues)[:MOST_OPENINGS]:
        later = standing.true_at(course.editions, before, at, count(1))
        if later.term.tier is not None:
            tier = course.editions.at(at).programme.ladder.tier(later.term.tier)
            return FirstCard(tier, calendar.local_day(at, course.editions.zone))
    return None


def next_card(course: Course, now: datetime) -> NextCard | None:
    """What the next review makes of a member's card; None where nobody can know it yet."""
    editions, until_at = course.editions, course.term.until_at
    counters = editions.at(now).programme.ladder.terms.counters
    if until_at is None or not all(one.unit and one.window is None for one in counters):
        return None
    tier = standing.true_at(editions, course.outcome().after, until_at, count(1)).term.tier
    ladder = editions.at(until_at).programme.ladder
    return NextCard(ladder.tier(tier) if tier else None, calendar.local_day(until_at, editions.zone))


def _rights(session: Session, course: Course, card: str | None, now: datetime) -> Iterator[OwnRight]:
    given, member_id = promised_now(course, now), course.start.member_id
    if not given:
        return
    told = [one for one in benefits.uses(session, member_id) if whose.policy_of(one.subject) is None]
    gone = lost_among(session, course, told, now)
    kept = [one for one in told if one not in gone]
    has_person = any(one.kind == "person" for one in given)
    persons = benefits.persons(session, member_id, now) if has_person else {}
    for terms in given:
        kind = whose.kind(terms)
        subject = whose.of_member(course, card if kind == "card" else None)
        if kind == "policy":
            yield OwnRight(terms, None)
        elif right := own_right(course, terms, subject, kept, persons.get(terms.code), now):
            yield right
