"""Law 12: the measure and the tier of every term, worked out anew from raw entries (T1-T6, T8, T10)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import INSTANT, local_day, name_of, told
from tests.proofs.judging.ladder import Ladder
from tests.proofs.judging.life import SKEW, Life, Row

OF_TIERS = (
    "points.paid_for_tier",
    "points.forfeited",
)  #: booked after the measure, before the term it is for


class History:
    """The entries of a member in the order in which they were booked, as their events say."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.events = life.outbox_message
        self._turns: dict[str, list[tuple[float, Row]]] = {}
        for unit, entries in life.entries.items():
            last = 0.0
            for row in entries:
                turn = life.turns.get(row.op_id)
                last = float(turn) if turn is not None else last + 1e-6  # a hold's end is no news
                self._turns.setdefault(unit, []).append((last, row))

    def before(self, unit: str, turn: float) -> Iterator[Row]:
        """The entries of a unit that were booked before an event."""
        return (row for at, row in self._turns.get(unit, ()) if at < turn)

    def turns_of(self, term: Row, change: Row | None) -> list[float]:
        """Before which events a term may have been decided: known where its change of tier was told."""
        if change is not None:
            seq = change.seq
            while seq > 1 and self._is_of(self.events[seq - 2], term):
                seq -= 1
            return [seq, seq - 0.5]
        places = range(1, len(self.events) + 2)
        if not self.life.is_orderly:
            return [float(place) for place in places]
        return [float(place) for place in places if self._brackets(place, term.booked_at)]

    def _is_of(self, event: Row, term: Row) -> bool:
        """Whether an event tells of points that a term took as it began."""
        head = self.life.named.get(event.body.get("operation"))
        return event.kind in OF_TIERS and head is not None and head.happened_at == term.from_at

    def _brackets(self, place: int, at: datetime) -> bool:
        earlier = place < 2 or self.events[place - 2].booked_at <= at + SKEW
        return earlier and (place > len(self.events) or self.events[place - 1].booked_at >= at - SKEW)


def judge(court: Court, life: Life) -> None:
    """Every term of one member."""
    if not life.member or not life.term:
        return
    history = History(life)
    changes = iter([row for row in life.outbox_message if row.kind == "tier.changed"])
    before: Row | None = None
    for row in life.term:
        changed = row.tier != (before.tier if before is not None else None)
        change = next(changes, None) if changed else None
        if court.editions.number(row.edition) is not None and isinstance(row.evidence, Mapping):
            _evidence(court, life, row, before)
        if court.editions.number(row.edition) is not None and not life.kin:  # by what two have earned
            _measure(court, history, row, before, change)
            _seen(court, history, row, before, change)
            _verdict(court, row, before)
        if row.measured is not None and row.reason != "resumed" and not life.kin:
            _measuring_day(court, history, row)
        before = row


def shown(
    court: Court, history: History, ladder: Ladder, day: date, turn: float, *, review: bool
) -> dict[str, int]:
    """What the counters of points show on a day, by the entries booked before an event."""
    life, figures = history.life, {}
    joined = local_day(life.member[0].enrolled_at, court.editions.zone)
    for counter in ladder.counters:
        if counter.unit is None:
            continue
        rows = history.before(counter.unit, turn)
        if counter.window is None:
            figures[counter.code] = sum(row.points for row in rows)
        else:
            figures[counter.code] = earned(rows, *counter.days(day, joined, review=review))
    return figures


def _days(court: Court, life: Life, row: Row, before: Row | None) -> list[tuple[date, bool]]:
    """On which days a term may have been measured, and whether as a review."""
    zone = court.editions.zone
    eve = local_day(row.from_at - INSTANT, zone)
    if row.reason == "review":
        return [(eve, True)]
    if row.reason == "lift" and before is not None and before.lifts_at == row.from_at:
        return [(eve, False)]
    days = [(local_day(row.from_at, zone), False), (local_day(row.booked_at, zone), False)]
    if row.reason == "resumed":
        for earlier in life.term:
            end = earlier.until_at
            while end is not None and end <= row.booked_at:
                days.append((local_day(end - INSTANT, zone), True))
                end = court.editions.at(end).ladder.end(end, zone, after_review=True)
    return days


def _measure(court: Court, history: History, row: Row, before: Row | None, change: Row | None) -> None:
    stored = row.evidence.get("measure")
    ladder = _ladder(court, row)
    points = {
        code: n for code, n in (stored or {}).items() if code in {c.code for c in ladder.counters if c.unit}
    }
    kept = before.measured if row.reason == "review" and before is not None else None
    if kept is not None and kept.keys() == (stored or {}).keys():
        court.same("T7", row, "the measure", stored, kept)
        return
    due = []
    for turn in history.turns_of(row, change):
        for day, review in _days(court, history.life, row, before):
            figures = shown(court, history, ladder, day, turn, review=review)
            if figures == points:
                _terms_held(court, row, before, ladder, figures)
                return
            due.append(figures)
    unique = [one for place, one in enumerate(due) if one not in due[:place]]
    court.breach("12", row, f"the measure is stored as {points}, and entries come to {unique[:5]}")


