"""A member's card: replaced, blocked, unblocked."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.actions.block_card import block_card
from loyalty.actions.once import Asking
from loyalty.actions.replace_card import replace_card
from loyalty.api.auth import needs
from loyalty.api.carrying import carry
from loyalty.api.idempotency import answering, etag, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.members import CardReplaceIn, MemberOut
from loyalty.decide.programme import Editions
from loyalty.reads.member import MemberView, member_view

cards = Resource("cards", "/members/<opaque:member_id>", "The cards that speak for members.")


@cards.route("/cards", methods=["POST"])
@needs("members:write")
@takes_key()
@cards.arguments(CardReplaceIn)
@cards.response(201, MemberOut)
def replace(told: dict[str, Any], member_id: int) -> Any:
    """Issue a new card; the old one is dead from now on."""

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[MemberView, bool]:
        replayed = replace_card(session, editions, member_id, told["reason"], asking=asking)
        return member_view(session, editions, member_id, asking.now), replayed

    view, replayed = carry(wish)
    return answering(view, 201, replayed=replayed, headers=etag(view.version))


@cards.route("/block", methods=["POST"])
@needs("members:write")
@takes_key()
@cards.response(200, MemberOut)
def block(member_id: int) -> Any:
    """Silence the card: it earns and spends nothing until it is unblocked."""
    return _turn(member_id, blocked=True)


@cards.route("/unblock", methods=["POST"])
@needs("members:write")
@takes_key()
@cards.response(200, MemberOut)
def unblock(member_id: int) -> Any:
    """Let a blocked card speak again."""
    return _turn(member_id, blocked=False)


def _turn(member_id: int, *, blocked: bool) -> Any:
    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[MemberView, bool]:
        replayed = block_card(session, member_id, blocked=blocked, asking=asking)
        return member_view(session, editions, member_id, asking.now), replayed

    view, replayed = carry(wish)
    return answering(view, 200, replayed=replayed, headers=etag(view.version))
