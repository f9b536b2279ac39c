"""A member changes a contact by themselves: the new one is proven, and signs them in; other devices end."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import access, members
from loyalty.actions.change_contact import change_contact
from loyalty.actions.sign_in_member import Proof
from loyalty.decide.programme import Editions
from loyalty.errors import CodeExpired, LoginTaken, MemberFrozen


def move_contact(
    session: Session,
    editions: Editions,
    member_id: int,
    session_id: int,
    proof: Proof,
    key: bytes,
    now: datetime,
) -> bool:
    """Let a member be reached and signed in by a contact that their browser proved; whether it is another.

    Whoever has proven it before and still has it keeps it: nobody's way in is taken from them. All sessions
    but `session_id` end. Raises CodeExpired, StateForbids, MemberFrozen, LoginTaken, NotFound.
    """
    kind, value = proof.contact.kind, proof.contact.value
    access.use_proof(session, proof.code_id, proof.browser, kind, value, key, now)
    changed = change_contact(session, editions, member_id, kind, value, now)
    member = members.locked(session, member_id)
    members.check(member.state, "change")
    if member.frozen_at is not None:
        raise MemberFrozen
    owner = access.login_of(session, kind, value, key)
    if owner not in (None, member_id) and owner in members.sharing(session, kind, value, doubted=True):
        raise LoginTaken
    access.take_login(session, member_id, kind, value, key, now, before=owner)
    access.end_sessions(session, member_id, now, but=session_id)
    return changed


def prove_again(
    session: Session, member_id: int, proof: Proof, secret: str, key: bytes, now: datetime
) -> None:
    """The browser with this secret has just proven a contact of its member. Raises CodeExpired."""
    contact = proof.contact
    access.use_proof(session, proof.code_id, proof.browser, contact.kind, contact.value, key, now)
    if members.reached_by(members.person_of(session, member_id)).get(contact.kind) != contact.value:
        raise CodeExpired
    access.note_session(session, secret, now, proven=True)
