"""The whole audit: every law that holds now, those of the ledger and those that join it to its neighbours."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from loyalty import ledger
from loyalty.law import Fault, Law, Look, at_ease
from loyalty.ledger import OperationRow as Operation
from loyalty.outbox import Message
from loyalty.reads.laws_of_ageing import DYING, ON_TIME
from loyalty.reads.laws_of_approvals import APPROVED
from loyalty.reads.laws_of_benefits import BOUGHT, ENTITLED, SEATED
from loyalty.reads.laws_of_claims import SPOKEN_FOR
from loyalty.reads.laws_of_erasure import ERASED
from loyalty.reads.laws_of_merges import MERGED
from loyalty.reads.laws_of_policies import POSITIONS
from loyalty.reads.laws_of_premiums import PREMIUMS
from loyalty.reads.laws_of_reviews import HELD
from loyalty.reads.laws_of_sales import AWARDED, CLAIMED, PAID, RETURNED
from loyalty.reads.laws_of_standing import NEWS_TOLD, STANDING, STOPPED
from loyalty.tiers import Stop, TermRow

LAWS: tuple[Law, ...] = (
    *ledger.LAWS,
    SPOKEN_FOR,
    DYING,
    ON_TIME,
    CLAIMED,
    RETURNED,
    AWARDED,
    PAID,
    HELD,
    APPROVED,
    POSITIONS,
    STANDING,
    STOPPED,
    NEWS_TOLD,
    PREMIUMS,
    ENTITLED,
    SEATED,
    BOUGHT,
    ERASED,
    MERGED,
)
CHUNK = 1000  #: members looked at together where only some are: their keys lead every index


def audit(
    session: Session, zone: ZoneInfo, members: Sequence[int] | None = None, laws: Sequence[Law] = LAWS
) -> Iterator[Fault]:
    """Every breach of every law, or those of some members; days begin at midnight in `zone`."""
    for look in looks(Look(session, zone), members):
        for law in laws:
            yield from law.faults(look)


def looks(look: Look, members: Sequence[int] | None) -> Iterator[Look]:
    """The one look at all, or (of some members) a look at each chunk of them."""
    if members is None:
        at_ease(look.session)
        yield look
        return
    for first in range(0, len(members), CHUNK):
        yield look.of(members[first : first + CHUNK])


def touched(session: Session, since: datetime) -> Sequence[int]:
    """The members of whom anything was booked since an instant, and those who are stopped, in order.

    Whoever writes past the application need not say when: what was changed so is found by a look at all.
    """
    operation, term, event = Operation, TermRow, Message
    changed = (
        select(operation.member_id).where(or_(operation.booked_at >= since, operation.imported_at >= since)),
        select(term.member_id).where(or_(term.booked_at >= since, term.end_booked_at >= since)),
        select(event.member_id).where(event.booked_at >= since),
        select(Stop.member_id).where(Stop.released_at.is_(None)),
    )
    return session.scalars(union(*changed).order_by("member_id")).all()
