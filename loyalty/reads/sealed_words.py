"""The words that acts seal: each note says what it said, or is gone with its person."""

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy.orm import Session

from loyalty import acts, members, tiers
from loyalty.acts import Line
from loyalty.ids import from_text

_AT_ONCE = 500


def first_changed(session: Session) -> tuple[int, str] | None:
    """The first line whose note was changed or taken out since, and which; None where all are as written."""
    lines = acts.sealing(session)
    while some := list(islice(lines, _AT_ONCE)):
        for found in _changed(session, some):
            return found
    return None


def _changed(session: Session, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    names = [(from_text(str(line.content["note"])) or 0, from_text(line.subject) or 0) for line in lines]
    notes = members.notes_by_id(session, [note_id for note_id, _ in names])
    alive = set(tiers.alive(session, [member_id for _, member_id in names]))
    for line, (note_id, member_id) in zip(lines, names, strict=True):
        note = notes.get(note_id)
        if note is None and member_id in alive:
            yield line.seq, "sealed a note that is missing"
        if note is not None and acts.sealed(note.words, note.salt or "") != line.content["words"]:
            yield line.seq, "sealed a note that was changed after it was written"
