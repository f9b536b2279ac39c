"""The main contributions that a term keeps: operations, and what each counted when it began (T3, T9)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import INSTANT, local_day, told
from tests.proofs.judging.ladder import Counter, Ladder
from tests.proofs.judging.life import SKEW, Life, Row

DERIVED = ("open", "return", "cancel", "position")  #: they carry on, or take back, what another one gave
MOST = 5  #: lines for each counter


def judge(court: Court, life: Life) -> None:
    """The contributions of every term of one member."""
    before: Row | None = None
    for row in life.term:
        edition = court.editions.number(row.edition)
        if edition is not None and life.member and row.reason != "merged":
            _contributions(court, life, row, before, edition.ladder)
        before = row


def _contributions(court: Court, life: Life, row: Row, before: Row | None, ladder: Ladder) -> None:
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in row.evidence.get("contributions", []):
        lines[line["counter"]].append(line)
    for counter in ladder.counters:
        mine = lines.pop(counter.code, [])
        if counter.unit is None or row.reason == "joined":
            court.same("T3", row, f"contributions to {counter.code}", mine, [])
            continue
        due = _sums(life, counter.unit, _counting(court, life, row, before, ladder, counter), row)
        for line in mine:
            head = life.named.get(line["operation"])
            if court.holds("T3", row, head is not None, f"it names operation {line['operation']}"):
                what = (line["kind"], line["happened_at"])
                court.same(
                    "T3", row, f"contribution {line['operation']}", what, (head.kind, told(head.happened_at))
                )
                possible = due.get(head.op_id, {0})
                fits = line["points"] in possible
                court.holds(
                    "T3", row, fits, f"{line['operation']} counts {line['points']}, not {sorted(possible)}"
                )
        points = [line["points"] for line in mine]
        court.same(
            "T3", row, f"order of contributions to {counter.code}", points, sorted(points, reverse=True)
        )
        surely = sum(min(possible) > 0 for possible in due.values())
        court.holds(
            "T3", row, len(mine) >= min(MOST, surely), f"{len(mine)} contributions are kept of {surely}"
        )
    court.same("T3", row, "counters that are none", sorted(lines), [])


def _counting(
    court: Court, life: Life, row: Row, before: Row | None, ladder: Ladder, counter: Counter
) -> Iterable[Row]:
    """The entries whose days count, in lots that live."""
    zone, review = court.editions.zone, row.reason == "review"
    today = local_day(row.from_at, zone)
    last = local_day(row.from_at - INSTANT, zone) if review else today
    first: date = date.min
    alive_on = date.min
    if counter.window is not None:
        joined = life.member[0].enrolled_on
        first, last = counter.days(last, joined, review=review)
    else:
        alive_on = today
        if ladder.terms.get("rollover") == "none":
            began = before if review and before is not None else row
            since = began.evidence.get("since")
            first = local_day(datetime.fromisoformat(since) if since else began.from_at, zone)
    for entry in life.entries.get(counter.unit or "", []):
        day = entry.counts_on
        if day is not None and first <= day <= last and entry.expires_on >= alive_on:
            yield entry


def _sums(life: Life, unit: str, entries: Iterable[Row], row: Row) -> dict[int, set[int]]:
    """What each operation may have counted: of what was booked about then nobody can say."""
    sums: dict[int, set[int]] = {}
    for entry in entries:
        head = life.operations.get(entry.op_id)
        if head is None:
            continue
        origin = head.refers_to if head.kind in DERIVED and head.refers_to is not None else head.op_id
        opened = head.kind == "open" and entry.happened_at <= row.from_at
        if entry.booked_at > row.from_at + SKEW and not (opened and entry.booked_at <= row.booked_at + SKEW):
            continue
        about = abs(entry.booked_at - row.from_at) <= SKEW or (
            opened and entry.booked_at >= row.booked_at - SKEW
        )
        so_far = sums.get(origin, {0})
        after = {one + entry.points for one in so_far}
        sums[origin] = so_far | after if about else after
    return sums
