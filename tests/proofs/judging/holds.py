"""Law 6: holds; and promises, pending until the clock or an event opens them (P6, P7, P11)."""

from collections import Counter
from datetime import timedelta

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import death_of, local_day, start_of
from tests.proofs.judging.life import Life, Row

CLOSED_BY = {"captured": "capture", "voided": "void", "ended": "release", "merged": "hold_out"}
TAKEN_BY = ("hold", "hold_in")
STATES = ("pending", "opened", "taken_back", "superseded", "merged")


def judge(court: Court, life: Life) -> None:
    """Every hold and every promise of one member."""
    for row in life.hold:
        _hold(court, life, row)
    for row in life.operation:
        if row.kind in TAKEN_BY:
            court.holds("6", row, row.op_id in life.holds, "it took a hold that is not there")
        if row.kind == "open":
            found = len(life.opened.get(row.op_id, []))
            court.same("P11", row, "the number of promises it opened", found, 1)
    for row in life.pending:
        _promise(court, life, row)
    for op_id, rows in life.promises.items():
        _numbered(court, life, op_id, rows)


def _hold(court: Court, life: Life, row: Row) -> None:
    head = life.operations.get(row.op_id)
    if not court.holds("6", row, head is not None and head.kind in TAKEN_BY, "no operation took it"):
        return
    assert head is not None
    court.same("6", row, "unit", [part.unit for part in life.parts.get(row.op_id, [])], [row.unit])
    court.same("6", row, "points pinned", sum(pin[2] for pin in row.pins), row.points)
    court.holds("6", row, all(pin[2] > 0 for pin in row.pins), "a pin of nothing")
    court.holds("6", row, row.points > 0, f"it holds {row.points}")
    court.holds("6", row, 0 <= row.captured <= row.points, f"{row.captured} captured of {row.points}")
    court.same("6", row, "taken_at", row.taken_at, head.booked_at)
    court.same("P13", row, "edition", row.edition, head.edition)
    court.holds("6", row, row.ends_at > row.taken_at, f"it ends at {row.ends_at}")
    court.holds("P6", row, row.ends_at - row.taken_at <= timedelta(days=30), f"it ends at {row.ends_at}")
    for day, kind, points in row.pins:
        court.holds("6", row, (row.unit, day, kind) in life.known_lots, f"{points} pinned of {day} {kind}")
    closings = [one for one in life.followers.get(row.op_id, []) if one.kind in CLOSED_BY.values()]
    due = [] if row.state == "open" else [CLOSED_BY.get(row.state)]
    court.same("6", row, f"{row.state}; its closings", [one.kind for one in closings], due)
    if not closings:
        court.same("6", row, "closed_at", row.closed_at, None)
        court.same("6", row, "captured", row.captured, 0)
        return
    closing = closings[0]
    court.same("6", row, "closed_at", row.closed_at, closing.booked_at)
    court.same("P13", closing, "edition", closing.edition, row.edition)
    if closing.kind == "release":
        court.same("6", closing, "happened_at", closing.happened_at, row.ends_at)
    _closed(court, life, row, closing)


def _closed(court: Court, life: Life, row: Row, closing: Row) -> None:
    """What left the lots at the closing: what was captured, earliest first; and what was dead, all of it."""
    zone = court.editions.zone
    left = Counter[tuple[str, str, str]]()
    for line in life.lines.get((closing.op_id, row.unit), []):
        if line.contra in ("redeemed", "expired", "merged"):
            left[line.expires_on.isoformat(), line.kind, line.contra] -= line.points
    court.same("6", row, "captured", row.captured, sum(n for key, n in left.items() if key[2] == "redeemed"))
    captured = row.captured
    for day, kind, points in row.pins:
        used = min(captured, points)
        captured -= used
        court.same("6", closing, f"captured of {day} {kind}", left.pop((day, kind, "redeemed"), 0), used)
        gone = left.pop((day, kind, "expired"), 0)
        moved = left.pop((day, kind, "merged"), 0)
        court.same("M6", closing, f"moved of {day} {kind}", moved, points if row.state == "merged" else 0)
        court.holds(
            "6", closing, gone in (0, points - used), f"{gone} of {day} {kind} expired, pinned {points}"
        )
    court.holds("6", closing, not left, f"points left lots that were not pinned: {sorted(left)}")
    last = local_day(closing.happened_at, zone)
    for line in life.lines.get((closing.op_id, row.unit), []):
        if line.contra == "expired" and line.expires_on.year < 9999:
            dead = death_of(line.expires_on, zone) <= closing.happened_at
            court.holds("6", line, dead, f"it was alive on {last}")


