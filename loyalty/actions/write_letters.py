"""Letters are written of what was booked, and of what will expire; sending them is another's work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger, letters, members, outbox, tiers
from loyalty.decide.programme import Editions
from loyalty.letters import Channel, Kind, NewLetter
from loyalty.members import Member
from loyalty.reads.balance import UnitBalance, balance_of
from loyalty.reads.print_lines import shown
from loyalty.reads.state import state_at

_PASSED_ON, _POOLED = "points.passed_on", "points.pooled"
_OF_EVENTS: Mapping[str, Kind] = {
    "tier.changed": "tier_changed",
    "points.spent": "spent",
    _PASSED_ON: "spent",
    _POOLED: "spent",
}
_WITH_JOINING = "joined"  #: the card that comes with joining is no news to who joins
_MOST_DAYS = 5  #: that one letter lists


def write_of_events(
    session: Session, editions: Editions, channels: Collection[Channel], limit: int, now: datetime
) -> int:
    """Write of up to `limit` events behind the last that was read, each once; how many were read.

    What is older than two days is passed over, and so is everything where there is no way to write. The head
    is locked: of two that read at once, one waits, and reads on.
    """
    place, last = letters.head(session), outbox.last_place(session)
    found = outbox.after(session, place, tuple(_OF_EVENTS), limit) if channels else ()
    for event in found:
        if event.booked_at > now - letters.STALE_AFTER:
            letters.write_letters(session, _of_event(session, editions, channels, event, now), now)
    read = found[-1].position or 0 if found else place
    letters.move_head(session, read if len(found) == limit else max(last, read))
    return len(found)


def write_of_expiry(
    session: Session,
    editions: Editions,
    channels: Collection[Channel],
    after_id: int,
    limit: int,
    now: datetime,
) -> Sequence[int]:
    """Look at up to `limit` members above `after_id` whose points may die soon, and write of each day once.

    How long ahead is the programme's to say (`expiring_days`); status that is not spent is left out.
    """
    ahead = timedelta(days=editions.at(now).programme.club.expiring_days)
    horizon = calendar.day_after(calendar.local_day(now, editions.zone) + ahead, editions.zone)
    found = ledger.due_members(session, after_id, limit, horizon)
    for member_id in found:
        member = members.by_id(session, member_id)
        way = _way_to(session, member, "expiring_soon", channels)
        if way is None or tiers.is_stopped(session, member_id):
            continue
        shown_now = balance_of(state_at(session, editions, member_id, now, now).after, editions, now)
        for unit in shown_now.units.values():
            if (letter := _of_expiry(session, editions, member_id, way, unit, horizon, now)) is not None:
                letters.write_letters(session, [letter], now)
    return found


def _of_event(
    session: Session, editions: Editions, channels: Collection[Channel], event: outbox.Message, now: datetime
) -> list[NewLetter]:
    kind, member = _OF_EVENTS[event.kind], members.by_id(session, event.member_id)
    way = _way_to(session, member, kind, channels)
    if way is None or event.body.get("reason") == _WITH_JOINING:
        return []
    facts = (_tier if kind == "tier_changed" else _spent)(editions, event, now)
    # What was spent without the member's knowing is told at once, whatever the hour.
    due_at = now if kind == "spent" else letters.daytime(now, editions.zone)
    return [NewLetter(member.member_id, kind, way, ids.to_text(event.event_id), facts, due_at)]


def _way_to(session: Session, member: Member, kind: Kind, channels: Collection[Channel]) -> Channel | None:
    """The way that a letter of that kind goes to a member; None for who may not act, or does not want it."""
    if not members.may(member.state, "serve") or kind in member.unwanted_letters:
        return None
    known = members.contacts_of(members.person_of(session, member.member_id))
    return next((way for way in letters.CHANNELS if way in known and way in channels), None)


def _tier(editions: Editions, event: outbox.Message, now: datetime) -> dict[str, Any]:
    code, until = event.body["after"], event.body["until"]
    last = calendar.last_day_before(datetime.fromisoformat(until), editions.zone) if until else None
    return {
        "tier": dict(editions.at(now).programme.ladder.tier(code).name) if code else None,
        "last_day": last.isoformat() if last else None,
    }


def _spent(editions: Editions, event: outbox.Message, now: datetime) -> dict[str, Any]:
    units, others = editions.at(now).programme.units, event.body.get("pooled", 0)
    return {
        "units": [
            {"name": dict(units[unit].name), "points": shown(points + others, units[unit].decimals)}
            for unit, points in sorted(event.body["units"].items())
        ],
        "at": event.booked_at.astimezone(editions.zone).isoformat(timespec="minutes"),
        "passed_on": event.kind == _PASSED_ON,
        "by_household": event.kind == _POOLED,
    }


def _of_expiry(
    session: Session,
    editions: Editions,
    member_id: int,
    way: Channel,
    held: UnitBalance,
    horizon: datetime,
    now: datetime,
) -> NewLetter | None:
    """A letter of the days of one unit that no letter told of yet, the next ones first."""
    told = letters.last_told_day(session, member_id, "expiring_soon", held.unit) or calendar.BEGINNING.date()
    soon = [one for one in held.expiring if one.expires_at <= horizon and one.last_day > told][:_MOST_DAYS]
    if not soon or not held.spendable:
        return None
    facts = {
        "name": dict(editions.at(now).programme.units[held.unit].name),
        "days": [[one.last_day.isoformat(), shown(one.points, held.decimals)] for one in soon],
    }
    about = f"{held.unit} {soon[-1].last_day.isoformat()}"
    return NewLetter(member_id, "expiring_soon", way, about, facts, letters.daytime(now, editions.zone))
