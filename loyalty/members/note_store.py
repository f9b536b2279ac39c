"""The rows of notes: added by staff, never changed, gone with the person."""

from collections.abc import Collection, Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from loyalty.ids import new_id
from loyalty.members.models import MemberNote
from loyalty.tables import family


def add_note(
    session: Session, member_id: int, kind: str, words: str, author: str, now: datetime
) -> MemberNote:
    """Write down what somebody says of a member, with a salt of its own."""
    note = MemberNote(
        member_id=member_id,
        note_id=new_id(now),
        kind=kind,
        words=words,
        salt=token_hex(16),
        author=author,
        written_at=now,
    )
    session.add(note)
    session.flush()
    return note


def notes_of(session: Session, member_id: int) -> Sequence[MemberNote]:
    """What was written of a member, and of whoever was merged into them, the newest first."""
    mine = select(MemberNote).where(MemberNote.member_id.in_(family(member_id)))
    return session.scalars(mine.order_by(MemberNote.written_at.desc(), MemberNote.note_id.desc())).all()


def notes_by_id(session: Session, note_ids: Collection[int]) -> dict[int, MemberNote]:
    """Those of some notes that are there, by their ids."""
    return {
        note.note_id: note
        for note in session.scalars(select(MemberNote).where(MemberNote.note_id.in_(note_ids)))
    }


def forget_notes(session: Session, member_id: int) -> None:
    """Drop what was written of a member who is forgotten; the database refuses it for anybody else (M7)."""
    session.execute(delete(MemberNote).where(MemberNote.member_id == member_id))