def _seen(court: Court, history: History, row: Row, before: Row | None, change: Row | None) -> None:
    """The last entries that a term names are those booked before it, and make its measure (T10)."""
    if row.reason == "resumed":
        return
    ladder, life, stored = _ladder(court, row), history.life, row.evidence.get("entries") or {}
    units = {counter.unit for counter in ladder.counters if counter.unit}
    court.same("T10", row, "units whose entries it had seen", set(stored), units)
    turns = history.turns_of(row, None) if change is None else [change.seq, change.seq - 0.5]
    for unit in units & stored.keys():
        due = {sum(1 for _ in history.before(unit, turn)) for turn in turns}
        court.holds("T10", row, stored[unit] in due, f"{stored[unit]} entries of {unit}, and not {due}")
    if row.reason == "review" and before is not None and before.measured is not None:
        return
    joined, measure = local_day(life.member[0].enrolled_at, court.editions.zone), row.evidence["measure"]
    for counter in ladder.counters:
        if counter.unit in stored and counter.window is not None:
            there = [
                entry for entry in life.entries.get(counter.unit, []) if entry.seq <= stored[counter.unit]
            ]
            due = {
                earned(there, *counter.days(day, joined, review=review))
                for day, review in _days(court, life, row, before)
            }
            told_is = measure.get(counter.code)
            court.holds("T10", row, told_is in due, f"{counter.code} is {told_is}, its entries come to {due}")


def earned(rows: Iterable[Row], first: date, last: date) -> int:
    """What entries count on the days of a window."""
    return sum(row.points for row in rows if row.counts_on is not None and first <= row.counts_on <= last)


def _ladder(court: Court, row: Row) -> Ladder:
    edition = court.editions.number(row.edition)
    assert edition is not None
    ladder: Ladder = edition.ladder
    if row.reason == "resumed":  # reviewed, it may be, by editions that were in force while it slept
        for other in court.editions.items:
            if other.ladder.bars == row.evidence.get("bars"):
                return other.ladder
    return ladder


def _terms_held(court: Court, row: Row, before: Row | None, ladder: Ladder, figures: dict[str, int]) -> None:
    if row.reason == "resumed":
        return
    for counter in ladder.counters:
        if counter.terms_held is not None:
            ran = (before.evidence.get("measure", {}) if before is not None else {}).get(counter.code, 0)
            if row.reason == "review" and before is not None:
                ran = ran + 1 if ladder.at_bars(counter.terms_held, before.tier, figures) else 0
            stored = row.evidence["measure"].get(counter.code)
            court.same("12", row, f"terms counted by {counter.code}", stored, ran)


def _verdict(court: Court, row: Row, before: Row | None) -> None:
    """The tier is what the measure makes of the one before it."""
    ladder, measure = _ladder(court, row), row.evidence.get("measure") or {}
    held = before.tier if before is not None else None
    if ladder.rank(held) < 0 or row.reason in ("by_hand", "imported", "resumed"):
        return
    due = ladder.reviewed(held, measure) if row.reason in ("review", "fall") else ladder.lifted(held, measure)
    court.same("12", row, "tier", row.tier, due)


def _measuring_day(court: Court, history: History, row: Row) -> None:
    edition = court.editions.at(row.from_at)
    at = edition.ladder.measured_at(row.from_at, row.until_at, court.editions.zone)
    if at is None or row.measured_booked_at is None:
        return
    ladder = court.editions.at(at).ladder
    day = local_day(at - INSTANT, court.editions.zone)
    units = {counter.code for counter in ladder.counters if counter.unit}
    stored = {code: points for code, points in row.measured.items() if code in units}
    probe = Row(table="term", keys=row.keys, booked_at=row.measured_booked_at)
    due = [shown(court, history, ladder, day, turn, review=True) for turn in history.turns_of(probe, None)]
    court.holds("T7", row, stored in due, f"measured is {stored}, and entries come to {due[:3]}")


def _evidence(court: Court, life: Life, row: Row, before: Row | None) -> None:
    """The bars, the price and the contributions that a term keeps."""
    kept: Mapping[str, Any] = row.evidence
    bars = [edition.ladder.bars for edition in court.editions.items]
    own = bars[row.edition - 1 : row.edition] if row.reason != "resumed" else bars
    court.holds("T3", row, kept.get("bars") in own, f"bars are {kept.get('bars')}, and should be {own}")
    if (price := kept.get("price")) is not None:
        lines = life.lines.get((price["operation"], price["unit"]), [])
        lots = [[line.expires_on.isoformat(), line.kind, -line.points] for line in lines]
        court.same("T4", row, "what it cost", price["lots"], lots)
        court.same("T4", row, "what took the price", life.kind(price["operation"]), "tier_price")
    for line in kept.get("contributions", []):
        name = line["operation"]
        op_id = name if isinstance(name, int) else None
        head = life.operations.get(op_id) if op_id is not None else life.named.get(name)
        if (
            court.holds("T3", row, head is not None, f"its evidence names operation {name}")
            and head is not None
        ):
            court.same("T3", row, "when a contribution happened", line["happened_at"], told(head.happened_at))
    if row.reason == "by_hand":
        given = (name_of(life.member_id), row.booked_at, row.tier, row.until_at, row.protected)
        court.totals["given"][given] += 1
    if (resumes := kept.get("resumes")) is not None:
        court.holds("T10", row, 1 <= resumes < row.term_no, f"it carries on term {resumes}")
    if "since" in kept:
        anew = before is None or row.reason == "review"
        due = told(row.from_at) if anew else (before.evidence.get("since") or told(before.from_at))
        if row.reason != "resumed":
            court.same("T3", row, "since when points are its own", kept["since"], due)
