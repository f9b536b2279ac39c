"""Limits, budgets, milestones and ceilings: each counter is what facts counted against it (P12, P15)."""

from datetime import date, datetime

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Counters, Court
from tests.proofs.judging.days import local_day, name_of
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.sales import judged_at

LENGTH = {"day": 10, "month": 7, "year": 4, "lifetime": 0}
KINDS = {  #: a ceiling's name → whom it is of, what it counts
    "member_day": ("member", "points"),
    "member_day_times": ("member", "times"),
    "terminal_day": ("terminal", "points"),
    "sales_per_terminal_day": ("terminal", "times"),
    "points_per_terminal_day": ("terminal", "points"),
}
Key = tuple[str, str, str]


def period_of(per: str, day: date) -> str:
    """The period that a day lies in."""
    return day.isoformat()[: LENGTH[per]]


def judge(court: Court, life: Life) -> None:
    """What one member's facts count."""
    tally = court.counters
    for row in life.operation:
        if row.kind == "earn":
            _rules(court, life, row, tally)
            _milestones(court, life, row, tally)
        elif row.kind in ("transfer_in", "transfer_out") and not (row.reasons or {}).get("estate"):
            for part in life.parts.get(row.op_id, []):
                way, day = row.kind.removeprefix("transfer_"), local_day(row.booked_at, court.editions.zone)
                tally.add(
                    f"transfer:{part.unit}:{way}", name_of(life.member_id), day.isoformat(), 1, part.points
                )
    for back in life.sale_return:
        head = life.operations.get(back.op_id)
        if back.sale_op_id is None and head is not None:
            day = local_day(head.booked_at, court.editions.zone)
            goods = sum(line[-1] for line in back.lines)
            tally.add("return:without_receipt", name_of(life.member_id), day.isoformat(), 1, goods)


def _judged(court: Court, life: Life, row: Row) -> datetime:
    review, sale = life.releases.get(row.op_id), life.sales.get(row.op_id)
    told_at = row.booked_at if review is None else review.held_at
    return judged_at(court, min(sale.sold_at, told_at) if sale is not None else row.happened_at, told_at)


def _award(life: Life, row: Row, caps: set[str]) -> list[tuple[str, int]]:
    """What each rule gave: as a sale or a premium keeps it, else as the reasons say."""
    fact = life.sales.get(row.op_id) or life.premiums.get(row.op_id)
    if fact is not None:
        return [(line[0], line[2]) for line in fact.award]
    given: dict[tuple[str, str], int] = {}
    trimmed: dict[str, int] = {}
    for rule, unit, points in (row.reasons or {}).get("because", []):
        code = rule.split(":")[0]
        if code in caps:
            trimmed[unit] = trimmed.get(unit, 0) - points
        else:
            given[code, unit] = given.get((code, unit), 0) + points
    for code, unit in reversed(given):  # a cap trims what was given last
        part = min(trimmed.get(unit, 0), max(given[code, unit], 0))
        given[code, unit] -= part
        trimmed[unit] = trimmed.get(unit, 0) - part
    return [(code, points) for (code, _), points in given.items() if points]


def _rules(court: Court, life: Life, row: Row, tally: Counters) -> None:
    edition = court.editions.number(row.edition)
    if edition is None:
        return
    day = local_day(_judged(court, life, row), court.editions.zone)
    caps = {"unit"} | {rule["code"] for rule in edition.document["rule"] if rule.get("phase") == "cap"}
    for code, points in _award(life, row, caps):
        rule = edition.rules.get(code)
        for what, per in (("limit", rule.limit), ("budget", rule.budget)) if rule is not None else ():
            if per is not None and not _is_void(court, life, row):
                subject = name_of(life.member_id) if what == "limit" else ""
                tally.add(f"rule:{code}:{what}", subject, period_of(per, day), 1, points)


def _is_void(court: Court, life: Life, row: Row) -> bool:
    """A sale cancelled on its own day, and a premium reversed, count against nothing (P18)."""
    sale, premium, zone = life.sales.get(row.op_id), life.premiums.get(row.op_id), court.editions.zone
    if premium is not None:
        return premium.reversed_at is not None
    if sale is None or sale.cancelled_at is None:
        return False
    return local_day(min(sale.sold_at, sale.cancelled_at), zone) == local_day(sale.cancelled_at, zone)


def _milestones(court: Court, life: Life, row: Row, tally: Counters) -> None:
    for name, times, amount in (row.reasons or {}).get("counted", []):
        gone = _is_void(court, life, row)
        tally.add(name, name_of(life.member_id), "", 0 if gone else times, 0 if gone else amount)


def judge_whole(court: Court, books: Books) -> None:
    """Every counter beside what was counted."""
    tally = court.counters
    rows = {(row.name, row.subject, row.period): row for row in books.rows("usage")}
    for key, row in rows.items():
        court.holds("P15", row, row.times >= 0 <= row.amount, f"{row.times} times, {row.amount} in all")
        if not key[0].startswith("ceiling:"):
            court.same("P15", row, "times and amount", [row.times, row.amount], tally.counts.get(key, [0, 0]))
    for key, count in tally.counts.items():
        if any(count) and key not in rows:
            court.breach(
                "P15", f"usage name={key[0]} subject={key[1]} period={key[2]}", f"none, {count} counted"
            )
