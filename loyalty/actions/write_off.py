"""Points whose day is over are written off for many members at once, where nothing else came due of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, literal, null, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty import ids, ledger, members, outbox, tiers
from loyalty.calendar import local_day
from loyalty.decide.ageing import die_alone
from loyalty.decide.course import NEWS
from loyalty.decide.programme import Editions
from loyalty.guard import BooksDisturbed
from loyalty.tables import AsDocument, Moment, id_text
from loyalty.tiers import Stand, Standing
from loyalty.writing import carry_together


def deaths_by(editions: Editions, now: datetime) -> ledger.Deaths:
    """Which lots are dead by now, by their day alone."""
    units = die_alone(editions)
    said = editions.at(now).programme.units
    oldest_first = [unit for unit in units if unit in said and said[unit].oldest_first]
    today = local_day(now, editions.zone)
    return ledger.Deaths(units, oldest_first, today, editions.zone, lambda at: editions.at(at).number)


def find_dying(
    session: Session, deaths: ledger.Deaths, stands: Sequence[Stand], now: datetime
) -> Mapping[int, int]:
    """Those of some locked members of whom nothing came due but that lots died; how many of each."""
    calm = [one.member_id for one in stands if one.due_at is None or one.due_at > now]
    return ledger.dying_alone(session, members.unmerged(session, calm), deaths, now) if calm else {}


def write_off(session: Session, deaths: ledger.Deaths, dying: Mapping[int, int], now: datetime) -> bool:
    """Write off what is dead of members whom `find_dying` found, and tell it.

    Says whether it could be: not where the books of one of them are broken.
    """
    lots = sum(dying.values())
    first_id, first_event = ids.first_of(lots, now), ids.first_of(lots, now)
    try:
        with session.begin_nested():
            off = ledger.to_write_off(session, dying, deaths, first_id, now)
            news, counted = outbox.adding_found(_news(off, first_event, now)), tiers.counting_events(off.done)
            *_, emptied = carry_together(session, [*off.added, news, counted, *off.changed], off.values)
            if emptied != lots:
                raise BooksDisturbed("2", f"{emptied} lots were dead where {lots} were found")
    except (IntegrityError, BooksDisturbed):
        return False
    return True


def _news(off: ledger.WritingOff, first_event: int, now: datetime) -> Select[Any]:
    """What is written off, an event an operation, as `Course.note` tells it."""
    row = off.done.c
    name = id_text(row.member_id) + "-" + id_text(row.op_id)
    units = literal('"units": {"') + row.unit + '": ' + cast(row.points, String) + "}"
    body = literal('{"operation": "') + name + '", ' + units + "}"
    return select(
        row.member_id,
        (Standing.event_seq + row.turn).label("seq"),
        (literal(first_event - 1, BigInteger) + row.place).label("event_id"),
        literal(NEWS["expire"]).label("kind"),
        AsDocument(body).label("body"),
        literal(now, Moment).label("booked_at"),
        null().label("position"),
    ).join(Standing, Standing.member_id == row.member_id)
