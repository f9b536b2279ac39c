"""What editions promise of operations: which one each is under, into which lots points go (P13, N6)."""

from collections import Counter
from datetime import date, timedelta

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import FOREVER, later, local_day, start_of
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.operations import OF_POLICIES, TAKES_BACK
from tests.proofs.judging.programmes import Expiry
from tests.proofs.judging.sales import judged_at

NOW = ("hold", "redeem", "pool_out", "import", "transfer_in", "transfer_out", "tier_refund")


def judge(court: Court, life: Life) -> None:
    """Every operation and every entry of one member."""
    for row in life.operation:
        _edition(court, life, row)
        _reasons(court, life, row)
    for row in life.entry:
        head = life.operations.get(row.op_id)
        if head is not None and row.kind != "debt" and row.points > 0 and row.contra != "debt":
            _lot(court, life, row, head)
        if head is not None:
            _day(court, life, row, head)
    for op_id in {*life.sales, *life.premiums}:
        _days_back(court, life, op_id)


def _edition(court: Court, life: Life, row: Row) -> None:
    editions = court.editions
    if not court.holds("P13", row, editions.number(row.edition), f"there is no edition {row.edition}"):
        return
    of = life.operations.get(row.refers_to) if row.refers_to is not None else None
    if row.kind in NOW or (row.kind in ("adjust", "return") and of is None):
        due = editions.at(row.booked_at).number
    elif row.kind in (
        "hold_out",
        "release",
        "capture",
        "void",
        "reverse",
        "pool_back",
        *TAKES_BACK,
        "adjust",
    ):
        due = of.edition if of is not None else row.edition
    elif row.kind in ("open", "hold_in", "pass_on") or (row.kind == "expire" and of is not None):
        return  # its promise says which
    elif row.kind == "earn":
        due = _of_fact(court, life, row)
    elif row.kind in ("tier_price", "forfeit"):
        due = editions.at(row.happened_at).number if row.happened_at <= row.booked_at else row.edition
    else:
        due = editions.at(row.happened_at).number
    court.same("P13", row, "edition", row.edition, due)


def _of_fact(court: Court, life: Life, row: Row) -> int:
    """A fact is judged by the edition of its instant, unless told too late, or a quote fixed another."""
    review, sale = life.releases.get(row.op_id), life.sales.get(row.op_id)
    if review is not None and review.fact.get("quoted") is not None:
        return int(review.fact["quoted"])
    for claim in life.claims.get(row.op_id, []):
        answer = (claim.outcome or {}).get("answer") or {}
        if answer.get("quote") == "used":
            return int(answer["edition"])
    told_at = row.booked_at if review is None else review.held_at
    happened = min(sale.sold_at, told_at) if sale is not None else row.happened_at
    return court.editions.at(judged_at(court, happened, told_at)).number


def _reasons(court: Court, life: Life, row: Row) -> None:
    """Reasons add up to what was given, less what was taken; each rule is one of the edition."""
    edition, reasons = court.editions.number(row.edition), row.reasons or {}
    if row.kind not in ("earn", "adjust") or "because" not in reasons or edition is None:
        return
    told: Counter[str] = Counter()
    for rule, unit, points in reasons["because"]:
        told[unit] += points
        known = edition.rules.get(rule.split(":")[0])
        if rule != "unit:cap":
            fits = known is not None and known.unit == unit and known.on == reasons.get("on", known.on)
            court.holds("P13", row, fits, f"edition {row.edition} has no rule {rule} for {unit}")
    sign = -1 if row.kind == "adjust" else 1
    moved = Counter({part.unit: sign * part.points for part in life.parts.get(row.op_id, [])})
    for one in life.followers.get(row.op_id, []):
        if one.kind == "adjust" and row.kind == "earn":
            for part in life.parts.get(one.op_id, []):
                moved[part.unit] -= part.points
    if row.kind == "earn":
        for unit in told.keys() | moved.keys():
            court.same("P13", row, f"{unit} in its reasons", told[unit], moved[unit])


