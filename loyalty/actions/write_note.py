"""Staff write down what a later reader should know of a member; nobody changes it."""

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.actions.keep_words import keep_words
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.tell_news import hold_still
from loyalty.errors import Invalid
from loyalty.ids import from_text, to_text
from loyalty.members import NOTE_KINDS, NOTE_MOST


def write_note(
    session: Session, member_id: int, kind: str, words: str, *, reference: str, asking: Asking
) -> tuple[int, bool]:
    """Keep a note of a member, once for the client's reference; its id, and whether it was kept before.

    Of whoever was merged, it is the survivor's. The chain of acts names the note and seals its words, which
    are gone with the person. Raises NotFound, KeyReused; Invalid for a kind that there is none of, or for no
    words or too many.
    """
    text = words.strip()
    if kind not in NOTE_KINDS:
        raise Invalid(fields={"kind": "must be one of " + ", ".join(NOTE_KINDS)})
    if not 0 < len(text) <= NOTE_MOST:
        raise Invalid(fields={"words": f"must be of 1 to {NOTE_MOST} characters"})

    def write() -> Told:
        whose = members.current(session, member_id)
        hold_still(session, whose)
        told = keep_words(session, whose, kind, text, asking.client, asking.now) | {"kind": kind}
        name = to_text(whose)
        acts.record(session, asking.now, actor=asking.client, kind="note.written", subject=name, content=told)
        return Told({"note_id": told["note"]}, whose)

    content = {"member": to_text(member_id), "kind": kind, "words": text}
    answer, known = once(session, Wish("note", asking, (reference,), content), write)
    return from_text(str(answer["note_id"])) or 0, known
