"""A member's own visits and bookings, as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.benefits import Benefit, EventRow, PlaceRow, Use
from loyalty.decide import entitled
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.reads.entitled import CARD_LOWER, lost_among
from loyalty.reads.holder import Holder, holder_now

Named = tuple[Use, dict[str, str] | None, dict[str, str] | None]  #: a use, its place's and its event's name


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """One visit: booked, waited for, made, missed or let go."""

    key: tuple[int, int]  #: the member and the use
    terms: Benefit
    state: str
    at: datetime
    place: Mapping[str, str] | None  #: what it is called
    event: Mapping[str, str] | None
    event_id: int | None
    relation: str | None  #: of whoever comes in the member's place
    guests: int
    reason: str | None  #: why it was cancelled, where the member did not
    last_cancel_day: date  #: so long it can be cancelled, and before it begins
    is_cancellable: bool

    @property
    def number(self) -> str:
        """Its id as outsiders see it."""
        return ids.pair_to_text(*self.key)

    @property
    def missed_counts(self) -> bool:
        """Whether not coming takes the visit."""
        return self.terms.booking is not None and self.terms.booking.no_show == "used"


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """What is still to come, the next one first, and what is over, the latest first."""

    coming: tuple[OwnVisit, ...]
    over: tuple[OwnVisit, ...]
    next: str | None  #: behind which visit the following page begins; None: there is none


def named_uses(session: Session, member_id: int, *which: Any) -> list[Named]:
    """A member's uses, as narrowed by `which`, in the order of their visits, with the names they need."""
    mine = _named(member_id).where(*which).order_by(Use.at, Use.use_id)
    return [(use, place, event) for use, place, event in session.execute(mine)]


def own_visit(editions: Editions, told: Named, gone: Mapping[Use, datetime], now: datetime) -> OwnVisit:
    """One of them as it is shown; what a lower card let go of is cancelled before that is written (B3)."""
    use, place, event = told
    terms = entitled.terms_of(editions, use.edition, use.benefit)
    lost = use in gone
    ahead = terms.booking.cancel_days if terms.booking else 0
    last = calendar.local_day(use.at, editions.zone) - timedelta(days=ahead)
    in_time = calendar.local_day(now, editions.zone) <= last and now < use.at
    return OwnVisit(
        (use.member_id, use.use_id),
        terms,
        "cancelled" if lost else use.state,
        use.at,
        place,
        event,
        use.event_id,
        use.relation,
        use.guests,
        CARD_LOWER if lost else use.reason,
        last,
        not lost and (use.state == "waiting" or (use.state == "reserved" and in_time)),
    )


def still_to_come(visits: Sequence[OwnVisit], editions: Editions, now: datetime) -> tuple[OwnVisit, ...]:
    """Those that are booked or waited for, from today on."""
    today = calendar.day_start(calendar.local_day(now, editions.zone), editions.zone)
    return tuple(one for one in visits if one.state in benefits.OPEN and one.at >= today)


def visits_page(
    session: Session, editions: Editions, member_id: int, before: int | None, limit: int, now: datetime
) -> VisitsPage:
    """What is booked, and up to `limit` visits that are over, behind the one seen last (`before`)."""
    return visits_of(session, editions, holder_now(session, editions, member_id, now), before, limit, now)


def visits_of(
    session: Session, editions: Editions, holder: Holder, before: int | None, limit: int, now: datetime
) -> VisitsPage:
    """The same of a holder who is at hand."""
    member_id = holder.course.start.member_id
    of_open = select(Use.benefit).where(Use.member_id == member_id, Use.state.in_(benefits.OPEN))
    told = named_uses(session, member_id, Use.benefit.in_(of_open))
    gone = _gone(session, holder, told, now)
    today = calendar.day_start(calendar.local_day(now, editions.zone), editions.zone)
    past = _named(member_id).where(or_(Use.state.not_in(benefits.OPEN), Use.at < today))
    past = past if before is None else past.where(_behind(member_id, before))
    rows = session.execute(past.order_by(Use.at.desc(), Use.use_id.desc()).limit(limit + 1)).all()
    over = [own_visit(editions, (use, place, event), gone, now) for use, place, event in rows]
    ahead = [one for one in told if one[0].state in benefits.OPEN and one[0].at >= today]
    coming = tuple(own_visit(editions, one, gone, now) for one in ahead)
    following = ids.to_text(over[limit - 1].key[1]) if len(over) > limit else None
    return VisitsPage(coming, tuple(over[:limit]), following)


def one_visit(session: Session, editions: Editions, key: tuple[int, int], now: datetime) -> OwnVisit:
    """One visit of the member whose key it is. Raises NotFound."""
    member_id, use_id = key
    holder = holder_now(session, editions, member_id, now)
    of_it = select(Use.benefit).where(Use.member_id == member_id, Use.use_id == use_id)
    told = named_uses(session, member_id, Use.benefit.in_(of_it))
    gone = _gone(session, holder, told, now)
    for one in told:
        if one[0].use_id == use_id:
            return own_visit(editions, one, gone, now)
    raise NotFound


def _gone(session: Session, holder: Holder, told: Sequence[Named], now: datetime) -> Mapping[Use, datetime]:
    return lost_among(session, holder.course, [use for use, _, _ in told], now)


def _named(member_id: int) -> Select[Any]:
    return (
        select(Use, PlaceRow.name, EventRow.name)
        .outerjoin(PlaceRow, PlaceRow.code == Use.place)
        .outerjoin(EventRow, EventRow.event_id == Use.event_id)
        .where(Use.member_id == member_id)
    )


def _behind(member_id: int, before: int) -> Any:
    """Behind a visit of the member's in the order of the page; behind one that is not theirs is nothing."""
    at = select(Use.at).where(Use.member_id == member_id, Use.use_id == before).scalar_subquery()
    return or_(Use.at < at, and_(Use.at == at, Use.use_id < before))
