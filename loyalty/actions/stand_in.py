"""A member of the training books for whom a rehearsal's card speaks."""

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.enrol import enrol
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.members import Newcomer


def stand_in(
    session: Session, editions: Editions, number: str, *, asking: Asking, identity_key: bytes
) -> None:
    """Take a member in who holds this card; whoever asks again finds the same one."""
    newcomer = Newcomer(name="Rehearsal", references=(f"rehearsal-{number}",))
    member_id, replayed = enrol(session, editions, newcomer, asking=asking, identity_key=identity_key)
    if not replayed:
        members.adopt_card(session, members.locked(session, member_id), number, asking.now)