def _promise(court: Court, life: Life, row: Row) -> None:
    head = life.operations.get(row.op_id)
    if not court.holds("P11", row, head is not None, "no operation promised it"):
        return
    assert head is not None
    of_policy = head.kind == "policy"
    court.holds("P11", row, head.kind in ("earn", "policy", "promise_in"), f"promised by a {head.kind}")
    court.same("P11", row, "contra", row.contra, "position" if of_policy else "issued")
    court.holds("P11", row, row.points > 0 or (of_policy and row.points), f"a promise of {row.points}")
    court.holds("P11", row, row.opens_at or row.opens_on_event, "it opens on no day and by no event")
    whole = row.taken_back == abs(row.points)
    court.holds(
        "7", row, 0 <= row.taken_back <= abs(row.points), f"{row.taken_back} of {row.points} taken back"
    )
    court.holds("7", row, row.state in STATES, f"state is {row.state!r}")
    court.holds(
        "7", row, whole == (row.state == "taken_back"), f"{row.taken_back} taken back, yet {row.state}"
    )
    court.same("P11", row, "closed", row.closed_at is not None, row.state != "pending")
    booked = {head.booked_at} | {
        one.booked_at for one in life.followers.get(row.op_id, []) if one.kind == "position" and of_policy
    }
    court.holds(
        "P11", row, row.booked_at in booked, f"booked at {row.booked_at}, its operation at {head.booked_at}"
    )
    if head.kind == "earn":
        court.same("P13", row, "edition", row.edition, head.edition)
    opener = life.operations.get(row.opened_by) if row.opened_by is not None else None
    court.same("P11", row, "opened", row.opened_by is not None, row.state == "opened")
    if row.state == "opened":
        _opened(court, life, row, opener)
    elif row.state != "pending":
        closers = {
            "taken_back": ("return", "cancel", "expire", "forfeit", "pass_on", "promise_out"),
            "superseded": ("position",),
            "merged": ("promise_out",),
        }
        kinds = closers.get(row.state, ())
        ends = [one.booked_at for one in life.followers.get(row.op_id, []) if one.kind in kinds]
        court.holds(
            "P11", row, row.closed_at in ends, f"{row.state} at {row.closed_at}, when nothing closed it"
        )
    if head.kind != "promise_in":  # of another member, whose rows say why
        _rule(court, life, row, head)


def _opened(court: Court, life: Life, row: Row, opener: Row | None) -> None:
    if not court.holds("P11", row, opener is not None, f"there is no operation {row.opened_by}"):
        return
    assert opener is not None
    court.same("P11", opener, "kind", opener.kind, "open")
    court.same("P11", opener, "refers_to", opener.refers_to, row.op_id)
    court.same("P13", opener, "edition", opener.edition, row.edition)
    court.same("P11", row, "closed_at", row.closed_at, opener.booked_at)
    given = [(part.unit, part.points) for part in life.parts.get(opener.op_id, [])]
    court.same("P11", opener, "what it opened", given, [(row.unit, abs(row.points) - row.taken_back)])
    if event := (opener.reasons or {}).get("event"):
        court.same("P11", row, "opens_on_event", row.opens_on_event, event)
        court.same("P11", opener, "happened_at", opener.happened_at, opener.booked_at)
    else:
        court.same("P11", opener, "happened_at", opener.happened_at, row.opens_at)


def _rule(court: Court, life: Life, row: Row, head: Row) -> None:
    """A promise says when it opens and how long it lives as its edition does."""
    edition = court.editions.number(row.edition)
    if edition is None or row.unit not in edition.units:
        court.breach("P13", row, f"edition {row.edition} knows no unit {row.unit}")
        return
    because = {line[0].split(":")[0] for line in (head.reasons or {}).get("because", [])}
    rules = [rule for rule in edition.rules.values() if rule.unit == row.unit and rule.code in because]
    lives = [edition.units[row.unit].expiry.kept]
    if head.kind == "earn":
        lives = [(rule.expiry.kept if rule.expiry else lives[0]) for rule in rules] or lives
        _when(court, row, head, [promise for rule in rules for promise in rule.promises])
    kept = edition.units[row.unit].expiry.kept if row.expiry is None else row.expiry
    court.holds("P11", row, kept in lives, f"it lives {row.expiry}, the programme says {lives}")


def _when(court: Court, row: Row, head: Row, promises: list) -> None:
    zone = court.editions.zone
    day = local_day(head.happened_at, zone)

    def start(days: int | None) -> object:
        return None if days is None else start_of(day + timedelta(days=days), zone)

    due = [
        (start(one.after_days), one.event, start(None if one.within_days is None else one.within_days + 1),
         one.then_days)
        for one in promises
    ]  # fmt: skip
    stored = (row.opens_at, row.opens_on_event, row.lapses_at, row.then_days)
    dated = row.opens_on_event is None and any(one.then_days is not None for one in promises)
    court.holds("P11", row, stored in due or dated, f"it opens {stored}, the programme says {due}")
    if dated and row.opens_at is not None and stored not in due:
        court.same(
            "P11",
            row,
            "opens_at, the start of a day",
            start_of(local_day(row.opens_at, zone), zone),
            row.opens_at,
        )


def _numbered(court: Court, life: Life, op_id: int, rows: list[Row]) -> None:
    """Promises are numbered from 1, unit by unit; where a policy gives several units, through them all."""
    if life.kind(op_id) == "promise_in":  # by the numbers that they had
        return
    units = {row.unit for row in rows}
    for unit in units:
        mine = [row for row in rows if row.unit == unit]
        numbers = [row.part_no for row in mine]
        if life.kind(op_id) == "earn" or len(units) == 1:
            court.same("P11", mine[0], "the numbers of its parts", numbers, list(range(1, len(mine) + 1)))
        else:
            fits = min(numbers) >= 1 and max(numbers) <= len(rows)
            court.holds("P11", mine[0], fits, f"its parts are numbered {numbers}, of {len(rows)}")
