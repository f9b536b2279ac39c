"""Households: staff give seats, each member agrees, anybody leaves, and who gives first is stated (M8)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, households, members
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.keep_words import keep_words
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.tell_news import hold_still
from loyalty.actions.turn import Why
from loyalty.decide.programme import Editions
from loyalty.errors import NoHousehold, NotPooled, OtherMembers
from loyalty.households import End, Seat
from loyalty.ids import to_text


def give_seat(
    session: Session,
    editions: Editions,
    member_id: int,
    beside: int | None,
    why: Why,
    *,
    by_document: bool,
    reference: str,
    asking: Asking,
) -> bool:
    """Staff give a member a seat in the household of another, or (None) in one of their own; once.

    They share once they agree on their page, at once where they showed a document (`by_document`). Whether
    that was done before. Raises NotPooled where the programme knows no households, NotFound, CardBlocked for
    who may not spend, NoHousehold, HouseholdTaken, HouseholdFull, SelfDealing, KeyReused.
    """
    now, terms = asking.now, editions.at(asking.now).programme.household

    def do(whose: int) -> Mapping[str, object]:
        if terms is None:
            raise NotPooled
        host = members.current(session, beside) if beside is not None else None
        if host is not None:
            keep_apart(session, asking.client, host)
        members.check(members.stands(members.locked(session, whose)), "spend")
        household = (
            households.set_up(session, asking.client, now)
            if host is None
            else households.needed_seat(session, host).household_id
        )
        seat = households.take_seat(session, household, whose, terms.most, asking.client, now)
        if by_document:
            households.agree(session, seat, "document", now)
        return {"household": to_text(household), "agreed": by_document}

    content = {"beside": beside, "by_document": by_document}
    return _by_staff(session, "household.asked", member_id, why, content, do, reference, asking)


def remove(session: Session, member_id: int, why: Why, *, reference: str, asking: Asking) -> bool:
    """Staff end a member's seat, once; whether that was done before. Raises NotFound, NoHousehold."""

    def do(whose: int) -> Mapping[str, object]:
        seat = households.needed_seat(session, whose)
        households.end(session, seat, "removed", asking.now)
        return {"household": to_text(seat.household_id)}

    return _by_staff(session, "household.removed", member_id, why, {}, do, reference, asking)


def state_order(
    session: Session,
    member_id: int,
    order: Sequence[int],
    *,
    reference: str,
    asking: Asking,
    by_member: bool = False,
) -> bool:
    """State whose points a member's household spends first, once; whether that was done before.

    Raises NotFound, NoHousehold, OtherMembers; where the member's own page asks StateForbids, and NoHousehold
    until they agreed.
    """

    def do() -> Told:
        whose = members.current(session, member_id)
        hold_still(session, whose)
        seat = _agreed(session, whose) if by_member else households.needed_seat(session, whose)
        households.lock(session, seat.household_id)
        if sorted(order) != sorted(one.member_id for one in households.seats(session, seat.household_id)):
            raise OtherMembers
        households.put_in_order(session, seat.household_id, order)
        if not by_member:
            keep_apart(session, asking.client, whose)
            _record(session, "household.ordered", whose, {"order": [to_text(one) for one in order]}, asking)
        return Told({"member_id": to_text(whose)}, whose)

    content = {"member": to_text(member_id), "order": list(order)}
    return once(session, Wish("household_order", asking, (reference,), content), do)[1]


def agree_to_share(session: Session, member_id: int, *, reference: str, asking: Asking) -> bool:
    """A member agrees on their page that the others spend their points, too; whether that was done before.

    Raises NotFound, NoHousehold, StateForbids, CardBlocked.
    """

    def do(seat: Seat) -> None:
        if seat.agreed_at is None:
            households.agree(session, seat, "page", asking.now)

    return _by_member(session, "household_agree", member_id, do, reference, asking)


def leave_household(session: Session, member_id: int, *, reference: str, asking: Asking) -> bool:
    """A member shares no more, from this instant, or does not begin to; whether that was done before.

    Raises NotFound, NoHousehold.
    """

    def do(seat: Seat) -> None:
        households.end(session, seat, "left" if seat.agreed_at is not None else "declined", asking.now)

    return _by_member(session, "household_leave", member_id, do, reference, asking)


def end_seat(session: Session, member_id: int, how: End, now: datetime) -> None:
    """Somebody locked has gone from the club: nobody spends their points any more."""
    seat = households.seat_of(session, member_id)
    if seat is not None:
        households.end(session, seat, how, now)


def hand_seat_on(session: Session, gone: int, stays: int, asking: Asking) -> None:
    """Whoever is merged leaves their seat to the survivor, who may have one already; both are locked (M6)."""
    seat = households.seat_of(session, gone)
    if seat is None:
        return
    if households.seat_of(session, stays) is None:
        households.hand_on(session, seat, stays, asking.client, asking.now)
    else:
        households.end(session, seat, "merged", asking.now)


def _agreed(session: Session, member_id: int) -> Seat:
    seat = households.needed_seat(session, member_id)
    members.check(members.stands(members.locked(session, member_id)), "change")
    if seat.agreed_at is None:
        raise NoHousehold
    return seat


def _by_member(
    session: Session,
    kind: str,
    member_id: int,
    do: Callable[[Seat], None],
    reference: str,
    asking: Asking,
) -> bool:
    def carry_out() -> Told:
        whose = members.current(session, member_id)
        hold_still(session, whose)
        members.check(members.stands(members.locked(session, whose)), "look")
        do(households.needed_seat(session, whose))
        return Told({"member_id": to_text(whose)}, whose)

    wish = Wish(kind, asking, (reference,), {"member": to_text(member_id)})
    return once(session, wish, carry_out)[1]


def _by_staff(
    session: Session,
    kind: str,
    member_id: int,
    why: Why,
    content: Mapping[str, object],
    do: Callable[[int], Mapping[str, object]],
    reference: str,
    asking: Asking,
) -> bool:
    """One act of staff on a member who is held still: once, apart from their own, noted and recorded."""

    def carry_out() -> Told:
        whose = members.current(session, member_id)
        hold_still(session, whose)
        keep_apart(session, asking.client, whose)
        told = {"reason": why.reason, **do(whose)}
        if why.note:
            told |= keep_words(session, whose, "state", why.note, asking.client, asking.now)
        _record(session, kind, whose, told, asking)
        return Told({"member_id": to_text(whose)}, whose)

    asked = {"member": to_text(member_id), "reason": why.reason, "note": why.note, **content}
    return once(session, Wish(kind.replace(".", "_"), asking, (reference,), asked), carry_out)[1]


def _record(session: Session, kind: str, whose: int, content: Mapping[str, Any], asking: Asking) -> None:
    name = to_text(whose)
    acts.record(session, asking.now, actor=asking.client, kind=kind, subject=name, content=content)
