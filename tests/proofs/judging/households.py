"""M8: what a household spends together stands in every giver's books, in one household, within the month."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import local_day, millisecond, name_of, number_of
from tests.proofs.judging.life import SKEW, Life, Row

SHARED = {"pool_out": "redeem", "pool_back": "reverse"}  #: a share, and what somebody asked for
MONTH = 7


def shares_of(row: Row) -> list[list[Any]]:
    """Who else paid an operation, or gets it back, and how much, as whoever asked tells it."""
    return list((row.reasons or {}).get("pool", ()))


def pooled(row: Row) -> int:
    """What others paid of it."""
    return sum(points for _, points in shares_of(row))


def judge(court: Court, life: Life) -> None:
    """One member: their seats, what they asked for, what they gave."""
    seats = sorted(life.household_seat, key=lambda seat: seat.seat_id)
    for seat in seats:
        court.same("N7", seat, "asked_at in milliseconds", millisecond(seat.asked_at), seat.seat_id >> 21)
        agreed, left = seat.agreed_at or seat.asked_at, seat.left_at or seat.agreed_at or seat.asked_at
        court.holds("M8", seat, seat.asked_at <= agreed <= left, f"agreed to at {agreed}, over at {left}")
        court.same("M8", seat, "agreed", seat.agreed_how is not None, seat.agreed_at is not None)
        court.same("M8", seat, "over", seat.left_how is not None, seat.left_at is not None)
    for before, after in pairwise(seats):
        over = before.left_at is not None and before.left_at <= after.asked_at + SKEW
        court.holds("M8", after, over, f"the one before it is over at {before.left_at}")
    if life.erased_at or (life.member and life.member[0].state in ("left", "deceased")):
        is_open = [seat.place for seat in seats if seat.left_at is None]
        court.same("M8", f"member member_id={life.member_id}", "open seats of who has gone", is_open, [])
    given: dict[tuple[str, str], int] = {}
    for row in sorted(life.operation, key=lambda one: one.op_id):
        if row.kind in ("redeem", "reverse"):
            _asked(court, life, row)
        elif row.kind in SHARED:
            _shared(court, life, row, given)


def _asked(court: Court, life: Life, row: Row) -> None:
    units = [part.unit for part in life.parts.get(row.op_id, [])]
    for name, points in shares_of(row):
        court.holds("M8", row, points > 0, f"{name} pays {points}")
        fact = (row.op_id, row.kind, number_of(name), life.member_id, *units, points)
        court.totals["shares"][fact] += 1
    if shares_of(row) and row.kind == "redeem":
        _in_a_household(court, life, row)


def _shared(court: Court, life: Life, row: Row, given: dict[tuple[str, str], int]) -> None:
    asker = number_of((row.reasons or {}).get("with"))
    court.holds("M8", row, asker != life.member_id, "it is a share of their own")
    for part in life.parts.get(row.op_id, []):
        fact = (row.op_id, SHARED[row.kind], life.member_id, asker, part.unit, part.points)
        court.totals["shares"][fact] += 1
        if row.kind == "pool_out":
            _in_a_household(court, life, row)
            _of_a_month(court, life, row, part, given)


def _of_a_month(court: Court, life: Life, row: Row, part: Row, given: dict[tuple[str, str], int]) -> None:
    """The others spend no more of one member in a month than the edition of then says."""
    edition = court.editions.at(row.booked_at)
    month = local_day(row.booked_at, court.editions.zone).isoformat()[:MONTH]
    court.counters.add(f"pool:{part.unit}", name_of(life.member_id), month, 1, part.points)
    terms = ((edition.document.get("household") or {}).get("unit") or {}).get(part.unit)
    if not court.holds("M8", row, terms is not None, f"{part.unit} does not pool"):
        return
    most = int(
        Fraction(str(terms["others_month"])) * 10 ** edition.document["unit"][part.unit].get("decimals", 0)
    )
    due = given[part.unit, month] = given.get((part.unit, month), 0) + part.points
    court.holds("M8", row, due <= most, f"the others have spent {due} in {month}, {most} at most")


def _in_a_household(court: Court, life: Life, row: Row) -> None:
    """Whoever takes part has a seat that they agreed to; all the same household's."""
    at = {seat.household_id for seat in _seats_at(life, row.booked_at)}
    if court.holds("M8", row, at, "they had no seat then"):
        for one in at:
            court.totals["households"][row.op_id, one] += 1
        court.totals["takers"][row.op_id] += 1


def _seats_at(life: Life, at: datetime) -> Iterator[Row]:
    for seat in life.household_seat:
        since, until = seat.agreed_at, seat.left_at
        if since is not None and since <= at + SKEW and (until is None or at - SKEW <= until):
            yield seat


def judge_whole(court: Court) -> None:
    """Each share stands on both sides; all who took part shared one household."""
    for fact, sides in court.totals["shares"].items():
        where = f"operation op_id={fact[0]}"
        court.same("M8", where, f"sides that tell of {fact[1:]}", sides, 2)
    seats: dict[int, int] = {}
    for (op_id, _), times in court.totals["households"].items():
        seats[op_id] = max(times, seats.get(op_id, 0))
    for op_id, takers in court.totals["takers"].items():
        court.same("M8", f"operation op_id={op_id}", "takers of one household", seats[op_id], takers)
