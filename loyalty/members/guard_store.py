"""The rows of what keeps points in, and of the letters that a member wants."""

from collections.abc import Collection
from datetime import datetime

from loyalty.members.guarding import PAUSE, SpendGuard
from loyalty.members.models import Member, Person


def spend_guard(member: Member) -> SpendGuard:
    """What keeps this member's points in."""
    return SpendGuard(member.spend_locked_at, member.frozen_at, member.spend_paused_until)


def lock_spending(member: Member, now: datetime) -> bool:
    """Keep a locked row's points in by the member's own wish; whether they were free of it before."""
    fresh = member.spend_locked_at is None
    member.spend_locked_at = member.spend_locked_at or now
    return fresh


def unlock_spending(member: Member) -> bool:
    """Take the member's own lock back; whether there was one. A freeze and a pause stay."""
    locked = member.spend_locked_at is not None
    member.spend_locked_at = None
    return locked


def freeze_spending(member: Member, written_at: datetime, now: datetime) -> bool:
    """Keep points in until the counter has seen the member; whether they were not frozen before.

    Contacts changed since the notice that was answered, written at `written_at`, sign nobody in until then.
    """
    fresh = member.frozen_at is None
    member.frozen_at = member.frozen_at or now
    member.frozen_since = min(member.frozen_since or written_at, written_at)
    return fresh


def unfreeze_spending(member: Member) -> bool:
    """The counter has seen the member; whether there was a freeze."""
    frozen = member.frozen_at is not None
    member.frozen_at = member.frozen_since = None
    return frozen


def pause_spending(member: Member, now: datetime) -> None:
    """Keep points in for a day from `now`, or for what is left of a pause that lasts longer."""
    until = now + PAUSE
    member.spend_paused_until = max(member.spend_paused_until or until, until)


def note_changed(person: Person, kinds: Collection[str], now: datetime) -> None:
    """Keep since when a person has these contacts, `phone` or `email`."""
    for kind in kinds:
        setattr(person, f"{kind}_since", now)


def want_letters(member: Member, unwanted: Collection[str]) -> None:
    """Keep which kinds of letters a member does not want."""
    member.unwanted_letters = sorted(set(unwanted))


def contacts_of(person: Person) -> dict[str, str]:
    """Where a person can be written to, `email` before `phone`; a kind that is not known is left out."""
    known = {"email": person.email, "phone": person.phone_e164}
    return {kind: value for kind, value in known.items() if value is not None}


def reached_by(person: Person) -> dict[str, str]:
    """The same in the one form that tells contacts apart, `phone` before `email`: where codes go."""
    known = {"phone": person.phone_e164, "email": person.email_key}
    return {kind: value for kind, value in known.items() if value is not None}
