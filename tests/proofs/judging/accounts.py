"""Laws 1 to 4 and 12: an account, its lots, its entries, what is held and promised, what days earned."""

from collections import Counter
from datetime import date

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import FOREVER
from tests.proofs.judging.life import Life, Row

CLEARING = ("debt", "transferred", "merged")


def judge(court: Court, life: Life) -> None:
    """Every account of one member."""
    accounts = {row.unit: row for row in life.account}
    tables = (life.entry, life.lot, life.hold, life.pending, life.tally)
    for unit in sorted({row.unit for table in tables for row in table} | accounts.keys()):
        where = accounts.get(unit)
        if where is None:
            court.breach("1", f"account member_id={life.member_id} unit={unit}", "there is none")
            continue
        lots = _walk(court, life.entries.get(unit, []), passes=bool(life.kin))
        debt = -sum(points for (_, kind), points in lots.items() if kind == "debt")
        _lots(
            court, life, where, {lot: points for lot, points in lots.items() if lot[1] != "debt" and points}
        )
        court.same("1", where, "debt", where.debt, debt)
        _promised(court, life, where)
        court.same("2", where, "version", where.version, len(life.entries.get(unit, [])))
        for name in ("available", "held", "debt", "pending", "lowering"):
            court.holds("4", where, getattr(where, name) >= 0, f"{name} is {getattr(where, name)}")
        court.holds("4", where, not (where.debt and where.available), "it owes, and could pay")
        court.totals[f"balance {unit}"]["members"] += where.available + where.held - where.debt
    _tally(court, life)


def _walk(court: Court, entries: list[Row], *, passes: bool) -> Counter[tuple[date, str]]:
    """Follow the entries of an account in their order; what they leave in each lot.

    Where points only pass, what goes may stand before what comes; the end is judged with the lots.
    """
    lots: Counter[tuple[date, str]] = Counter()
    seq = balance = 0
    for row in entries:
        seq, balance = seq + 1, balance + row.points
        if not court.same("2", row, "seq", row.seq, seq):
            seq = row.seq
        if not court.same("2", row, "balance_after", row.balance_after, balance):
            balance = row.balance_after
        court.holds("4", row, row.points, "it moves nothing")
        lot = (row.expires_on, row.kind)
        lots[lot] += row.points
        if row.kind == "debt":
            court.holds("2", row, passes or lots[lot] <= 0, f"{lots[lot]} more are paid than were owed")
            court.same("2", row, "expires_on of a debt", row.expires_on, FOREVER)
        else:
            court.holds("2", row, passes or lots[lot] >= 0, f"it leaves {lots[lot]} in lot {lot[0]} {lot[1]}")
        court.totals[f"balance {row.unit}"]["entries"] += row.points
        if row.contra in CLEARING:
            court.totals[f"clearing {row.contra} {row.unit}"]["sum"] += row.points
        if row.contra in ("transferred", "merged"):
            court.totals["transfers"][row.op_id, row.unit] += row.points
    return lots


def _lots(court: Court, life: Life, where: Row, due: dict[tuple[date, str], int]) -> None:
    unit = where.unit
    pinned: Counter[tuple[date, str]] = Counter()
    for hold in life.hold:
        if hold.unit == unit and hold.state == "open":
            for day, kind, points in hold.pins:
                pinned[date.fromisoformat(day), kind] += points
    rows = {(row.expires_on, row.kind): row for row in life.lot if row.unit == unit}
    for lot in sorted({*due, *pinned} - rows.keys()):
        name = f"lot member_id={life.member_id} unit={unit} expires_on={lot[0]} kind={lot[1]}"
        court.breach("2", name, f"there is none, and entries leave {due.get(lot, 0)} in it")
    for lot, row in rows.items():
        court.same("2", row, "remaining + held", row.remaining + row.held, due.get(lot, 0))
        court.same("1", row, "held", row.held, pinned[lot])
        court.holds("4", row, row.remaining >= 0 <= row.held, f"{row.remaining} remain, {row.held} are held")
        court.holds("4", row, row.kind != "debt" and (row.remaining or row.held), "no such lot is kept")
    court.same("1", where, "available", where.available, sum(row.remaining for row in rows.values()))
    court.same("1", where, "held", where.held, sum(pinned.values()))


def _promised(court: Court, life: Life, where: Row) -> None:
    left = [
        row.points - row.taken_back
        for row in life.pending
        if row.unit == where.unit and row.state == "pending"
    ]
    court.same("1", where, "pending", where.pending, sum(points for points in left if points > 0))
    court.same("1", where, "lowering", where.lowering, -sum(points for points in left if points < 0))


def _tally(court: Court, life: Life) -> None:
    due: Counter[tuple[str, date]] = Counter()
    touched = set()
    for row in life.entry:
        if row.counts_on is not None:
            due[row.unit, row.counts_on] += row.points
            touched.add((row.unit, row.counts_on))
    rows = {(row.unit, row.day): row for row in life.tally}
    for key, points in due.items():
        if points and key not in rows:
            name = f"tally member_id={life.member_id} unit={key[0]} day={key[1]}"
            court.breach("12", name, f"there is none, and entries count {points}")
    for key, row in rows.items():
        court.same("12", row, "earned", row.earned, due[key])
        court.holds("12", row, key in touched, "no entry counts on that day")


def judge_whole(court: Court) -> None:
    """Law 3: what only all members together can prove."""
    for name, sums in sorted(court.totals.items()):
        what, _, unit = name.partition(" ")
        if what == "balance":
            court.same("3", f"unit {unit}", "what members hold", sums["members"], sums["entries"])
        elif what == "clearing":
            court.same("3", f"contra and unit {unit}", "the sum of entries", sums["sum"], 0)
    for end, sides in court.totals["ends of transfers"].items():
        court.same("P12", f"transfer op_id={end[0]}", f"sides that tell of {end[1:]}", sides, 2)
    for end, sides in court.totals["ends of merges"].items():
        court.same("M6", f"merge op_id={end[0]}", f"sides that tell of {end[1:]}", sides, 2)
    for (op_id, unit), points in court.totals["transfers"].items():
        court.same("3", f"transfer op_id={op_id} unit={unit}", "given and received together", points, 0)
