"""A contact of a member changes: who had it is told, with a way to stop it, and points rest for a day.

Whoever changes it, the member, the core system or staff: a thief may speak to any of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ids, letters, members
from loyalty.actions.tell_news import hold_still, tell_news
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.letters import Channel, NewLetter
from loyalty.members import Member
from loyalty.reads.region import region_of

CHANGED = "member.contact_changed"


def change_contact(
    session: Session, editions: Editions, member_id: int, kind: Channel, value: str, now: datetime
) -> bool:
    """Give a member a new phone or e-mail address, which was proven; whether it is another than before.

    Raises NotFound; Invalid for a phone that cannot be one.
    """
    before = hold_still(session, member_id)
    member, person = members.locked(session, member_id), members.person_of(session, member_id)
    had = members.contacts_of(person)
    members.set_contacts(person, {kind: value}, region_of(editions, now))
    member.version += 1
    session.flush()
    event = guard_change(session, editions, member, had, now)
    if event is not None:
        tell_news(session, before, event.kind, event.body, now)
    return event is not None


def guard_change(
    session: Session, editions: Editions, member: Member, had: Mapping[str, str], now: datetime
) -> Event | None:
    """What follows once the contacts of a locked member, who `had` these, were changed; its event, untold.

    Every contact that the member had is told, the old one of each that changed, and points pause for 24
    hours. Where there was none before, nobody could be told, and nothing pauses. None: they are the same.
    """
    person = members.person_of(session, member.member_id)
    has = members.contacts_of(person)
    changed = [kind for kind in letters.CHANNELS if _key(had.get(kind)) != _key(has.get(kind))]
    if not changed:
        return None
    members.note_changed(person, changed, now)
    if had:
        members.pause_spending(member, now)
        letters.write_letters(session, _notices(editions, member, had, changed, now), now)
    return Event(CHANGED, {"contacts": changed})


def _key(contact: str | None) -> str:
    """What tells a contact from another, however it is written."""
    return members.search_key(contact or "")


def _notices(
    editions: Editions, member: Member, had: Mapping[str, str], changed: Sequence[Channel], now: datetime
) -> list[NewLetter]:
    if not members.may(member.state, "warn"):
        return []
    about, until = ids.to_text(ids.new_id(now)), member.spend_paused_until or now
    facts = {
        "contacts": changed,
        "at": now.astimezone(editions.zone).isoformat(timespec="minutes"),
        "until": until.astimezone(editions.zone).isoformat(timespec="minutes"),
    }
    return [
        NewLetter(member.member_id, "contact_changed", kind, about, facts, now, to_address=had[kind])
        for kind in letters.CHANNELS
        if kind in had
    ]
