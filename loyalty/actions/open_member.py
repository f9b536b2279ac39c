"""A colleague opens a member, with a reason, or sees one beside another: lines in the chain of acts."""

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.actions.keep_words import keep_words
from loyalty.actions.tell_news import hold_still
from loyalty.errors import Invalid
from loyalty.ids import to_text
from loyalty.members import NOTE_MOST

Reason = Literal["visit", "call", "letter", "case", "check", "other"]
REASONS: tuple[Reason, ...] = get_args(Reason)


def open_member(session: Session, member_id: int, reason: str, words: str, by: str, now: datetime) -> None:
    """Write down why a colleague opens a member; their own words, if any, are kept as a note.

    Raises NotFound, for whoever was forgotten, too; Invalid for a reason that there is none of, for one of
    another kind without words, and for too many words.
    """
    text = words.strip()
    if reason not in REASONS:
        raise Invalid(fields={"reason": "must be one of " + ", ".join(REASONS)})
    if len(text) > NOTE_MOST or (reason == "other" and not text):
        raise Invalid(fields={"words": f"must be of 1 to {NOTE_MOST} characters"})
    hold_still(session, member_id)
    content: dict[str, object] = {"reason": reason}
    if text:
        content |= keep_words(session, member_id, "general", text, by, now)
    acts.record(session, now, actor=by, kind="member.opened", subject=to_text(member_id), content=content)


def compare_members(session: Session, member_id: int, other: int, by: str, now: datetime) -> None:
    """Write down that a colleague who opened a member sees what `other` has, too. Raises NotFound."""
    members.person_of(session, other)
    told = {"with": to_text(member_id)}
    acts.record(session, now, actor=by, kind="member.compared", subject=to_text(other), content=told)
