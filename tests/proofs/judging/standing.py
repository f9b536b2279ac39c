"""Law 12: terms follow one another without a gap, each ends as promised, and the standing is the last one."""

from datetime import datetime

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import local_day, millisecond, name_of, start_of
from tests.proofs.judging.ladder import Ladder
from tests.proofs.judging.life import Life, Row

REASONS = ("joined", "lift", "review", "fall", "by_hand", "resumed", "imported", "merged")


def judge(court: Court, life: Life) -> None:
    """The terms of one member, and the standing."""
    if not life.member:
        return
    where = f"standing member_id={life.member_id}"
    if not court.holds("12", where, len(life.standing) == 1 and life.term, "no standing, or no term"):
        return
    terms = life.term
    for number, row in enumerate(terms, start=1):
        court.same("T3", row, "term_no", row.term_no, number)
        before = terms[number - 2] if number > 1 else None
        following = terms[number] if number < len(terms) else None
        _ends(court, row, following)
        _begins(court, life, row, before)
        _lasts(court, life, row, before)
        _waits(court, life, row, following)
        _measured(court, row)
    _stands(court, life.standing[0], terms[-1])
    _stopped(court, life, life.standing[0])


def _ends(court: Court, row: Row, following: Row | None) -> None:
    due = (following.from_at, following.booked_at) if following is not None else (None, None)
    court.same("T3", row, "ended_at and end_booked_at", (row.ended_at, row.end_booked_at), due)
    if row.until_at is not None:
        court.holds("T3", row, row.until_at > row.from_at, f"it ends at {row.until_at}")
        if row.ended_at is not None:
            court.holds("T3", row, row.ended_at <= row.until_at, f"it lasted until {row.ended_at}")
    court.same("T3", row, "whether it has an end", row.until_at is not None, row.tier is not None)


def _begins(court: Court, life: Life, row: Row, before: Row | None) -> None:
    court.holds("T3", row, row.reason in REASONS, f"reason is {row.reason!r}")
    first = row.reason in ("joined", "imported")
    court.same("T3", row, "whether it is the first", first, before is None)
    edition = court.editions.number(row.edition)
    if not court.holds("T3", row, edition is not None, f"there is no edition {row.edition}"):
        return
    assert edition is not None
    court.holds("T3", row, edition.ladder.rank(row.tier) >= 0, f"edition {row.edition} has no {row.tier}")
    in_force = row.booked_at if row.reason in ("imported", "resumed") else row.from_at
    if row.reason == "merged":  # by the edition of the term that went on
        return
    if before is None or row.from_at != before.from_at:  # a clock set back begins a term where the last began
        court.same("T3", row, "edition", row.edition, court.editions.at(in_force).number)
    court.same("T3", row, "protected", row.protected and row.reason not in ("by_hand", "resumed"), False)
    if row.reason in ("joined", "imported"):
        joined = life.member[0].enrolled_at
        arrived = any(claim.scope == "import" for claim in life.claim)
        court.holds(
            "T3", row, row.booked_at == joined or arrived, f"booked at {row.booked_at}, joined at {joined}"
        )
        if row.reason == "joined":
            court.same("T3", row, "from_at", row.from_at, row.booked_at)
    elif row.reason == "review" and before is not None:
        court.same("T6", row, "from_at", row.from_at, before.until_at)
    if before is not None:
        court.holds("T3", row, row.from_at >= before.from_at, f"it begins before term {before.term_no}")
    if row.reason in ("by_hand", "resumed") and before is not None:
        court.same("T3", row, "from_at", row.from_at, max(row.booked_at, before.from_at))


def _lasts(court: Court, life: Life, row: Row, before: Row | None) -> None:
    edition, zone = court.editions.number(row.edition), court.editions.zone
    if edition is None or row.tier is None or row.until_at is None:
        return
    ladder: Ladder = edition.ladder
    if row.reason == "lift" and before is not None:
        at = min(row.from_at, row.booked_at)  # a clock set back turns no terms round
        due = {ladder.end_after_lift(before.until_at, at, zone)}
    elif row.reason == "review":
        due = {ladder.end(row.from_at, zone, after_review=True)}
    elif row.reason in ("joined", "fall"):
        due = {ladder.end(row.from_at, zone)}
    elif row.reason == "resumed":
        due = _resumed(court, life, row)
    else:
        return  # as it was told; the acts, and the claim, say so
    court.holds("T7", row, row.until_at in due, f"until_at is {row.until_at}, and should be {sorted(due)}")


