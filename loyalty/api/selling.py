"""Sales on their way into the books: together as far as they are ordinary, else one by one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.actions.earn import earn
from loyalty.actions.earn_together import Answer, Report, earn_together
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.api import guessing
from loyalty.api.auth import caller, speaks_for
from loyalty.api.carrying import carry, carry_for_till, with_print
from loyalty.api.idempotency import header_key
from loyalty.api.quotes import QUOTES
from loyalty.db import carry_out
from loyalty.errors import Refusal
from loyalty.guard import BooksDisturbed
from loyalty.rooms import rooms
from loyalty.sales import Purchase

Told = tuple[Bearer, Purchase]


def book_sale(told: Told) -> Answer:
    """Book a sale that a till tells now; what the till hears, and whether it was told before."""
    if together := _together([told], header_key(), offline=False):
        return together[0]
    bearer, fact = told
    secrets = rooms().settings.keys_for(QUOTES)
    return carry_for_till(
        lambda session, editions, asking: earn(
            session, editions, bearer, fact, asking=asking, quote_secrets=secrets
        )
    )


def book_together(lines: Sequence[tuple[Any, Told]]) -> list[dict[str, Any]]:
    """Book the first of these lines of a batch, as far as they are ordinary; the outcome of each."""
    if caller().mode == "test":  # cards of rehearsals meet with trouble
        return []
    try:
        guessing.refuse_locked()
    except Refusal:
        return []
    own = []
    for _, told in lines:
        try:
            speaks_for(told[1].receipt.store, told[1].receipt.terminal)
        except Refusal:
            break
        own.append(told)
    return [_outcome(*done) for done in _together(own, None, offline=True)]


def book_line(told: Told) -> dict[str, Any]:
    """Book one line of a batch, whatever it is; its outcome. Raises Refusal."""
    bearer, fact = told
    secrets = rooms().settings.keys_for(QUOTES)
    return _outcome(
        *carry(
            lambda session, editions, asking: earn(
                session, editions, bearer, fact, asking=asking, quote_secrets=secrets, offline=True
            ),
            keyed=False,
        )
    )


def _together(told: Sequence[Told], key: str | None, *, offline: bool) -> list[Answer]:
    """The answers of the first of these sales, as far as they are ordinary."""
    if not told:
        return []
    room = rooms()
    asking = Asking(caller().client, key, room.clock.now())
    reports = [Report(bearer, fact, asking, offline) for bearer, fact in told]
    secrets = room.settings.keys_for(QUOTES)

    def book(session: Session) -> list[Answer]:
        editions = room.shelf.editions(session, asking.now)
        answers = earn_together(session, editions, reports, asking.now, secrets)
        return [(with_print(editions, one, replayed=again), again) for one, again in answers]

    try:
        return carry_out(book, books=caller().books)
    except (BooksDisturbed, IntegrityError):
        return []  # one of them is not as it should be: told alone, it is known which


def _outcome(answer: dict[str, Any], replayed: bool) -> dict[str, Any]:
    if "review_id" in answer:
        return {"status": "quarantined", "review_id": answer["review_id"], "reason": answer["reason"]}
    said = {"purchase_id": answer["purchase_id"], "award": answer["award"]}
    return {"status": "replayed" if replayed else "created"} | said
