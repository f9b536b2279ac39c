"""The letters that may go now, each with who reads it: where to, and in which language."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import letters, members
from loyalty.letters import Letter
from loyalty.members import Member


@dataclass(frozen=True, slots=True)
class ToSend:
    """A letter that is due. `address` is None where it must not go: then `why` says it."""

    letter: Letter
    address: str | None
    locale: str | None
    why: str = ""


def to_send(session: Session, channels: Collection[str], now: datetime, limit: int) -> Iterator[ToSend]:
    """Up to `limit` letters that are due by these ways, locked, judged as their members are now.

    A notice of security goes to all but the dead and those who left, while its link works; any other only to
    who may act, wants it still, can be reached that way, and while it is news.
    """
    for letter in letters.due_letters(session, channels, now, limit):
        member = members.by_id(session, letter.member_id)
        known = members.contacts_of(members.person_of(session, letter.member_id))
        address = letter.to_address or known.get(letter.channel)
        why = _why_not(letter, member, now) or ("" if address else "no such contact any more")
        yield ToSend(letter, None if why else address, member.locale, why)


def _why_not(letter: Letter, member: Member, now: datetime) -> str:
    is_notice = letter.kind not in letters.UNWANTABLE
    if not members.may(member.state, "warn" if is_notice else "serve"):
        return "the member may not act"
    if not is_notice and letter.kind in member.unwanted_letters:
        return "not wanted any more"
    over = letter.created_at <= now - letters.LIFE if is_notice else letter.due_at < now - letters.STALE_AFTER
    return "too late" if over else ""
