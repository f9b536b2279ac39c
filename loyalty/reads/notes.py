"""What staff noted of a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import members, tiers
from loyalty.errors import NotFound
from loyalty.members import MemberNote


@dataclass(frozen=True, slots=True)
class NoteView:
    """One note."""

    note_id: int
    kind: str
    words: str
    author: str
    written_at: datetime


def notes_shown(session: Session, member_id: int) -> Sequence[NoteView]:
    """The notes of a member, or of the survivor, the newest first.

    Raises NotFound, for whoever was forgotten, too.
    """
    member_id = members.current(session, member_id)
    stand = tiers.stand(session, member_id)
    if stand is None or stand.erased_at is not None:
        raise NotFound
    return [shown_note(one) for one in members.notes_of(session, member_id)]


def shown_note(one: MemberNote) -> NoteView:
    """A note as it is shown."""
    return NoteView(one.note_id, one.kind, one.words, one.author, one.written_at)
