"""Words that may be personal are kept as a note, and sealed in the chain of acts: they can go, not change."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.ids import to_text


def keep_words(
    session: Session, member_id: int, kind: str, words: str, by: str, now: datetime
) -> dict[str, object]:
    """Keep the words as a note of a member; what an act says of them: which note, and its seal."""
    note = members.add_note(session, member_id, kind, words, by, now)
    return {"note": to_text(note.note_id), "words": acts.sealed(words, note.salt or "")}