def _resumed(court: Court, life: Life, row: Row) -> set[datetime]:
    """A term taken up again ends where it ended, or where the reviews end that it slept through."""
    ends = set()
    for earlier in life.term:
        end = earlier.until_at
        while earlier.term_no < row.term_no and end is not None and end not in ends:
            ends.add(end)
            ladder = court.editions.at(end).ladder
            end = ladder.end(end, court.editions.zone, after_review=True) if end <= row.booked_at else None
    return ends


def _waits(court: Court, life: Life, row: Row, following: Row | None) -> None:
    """A lift that waits for the next day."""
    zone, closed = court.editions.zone, row.lifts_closed_at
    if row.lifts_at is None:
        court.same("T4", row, "when a lift was booked or closed", (row.lifts_booked_at, closed), (None, None))
        return
    court.same("T4", row, "lifts_at, a midnight", start_of(local_day(row.lifts_at, zone), zone), row.lifts_at)
    booked = {one.booked_at for one in (*life.operation, *life.term)}
    court.holds("T4", row, row.lifts_booked_at in booked, f"a lift booked at {row.lifts_booked_at}")
    if closed is not None:
        court.holds("T4", row, closed >= row.lifts_at, f"closed at {closed}, before {row.lifts_at}")
    started = following is not None and following.reason == "lift" and following.from_at == row.lifts_at
    if started:
        court.same("T4", row, "lifts_closed_at", closed, following.booked_at)


def _measured(court: Court, row: Row) -> None:
    """What the measuring day showed is kept when it was over (T7)."""
    court.same("T7", row, "measured", row.measured is None, row.measured_booked_at is None)
    at = _measuring(court, row)
    if row.measured is None or row.reason == "resumed":
        return
    if court.holds("T7", row, at is not None, "measured, and no edition says so") and at is not None:
        court.holds("T7", row, row.measured_booked_at >= at, f"measured at {row.measured_booked_at}")


def _measuring(court: Court, row: Row) -> datetime | None:
    ladder = court.editions.at(row.from_at).ladder
    return ladder.measured_at(row.from_at, row.until_at, court.editions.zone)


def _stands(court: Court, row: Row, term: Row) -> None:
    for name in ("tier", "term_no", "until_at"):
        court.same("12", row, name, getattr(row, name), getattr(term, name))
    measures = None if term.measured is not None else _measuring(court, term)
    lifts = term.lifts_at if term.lifts_closed_at is None else None
    dues = [at for at in (measures, lifts, term.until_at) if at is not None]
    court.same("9", row, "due_at", row.due_at, min(dues, default=None))


def _stopped(court: Court, life: Life, standing: Row) -> None:
    """Whose books broke a law is stopped until an operator releases them."""
    open_at = [row.stopped_at for row in life.stop if row.released_at is None]
    court.same("12", standing, "stopped_at", [at for at in (standing.stopped_at,) if at is not None], open_at)
    due = []
    for row in life.stop:
        court.same("N7", row, "stopped_at in milliseconds", millisecond(row.stopped_at), row.stop_id >> 21)
        court.same("14", row, "released by somebody", row.released_by is None, row.released_at is None)
        name = name_of(life.member_id)
        court.totals["stops"][name, row.stopped_at, row.law, row.detail, None] += 1
        due.append(("account.stopped", row.stopped_at))
        if row.released_at is not None:
            court.totals["stops"][name, row.released_at, None, "", row.reason] += 1
            due.append(("account.released", row.released_at))
    events = [(row.kind, row.booked_at) for row in life.outbox_message if row.kind.startswith("account.")]
    court.same("13", standing, "stops that were told", sorted(events), sorted(due))


def pausing(court: Court, life: Life, unit: str, at: datetime) -> set[bool]:
    """Whether the tiers held at an instant, and just before it, let nothing of a unit die."""
    held = set()
    for term in life.term:
        until = term.ended_at
        if term.from_at <= at and (until is None or until >= at):
            told = court.editions.unit(term.edition, unit)
            held.add(told is not None and term.tier in told.paused_while)
    return held
