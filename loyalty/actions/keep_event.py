"""An operator announces an event of the club, or calls it off; each is a line in the chain of acts."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, benefits, calendar, ids
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.let_go import BY_THE_CLUB
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.benefits import ClubEvent, Use
from loyalty.decide import standing
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, BenefitUnknown, EventOver, Invalid, NotFound

CALLED_OFF = "event_cancelled"


def announce(session: Session, editions: Editions, event: ClubEvent, by: str, now: datetime) -> int:
    """Announce an event; its id. Raises NotFound, BenefitUnknown, Invalid where it is over."""
    known = {one.code: one for one in editions.at(now).programme.benefits}
    if event.benefit not in known or known[event.benefit].kind != "event":
        raise BenefitUnknown(benefit=event.benefit)
    if event.starts_at <= now:
        raise Invalid(fields={"starts_at": "is over"})
    if event.place is not None:
        benefits.place(session, event.place)
    event_id = benefits.announce(session, event, now)
    content = {"benefit": event.benefit, "starts_at": event.starts_at, "capacity": event.capacity}
    subject = ids.to_text(event_id)
    acts.record(session, now, actor=by, kind="event.announced", subject=subject, content=content)
    return event_id


def announce_once(session: Session, editions: Editions, event: ClubEvent, *, asking: Asking) -> int:
    """The same, once for the key of a wish; its id. Raises KeyMissing, KeyReused."""

    def do() -> Told:
        return Told({"event_id": ids.to_text(announce(session, editions, event, asking.client, asking.now))})

    answer, _ = once(session, Wish("event", asking, None, asdict(event)), do)
    return ids.from_text(answer["event_id"]) or 0


def change(session: Session, event_id: int, told: ClubEvent, by: str, now: datetime) -> None:
    """Let an event be told otherwise: its name and how many may come; while nobody comes or waits, its day
    and place.

    Raises NotFound, EventOver; Invalid where it is over then, where more come, or where somebody counts on
    the day and the place.
    """
    event = benefits.event(session, event_id, locked=True)
    if event.cancelled_at is not None or event.starts_at <= now:
        raise EventOver(event=ids.to_text(event_id))
    if told.starts_at <= now:
        raise Invalid(fields={"starts_at": "is over"})
    if told.capacity < event.taken:
        raise Invalid(fields={"capacity": f"is less than the {event.taken} who come"})
    if told.place is not None and told.place != event.place:
        benefits.place(session, told.place)
    before = {
        "starts_at": event.starts_at,
        "place": event.place,
        "capacity": event.capacity,
        "name": event.name,
    }
    after = {
        "starts_at": told.starts_at,
        "place": told.place,
        "capacity": told.capacity,
        "name": dict(told.name),
    }
    moved = [name for name in ("starts_at", "place") if before[name] != after[name]]
    if moved and benefits.booked(session, event_id):
        raise Invalid(fields=dict.fromkeys(moved, "is what members have booked"))
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return
    benefits.change_event(session, event_id, told)
    content = {name: after[name] for name in changed}
    acts.record(session, now, actor=by, kind="event.changed", subject=ids.to_text(event_id), content=content)


def call_off(session: Session, event_id: int, by: str, now: datetime) -> bool:
    """Call an event off, whose bookings `let_go_of` ends; whether it was not before. Raises NotFound."""
    fresh = benefits.call_off(session, event_id, now)
    if fresh:
        subject = ids.to_text(event_id)
        acts.record(session, now, actor=by, kind="event.cancelled", subject=subject, content={})
    return fresh


def let_go_of(session: Session, editions: Editions, event_id: int, now: datetime) -> bool:
    """End one booking of an event that was called off; whether there was one.

    Whoever is stopped is passed over: the night ends theirs once they are not any more.
    """
    return any(_ends(session, editions, one, now) for one in benefits.booked(session, event_id))


def _ends(session: Session, editions: Editions, booked: Use, now: datetime) -> bool:
    """Whether a booking was still open and its member not stopped."""
    try:
        taken = take(session, editions, booked.member_id, now)
    except (AccountStopped, NotFound):
        return False
    use = benefits.use(session, booked.member_id, booked.use_id)
    if use.state not in benefits.OPEN or use.event_id is None:
        return False
    if use.state == "reserved":
        benefits.unseat(session, use.event_id, 1 + use.guests)
    benefits.close(session, use, "cancelled", False, BY_THE_CLUB, now, CALLED_OFF)
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    name, at = ids.pair_to_text(use.member_id, use.use_id), calendar.instant_text(use.at)
    body = {"use": name, "benefit": use.benefit, "at": at, "reason": CALLED_OFF}
    course.events.append(Event("benefit.cancelled", body))
    write(session, editions, taken, course.outcome(), now)  # which lets a lower card go of the rest
    return True
