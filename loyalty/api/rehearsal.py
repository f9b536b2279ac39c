"""Rehearsing a till: with a key of the mode `test`, fixed card numbers always meet with the same trouble."""

import json
from threading import BoundedSemaphore
from typing import Any

from flask import Response, g, request

from loyalty import members
from loyalty.actions.once import Asking
from loyalty.actions.stand_in import stand_in
from loyalty.api.auth import caller
from loyalty.api.idempotency import REPLAYED
from loyalty.api.strict_json import MEDIA_TYPE
from loyalty.db import carry_out, reading
from loyalty.errors import Busy, CardBlocked, CardUnknown, InDebt
from loyalty.rooms import notes_itself, rooms

WORKS = "7000000000000019"
BLOCKED = "7000000000000024"
UNKNOWN = "7000000000000035"
IN_DEBT = "7000000000000043"  #: whoever spends with it hears so; it earns
BUSY = "7000000000000056"
LATE = "7000000000000081"  #: what is asked is done, and answered when the till has given up
LATE_SECONDS = 10.0
_OWED = 100
_SPENDING = ("/v1/holds", "/v1/redemptions")
_waiting = BoundedSemaphore(2)  # of this process's threads; the others serve


def begin() -> None:
    """Before a request of such a key: refuse what its card always refuses, or have a member for the card."""
    if request.method != "POST":
        return
    told = _told()
    if told is not None:
        meet(told)
        g.late = told.get("card") == LATE


def end(answer: Response) -> Response:
    """After it is done: keep the answer back, unless it was given before."""
    if notes_itself().get("late") and REPLAYED not in answer.headers and _waiting.acquire(blocking=False):
        try:
            rooms().clock.sleep(LATE_SECONDS)
        finally:
            _waiting.release()
    return answer


def meet(told: dict[str, Any]) -> None:
    """What the card in this JSON object always meets with; nothing for keys of other modes and other cards.

    Raises CardBlocked, CardUnknown, InDebt, Busy.
    """
    if caller().mode != "test":
        return
    card = told.get("card")
    if card == BLOCKED:
        raise CardBlocked
    if card == UNKNOWN:
        raise CardUnknown
    if card == BUSY:
        raise Busy
    if card == IN_DEBT and _spends(told):
        raise InDebt(debt=_OWED)
    if card in (WORKS, IN_DEBT, LATE):
        _have_member(str(card))


def _told() -> dict[str, Any] | None:
    """The JSON object that was sent; what is none is the route's own matter."""
    if request.mimetype != MEDIA_TYPE:
        return None
    try:
        told = json.loads(request.get_data(cache=True))
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _spends(told: dict[str, Any]) -> bool:
    tenders = told.get("tenders")
    kinds = (
        [tender.get("kind") for tender in tenders if isinstance(tender, dict)]
        if isinstance(tenders, list)
        else []
    )
    return request.path in _SPENDING or "points" in kinds


def _have_member(card: str) -> None:
    room, books = rooms(), caller().books
    try:
        with reading(books) as session:
            members.holder(session, card)
    except CardUnknown:
        asking, key = Asking("rehearsal", None, room.clock.now()), room.settings.identity_secret
        carry_out(
            lambda session: stand_in(
                session, room.shelf.editions(session, asking.now), card, asking=asking, identity_key=key
            ),
            books=books,
        )
