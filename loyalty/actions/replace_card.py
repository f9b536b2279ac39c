"""A card is lost, damaged or stolen: a new one speaks for the member, the old one for nobody (M2)."""

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.tell_news import hold_still
from loyalty.decide.programme import Editions
from loyalty.errors import AlreadyMerged, NotFound
from loyalty.ids import to_text
from loyalty.members import Reason


def replace_card(
    session: Session,
    editions: Editions,
    member_id: int,
    reason: Reason,
    *,
    asking: Asking,
) -> bool:
    """End the active card, blocked or not, and issue another, once. Says whether it is a replay.

    Raises NotFound when there is no member or no card; CardBlocked when the member may not act;
    AlreadyMerged; KeyMissing, KeyReused.
    """
    now = asking.now

    def replace() -> Told:
        hold_still(session, member_id)
        member = members.locked(session, member_id)
        if member.merged_into is not None:
            raise AlreadyMerged  # the survivor's card is replaced
        members.check(member.state, "replace_card")
        old = members.active_card(session, member_id)
        if old is None:
            raise NotFound
        members.end_card(session, member, old, reason, now)
        members.issue_card(session, member, editions.at(now).programme.club.card_prefix, now)
        name, why = to_text(member_id), {"reason": reason}
        acts.record(session, now, actor=asking.client, kind="card.replaced", subject=name, content=why)
        return Told({"member_id": name}, member_id)

    content = {"member_id": to_text(member_id), "reason": reason}
    _, replayed = once(session, Wish("replace_card", asking, None, content), replace)
    return replayed
