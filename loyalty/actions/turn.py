"""What the turns of a member's life have in common: once, locked, with news, a note and an act (M9)."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.actions.keep_words import keep_words
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.tell_news import hold_still, tell_news
from loyalty.decide.outcome import Event
from loyalty.ids import to_text
from loyalty.members import Act, Member


@dataclass(frozen=True, slots=True)
class Why:
    """Why staff turn a member's state: a reason by its code, and their own words, which may be personal."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn led to: its news, what the chain of acts keeps of it, the operation that moved points."""

    events: Iterable[Event]
    content: dict[str, object] | None = None
    op_id: int | None = None


def turn(
    session: Session,
    act: Act,
    member_id: int,
    why: Why,
    done: str,
    do: Callable[[Member], Turned],
    *,
    reference: str,
    asking: Asking,
    heir: int | None = None,
) -> bool:
    """Carry out an act on a member, once for the client's reference; whether that was done before.

    Whoever was merged is the survivor (M6). `done` names it in the line of events and in the chain; whoever
    gets the points, the `heir`, is locked, too. Words are kept as a note, and gone with the person; the chain
    names the note and seals it. Raises NotFound, StateForbids, KeyReused.
    """
    now = asking.now

    def carry_out() -> Told:
        whose = members.current(session, member_id)
        ends = {whose, members.current(session, heir) if heir else whose}
        for one in members.merged_into(session, whose):  # their late facts lock them before the survivor
            hold_still(session, one)
        before = {one: hold_still(session, one) for one in sorted(ends)}[whose]  # in one order, everywhere
        member = members.locked(session, whose)
        members.check(members.stands(member), act)
        turned = do(member)
        member.version += 1
        session.flush()
        for event in (*turned.events, Event(done, {})):
            tell_news(session, before, event.kind, event.body, now)
        content = {"reason": why.reason} | (turned.content or {})
        if why.note:
            content |= keep_words(session, whose, "state", why.note, asking.client, now)
        name = to_text(whose)
        acts.record(session, now, actor=asking.client, kind=done, subject=name, content=content)
        return Told({"member_id": name, "state": member.state}, whose, turned.op_id)

    content = {"member": to_text(member_id), "why": asdict(why), "heir": heir}
    _, known = once(session, Wish(act, asking, (reference,), content), carry_out)
    return known
