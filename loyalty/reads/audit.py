"""The whole audit: every law that holds now, those of the ledger and those that join it to its neighbours."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty import ledger
from loyalty.law import Fault, Law
from loyalty.reads.laws_of_ageing import DYING, ON_TIME
from loyalty.reads.laws_of_claims import SPOKEN_FOR
from loyalty.reads.laws_of_policies import POSITIONS
from loyalty.reads.laws_of_premiums import PREMIUMS
from loyalty.reads.laws_of_reviews import HELD
from loyalty.reads.laws_of_sales import AWARDED, CLAIMED, PAID, RETURNED
from loyalty.reads.laws_of_standing import NEWS_TOLD, STANDING

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
    POSITIONS,
    STANDING,
    NEWS_TOLD,
    PREMIUMS,
)


def audit(session: Session, zone: ZoneInfo) -> Iterator[Fault]:
    """Every breach of every law; days begin at midnight in `zone`."""
    for law in LAWS:
        yield from law.faults(session, zone)
