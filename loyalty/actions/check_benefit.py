"""A place asks whether a member may have a visit of a benefit; nothing is written (B6)."""

from dataclasses import replace

from sqlalchemy.orm import Session

from loyalty import benefits
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer, check_may_act, member_of
from loyalty.benefits import Wanted
from loyalty.decide.entitled import Verdict
from loyalty.decide.programme import Editions
from loyalty.errors import CardBlocked, NotFound, PlaceForeign, PolicyForeign
from loyalty.reads.entitled import course_at, lost_bookings, verdict_of, with_all_terms
from loyalty.reads.snapshot import load


def check_benefit(
    session: Session, editions: Editions, bearer: Bearer, wanted: Wanted, place: str | None, *, asking: Asking
) -> Verdict:
    """What is left, and everything that speaks against it. A code is looked at and not used up.

    Raises CardUnknown, CodeUnknown, NotFound, BenefitUnknown.
    """
    now = asking.now
    there = benefits.place(session, place) if place is not None else None
    visit = replace(wanted, place=there)
    member_id = member_of(session, bearer, now)
    try:
        check_may_act(session, bearer, member_id, now)
        snapshot = with_all_terms(session, load(session, editions, member_id, now)[0])
    except CardBlocked as refusal:
        return Verdict(None, (refusal,))
    except NotFound:
        raise NotFound.at("member_id") from None
    gone = lost_bookings(session, course_at(editions, snapshot, now))
    course = course_at(editions, snapshot, max(visit.at, now))
    told = [one for one in benefits.uses(session, member_id, visit.benefit) if one not in gone]
    try:
        return verdict_of(session, course, visit, told, now)[1]
    except (PlaceForeign, PolicyForeign) as refusal:
        return Verdict(None, (refusal,))
