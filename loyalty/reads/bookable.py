"""What a member's card lets the counter book or record now: benefits that one goes somewhere for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import ids, members
from loyalty.benefits import Benefit, Kind
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.reads.entitled import promised_now
from loyalty.reads.holder import holder_now
from loyalty.reads.own_benefits import OneBenefit, one_benefit
from loyalty.reads.own_events import OwnEvent, event_list

AT_COUNTER: tuple[Kind, ...] = ("service", "event")  #: what comes off a bill is told with the bill


@dataclass(frozen=True, slots=True)
class Bookable:
    """One benefit as the counter books it or writes down that it was had."""

    one: OneBenefit
    is_booked: bool  #: before it is had; else it is written down
    first_day: date  #: both days are within what the form takes
    last_day: date
    events: tuple[OwnEvent, ...]  #: to come, of a benefit of events

    @property
    def choices(self) -> list[tuple[OwnEvent, str]]:
        """The events, each with its id as outsiders see it."""
        return [(event, ids.to_text(event.event_id)) for event in self.events]


def visited_benefits(
    session: Session, editions: Editions, member_id: int, now: datetime
) -> tuple[Benefit, ...]:
    """Benefits that the member's card gives and that one goes somewhere for. Raises NotFound."""
    holder = holder_now(session, editions, member_id, now)
    return tuple(one for one in promised_now(holder.course, now) if one.kind in AT_COUNTER)


def bookable(
    session: Session, editions: Editions, member_id: int, code: str, ahead: timedelta, now: datetime
) -> Bookable:
    """One of them; bookings up to `ahead`, uses as far back as offline sales go. Raises NotFound."""
    one = one_benefit(session, editions, member_id, code, now)
    if one.terms.kind not in AT_COUNTER:
        raise NotFound
    booked = one.terms.booking is not None
    back = timedelta(days=editions.at(now).programme.limits.offline_days)
    first = (
        (one.first_day or one.today)
        if booked
        else max(one.today - back, members.by_id(session, member_id).enrolled_on)
    )
    last = one.today + ahead if booked else one.today
    events: tuple[OwnEvent, ...] = ()
    if one.terms.kind == "event":
        coming = event_list(session, editions, member_id, now).coming
        events = tuple(event for event in coming if event.terms is not None and event.terms.code == code)
    return Bookable(one, booked, first, last, events)
