"""A member's card is silenced, or may speak again (M2)."""

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.tell_news import hold_still
from loyalty.errors import NotFound
from loyalty.ids import to_text


def block_card(session: Session, member_id: int, *, blocked: bool, asking: Asking) -> bool:
    """Block the member's active card, or unblock it; an ended one stays dead. Says whether it is a replay.

    Carries a key although it creates nothing: a block that arrives late must not undo a later unblock.
    Raises NotFound when there is no member or no card; KeyMissing, KeyReused.
    """
    now, done = asking.now, "card.blocked" if blocked else "card.unblocked"

    def turn() -> Told:
        hold_still(session, member_id)
        member = members.locked(session, member_id)
        card = members.active_card(session, member_id)
        if card is None:
            raise NotFound
        if blocked:
            members.block(session, member, card, now)
        else:
            members.unblock(session, member, card)
        name = to_text(member_id)
        acts.record(session, now, actor=asking.client, kind=done, subject=name)
        return Told({"member_id": name}, member_id)

    kind = "block_card" if blocked else "unblock_card"
    wish = Wish(kind, asking, None, {"member_id": to_text(member_id)})
    _, replayed = once(session, wish, turn)
    return replayed