def _lot(court: Court, life: Life, row: Row, head: Row) -> None:
    """Points go to the lot whose last day their length of life says (N5, N6)."""
    zone, editions = court.editions.zone, court.editions
    day = row.counts_on or local_day(head.booked_at, zone)
    lives: list[Expiry] = []
    number = head.edition
    if row.contra in ("redeemed", "transferred", "imported", "merged"):
        return _brought(court, life, row, head)
    if head.kind == "open":
        promise = next(iter(life.opened.get(head.op_id, [])), None)
        if promise is None or promise.expiry is None:
            return None
        lives = [Expiry(promise.expiry)]
    else:
        told = editions.unit(number, row.unit)
        if not court.holds("P13", row, told is not None, f"edition {number} knows no {row.unit}"):
            return None
        assert told is not None
        because = {line[0].split(":")[0] for line in (head.reasons or {}).get("because", [])}
        rules = editions.items[number - 1].rules
        own = [rules[code].expiry for code in because if code in rules and rules[code].unit == row.unit]
        lives = [expiry or told.expiry for expiry in own] if head.kind == "earn" else []
        lives = lives or [told.expiry]
    due = {expiry.last_day(day) for expiry in lives}
    if FOREVER in due:  # in an account gone idle they get a day of their own
        for one in editions.ever(row.unit):
            if one.expiry.idle_months:
                due |= {
                    later(local_day(at, zone), one.expiry.idle_months)
                    for at in (head.booked_at, head.happened_at)
                }
    court.holds(
        "N6", row, row.expires_on in due, f"expires_on is {row.expires_on}, and should be {sorted(due)}"
    )
    ages = {"base", day.isoformat()} if any(one.oldest_first for one in editions.ever(row.unit)) else {"base"}
    return court.holds("P4", row, row.kind in ages, f"its class is {row.kind!r}") and None


def _brought(court: Court, life: Life, row: Row, head: Row) -> None:
    """What is given back goes where it came from, or, where that is dead, gets days of grace (P9)."""
    if head.kind not in ("reverse", "pool_back", "tier_refund") or head.refers_to is None:
        return
    taken: Counter[tuple[date, str]] = Counter()
    for line in life.lines.get((head.refers_to, row.unit), []):
        if line.contra == "redeemed":
            taken[line.expires_on, line.kind] -= line.points
    edition = head.edition
    told = court.editions.unit(edition, row.unit)
    days = told.give_back_days if told is not None else 0
    today = local_day(head.booked_at, court.editions.zone)
    graced = row.expires_on == today + timedelta(days=days) and row.kind in {kind for _, kind in taken}
    court.holds(
        "P9", row, taken[row.expires_on, row.kind] or graced, f"given back to {row.expires_on} {row.kind}"
    )


def _day(court: Court, life: Life, row: Row, head: Row) -> None:
    """Each entry counts on the day of its fact (12)."""
    zone, day = court.editions.zone, row.counts_on
    counts = row.contra in ("issued", "returned", "position") or (
        row.contra == "adjusted" and head.kind == "adjust"
    )
    if row.contra == "imported":
        return
    if not court.same("12", row, "whether it counts", day is not None, counts) or day is None:
        return
    if head.kind == "earn" or head.kind == "open":
        court.same("12", row, "counts_on", day, local_day(head.happened_at, zone))
    elif head.kind == "adjust":
        fact = life.operations.get(head.refers_to) if head.refers_to is not None else head
        if fact is not None:
            court.same("12", row, "counts_on", day, local_day(fact.happened_at, zone))
    elif head.kind == "return" and head.refers_to is None:
        court.same("12", row, "counts_on", day, local_day(head.happened_at, zone))
    elif head.kind in OF_POLICIES:
        court.holds("12", row, start_of(day, zone) <= head.booked_at, f"it counts on {day}, which is to come")


def _days_back(court: Court, life: Life, op_id: int) -> None:
    """What comes back counts on its purchase's day, and no day loses more than it was given."""
    if life.kin:  # some of it has opened elsewhere
        return
    given: Counter[tuple[str, date]] = Counter()
    firsts = [op_id, *(one.op_id for one in life.followers.get(op_id, []) if one.kind == "open")]
    backs = [one.op_id for one in life.followers.get(op_id, []) if one.kind in TAKES_BACK]
    for row in life.entry:
        if row.op_id in firsts and row.contra == "issued":
            given[row.unit, row.counts_on] += row.points
    for row in life.entry:
        if row.op_id in backs and row.contra == "returned":
            given[row.unit, row.counts_on] += row.points
            left = given[row.unit, row.counts_on]
            court.holds("12", row, left >= 0, f"{-left} more came back on {row.counts_on} than it was given")
