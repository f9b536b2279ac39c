"""Sales on their way into the books: together as far as they are ordinary, else one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.actions.earn import earn
from loyalty.actions.earn_together import Answer, Report, earn_together
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.api import guessing
from loyalty.api.auth import caller, language, speaks_for
from loyalty.api.carrying import carry, carry_for_till, with_print
from loyalty.api.gathering import Gathering
from loyalty.api.idempotency import header_key
from loyalty.api.quotes import QUOTES
from loyalty.db import PATIENCE_SECONDS, Books, carry_out
from loyalty.decide.programme import Editions
from loyalty.errors import Busy, Refusal
from loyalty.guard import BooksDisturbed
from loyalty.rooms import rooms
from loyalty.sales import Purchase
from loyalty.stops import carry_or_stop

Told = tuple[Bearer, Purchase]
_GATHERINGS = "loyalty_sales"
QUEUE_PATIENCE_SECONDS = 0.1  #: how long a group waits whose sales are all of one card


@dataclass(frozen=True, slots=True)
class _Sale:
    """A sale, and the language of the till that tells of it."""

    report: Report
    language: str


def book_sale(told: Told) -> Answer:
    """Book a sale that a till tells now; what the till hears, and whether it was told before."""
    bearer, fact = told
    asking = Asking(caller().client, header_key(), rooms().clock.now())
    gathering: Gathering[_Sale, Answer] = current_app.extensions[_GATHERINGS][caller().books]
    booked = gathering.carry(_Sale(Report(bearer, fact, asking), language()))
    if booked is not None:
        return booked
    secrets = rooms().settings.keys_for(QUOTES)
    return carry_for_till(
        lambda session, editions, asking: _booked(session, editions, Report(bearer, fact, asking), secrets)
    )


def book_together(lines: Sequence[tuple[Any, Told]]) -> list[dict[str, Any]]:
    """Book the first of these lines of a batch, as far as they are ordinary; the outcome of each."""
    if caller().mode == "test":  # cards of rehearsals meet with trouble
        return []
    try:
        guessing.refuse_locked()
    except Refusal:
        return []
    asking, own = Asking(caller().client, None, rooms().clock.now()), list[_Sale]()
    for _, (bearer, fact) in lines:
        try:
            speaks_for(fact.receipt.store, fact.receipt.terminal)
        except Refusal:
            break
        own.append(_Sale(Report(bearer, fact, asking, offline=True), language()))
    return [_outcome(*done) for done in _together(caller().books, own)]


def book_line(told: Told) -> dict[str, Any]:
    """Book one line of a batch, whatever it is; its outcome. Raises Refusal."""
    bearer, fact = told
    secrets = rooms().settings.keys_for(QUOTES)

    def wish(session: Session, editions: Editions, asking: Asking) -> Answer:
        return _booked(session, editions, Report(bearer, fact, asking, offline=True), secrets)

    return _outcome(*carry(wish, keyed=False))


def gather(app: Flask) -> None:
    """Let tills that tell of sales at the same time be served together, in each of the books."""
    app.extensions[_GATHERINGS] = {books: Gathering(partial(_together, books)) for books in get_args(Books)}


def _together(books: Books, sales: Sequence[_Sale]) -> list[Answer]:
    """The answers of the first of these sales, as far as they are ordinary; one that is alone need not be."""
    room = rooms()
    secrets, now = room.settings.keys_for(QUOTES), room.clock.now()
    are_queue = len(sales) > 1 and len({sale.report.bearer.card for sale in sales}) == 1

    def book(session: Session) -> list[Answer]:
        editions = room.shelf.editions(session, now)
        reports = [sale.report for sale in sales]
        answers = earn_together(session, editions, reports, now, secrets, waiting=are_queue)
        if answers is None:
            return []
        if not answers and len(sales) == 1:
            answers = [_booked(session, editions, sales[0].report, secrets)]
        return [
            (with_print(editions, one, sale.language, replayed=again), again)
            for sale, (one, again) in zip(sales, answers, strict=False)
        ]

    try:
        if len(sales) == 1:
            return carry_or_stop(room, book, books)
        patience = QUEUE_PATIENCE_SECONDS if are_queue else PATIENCE_SECONDS
        return carry_out(book, patience_seconds=patience, books=books)
    except (BooksDisturbed, IntegrityError):
        return []  # one of them is not as it should be: told alone, it is known which
    except Busy:
        if are_queue:
            return []  # the first waits alone
        raise


def _booked(session: Session, editions: Editions, report: Report, secrets: Iterable[bytes]) -> Answer:
    return earn(
        session,
        editions,
        report.bearer,
        report.fact,
        asking=report.asking,
        quote_secrets=secrets,
        offline=report.offline,
    )


def _outcome(answer: dict[str, Any], replayed: bool) -> dict[str, Any]:
    if "review_id" in answer:
        return {"status": "quarantined", "review_id": answer["review_id"], "reason": answer["reason"]}
    said = {"purchase_id": answer["purchase_id"], "award": answer["award"]}
    return {"status": "replayed" if replayed else "created"} | said
