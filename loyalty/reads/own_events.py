"""The club's events as a member may come to them: what is to come, and what they had part in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from loyalty import calendar
from loyalty.benefits import OPEN, Benefit, Entitlement, EventRow, PlaceRow, Use
from loyalty.decide import whose
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.members import ConsentTerms
from loyalty.reads.entitled import lost_among, promised_now
from loyalty.reads.holder import Holder, holder_now
from loyalty.reads.own_benefits import consent_for
from loyalty.reads.own_right import right_of
from loyalty.reads.own_visits import OwnVisit, named_uses, own_visit

MOST_OVER = 5  #: events that one had part in, as the list shows them


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """An event with the member's part in it."""

    event_id: int
    name: Mapping[str, str]
    starts_at: datetime
    place: Mapping[str, str] | None  #: what it is called
    left: int  #: places, companions' among them
    is_off: bool
    terms: Benefit | None  #: that lets the card come; None: the card does not give it
    mine: OwnVisit | None  #: the booking that is open


@dataclass(frozen=True, slots=True)
class EventList:
    """What is to come, the next one first, and the last ones that are over."""

    coming: tuple[OwnEvent, ...]
    over: tuple[OwnVisit, ...]


@dataclass(frozen=True, slots=True)
class OneEvent:
    """One event, and what the member needs to know before they book."""

    event: OwnEvent
    ahead: int  #: how many wait before the member, who waits
    right: Entitlement | None  #: what the card gives of such events then, as far as the running term tells
    last_booking_day: date
    consent: ConsentTerms | None
    is_allowed: bool


def event_list(session: Session, editions: Editions, member_id: int, now: datetime) -> EventList:
    """The events that a member's card lets them come to, and those they had part in. Raises NotFound."""
    holder = holder_now(session, editions, member_id, now)
    visits, _ = _had(session, editions, holder, now)
    given, booked = _given(holder, now), _open(visits)
    ahead = EventRow.starts_at > now, EventRow.cancelled_at.is_(None)
    seen = or_(EventRow.benefit.in_(given), EventRow.event_id.in_(booked))
    rows = session.execute(_named().where(*ahead, seen).order_by(EventRow.starts_at, EventRow.event_id))
    coming = tuple(_own(row, place, given, booked) for row, place in rows)
    over = [one for one in reversed(visits) if one.at <= now and one.state in ("reserved", "used")]
    return EventList(coming, tuple(over[:MOST_OVER]))


def one_event(session: Session, editions: Editions, member_id: int, event_id: int, now: datetime) -> OneEvent:
    """One event, to come, over or called off. Raises NotFound."""
    holder = holder_now(session, editions, member_id, now)
    told = _named().add_columns(_waits_before(member_id, event_id)).where(EventRow.event_id == event_id)
    found = session.execute(told).one_or_none()
    if found is None:
        raise NotFound
    row, place, ahead = found
    visits, standing = _had(session, editions, holder, now)
    event = _own(row, place, _given(holder, now), _open(visits))
    consent: ConsentTerms | None = None
    is_allowed, right, lead = True, None, 0
    if event.terms is not None:
        consent, is_allowed = consent_for(session, editions, member_id, event.terms, now)
        kind = whose.kind(event.terms)
        if kind != "policy":
            subject = whose.of_member(holder.course, holder.card if kind == "card" else None)
            right = right_of(holder.course, event.terms, subject, standing, event.starts_at)
        lead = event.terms.booking.lead_days if event.terms.booking else 0
    last = calendar.local_day(event.starts_at, editions.zone) - timedelta(days=lead)
    return OneEvent(event, ahead, right, last, consent, is_allowed)


def _had(
    session: Session, editions: Editions, holder: Holder, now: datetime
) -> tuple[list[OwnVisit], list[Use]]:
    """A member's bookings of events in their order, as shown, and those that no lower card let go of."""
    told = named_uses(session, holder.course.start.member_id, Use.event_id.is_not(None))
    gone = lost_among(session, holder.course, [use for use, _, _ in told], now)
    visits = [own_visit(editions, one, gone, now) for one in told]
    return visits, [use for use, _, _ in told if use not in gone]


def _given(holder: Holder, now: datetime) -> dict[str, Benefit]:
    return {one.code: one for one in promised_now(holder.course, now) if one.kind == "event"}


def _open(visits: Sequence[OwnVisit]) -> dict[int, OwnVisit]:
    return {one.event_id: one for one in visits if one.event_id is not None and one.state in OPEN}


def _own(
    row: EventRow,
    place: Mapping[str, str] | None,
    given: Mapping[str, Benefit],
    booked: Mapping[int, OwnVisit],
) -> OwnEvent:
    return OwnEvent(
        row.event_id,
        row.name,
        row.starts_at,
        place,
        row.capacity - row.taken,
        row.cancelled_at is not None,
        given.get(row.benefit),
        booked.get(row.event_id),
    )


def _named() -> Select[Any]:
    return select(EventRow, PlaceRow.name).outerjoin(PlaceRow, PlaceRow.code == EventRow.place)


def _waits_before(member_id: int, event_id: int) -> Any:
    """How many have waited for the event for longer than the member does."""
    mine, other = aliased(Use), aliased(Use)
    earlier = or_(
        other.booked_at < mine.booked_at,
        and_(other.booked_at == mine.booked_at, other.use_id < mine.use_id),
    )
    waiting = other.event_id == event_id, other.state == "waiting"
    own = mine.event_id == event_id, mine.state == "waiting", mine.member_id == member_id
    return select(func.count()).select_from(other).join(mine, earlier).where(*waiting, *own).scalar_subquery()
