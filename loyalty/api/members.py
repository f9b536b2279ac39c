"""Members: join, look, look up, change."""

from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import Session

from loyalty.actions.change_member import change_member
from loyalty.actions.enrol import enrol
from loyalty.actions.erase import erase
from loyalty.actions.once import Asking
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, etag, if_match, takes_key, takes_version
from loyalty.api.resource import Resource
from loyalty.api.schemas.members import (
    FoundMemberOut,
    LookupIn,
    MemberChangeIn,
    MemberIn,
    MemberOut,
    TillMemberOut,
)
from loyalty.decide.programme import Editions
from loyalty.errors import Forbidden
from loyalty.members import Newcomer
from loyalty.reads.member import MemberView, found_member, member_view
from loyalty.rooms import rooms

members = Resource("members", "/members", "Who belongs to the club.")


@members.route("", methods=["POST"])
@needs("members:write")
@takes_key(required=False)
@members.arguments(MemberIn)
@members.response(201, MemberOut)
def join(newcomer: Newcomer) -> Any:
    """Take a person into the club.

    The first of `references` is the business key; without one, an Idempotency-Key is needed.
    """
    identity_key = rooms().settings.identity_secret

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[MemberView, bool]:
        member_id, replayed = enrol(session, editions, newcomer, asking=asking, identity_key=identity_key)
        return member_view(session, editions, member_id, asking.now), replayed

    view, replayed = carry(wish)
    return answering(view, 201, replayed=replayed, headers=etag(view.version))


@members.route("/<opaque:member_id>", methods=["GET"])
@needs("members:read")
@members.response(200, MemberOut)
def show(member_id: int) -> Any:
    """A member with card, tier and consents."""
    view = look(lambda session, editions, asking: member_view(session, editions, member_id, asking.now))
    return answering(view, 200, replayed=False, headers=etag(view.version))


@members.route("/<opaque:member_id>", methods=["PATCH"])
@needs("members:write")
@takes_version()
@members.arguments(MemberChangeIn)
@members.response(200, MemberOut)
def change(changes: dict[str, Any], member_id: int) -> Any:
    """Change contacts, address, locale or attributes, and add consents; null empties a field."""
    version = if_match()

    def wish(session: Session, editions: Editions, asking: Asking) -> MemberView:
        change_member(session, editions, member_id, version, changes, asking.now)
        return member_view(session, editions, member_id, asking.now)

    view = carry(wish)
    return answering(view, 200, replayed=False, headers=etag(view.version))


@members.route("/<opaque:member_id>", methods=["DELETE"])
@needs("members:write")
@takes_version()
@members.response(204)
def forget(member_id: int) -> None:
    """Forget the person, for ever: their points are forfeited, their data is gone, the books still balance.

    Refused while a hold is open. The core system's news of them is refused from then on.
    """
    version, identity_key = if_match(), rooms().settings.identity_secret
    carry(
        lambda session, editions, asking: erase(
            session, editions, member_id, version, asking=asking, identity_key=identity_key
        )
    )


@members.route("/lookup", methods=["POST"])
@needs("points:earn", "members:read")
@members.arguments(LookupIn)
@members.response(200, {"oneOf": [FoundMemberOut, TillMemberOut]})
def look_up(wanted: dict[str, str]) -> Response:
    """Find the member behind a card, a phone, an e-mail address or a reference.

    A key that may not read members gets the till's view, and may not ask by phone or e-mail.
    """
    who = caller()
    may_read = "members:read" in who.scopes
    if not may_read and ("phone" in wanted or "email" in wanted):
        raise Forbidden(needs=["members:read"])
    found = look(
        lambda session, editions, asking: found_member(session, editions, wanted, who.language, asking.now)
    )
    return jsonify((FoundMemberOut() if may_read else TillMemberOut()).dump(found))
