"""Sales, returns, premiums, reviews beside what their operations did: laws 5 and 7 (P10, P17, P18)."""

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import millisecond
from tests.proofs.judging.life import Life, Row

AHEAD = timedelta(minutes=10)  #: so far ahead of the club's clock a stamp may be
SPENT = ("redeem", "capture")
REVIEWS = ("open", "released", "rejected", "cancelled")


def judge(court: Court, life: Life) -> None:
    """All that one member bought, paid and brought back."""
    backs: dict[int, list[Row]] = {}
    for row in life.sale_return:
        if row.sale_op_id is not None:
            backs.setdefault(row.sale_op_id, []).append(row)
    for row in life.sale:
        _sale(court, life, row, backs.pop(row.op_id, []))
    for op_id in backs:
        court.breach(
            "7", f"sale member_id={life.member_id} op_id={op_id}", "there is none, and goods came back"
        )
    for row in life.sale_return:
        _return(court, life, row)
    for row in life.premium:
        _premium(court, life, row)
    for row in life.operation:
        known = row.op_id in life.sales or row.op_id in life.premiums
        if row.kind == "earn":
            told = (row.reasons or {}).get("on")
            due = (
                "premium"
                if row.op_id in life.premiums
                else None
                if row.op_id in life.sales
                else told or "a sale"
            )
            court.same("5", row, "the fact it is for", told, due)
        elif row.kind == "cancel":
            of = life.sales.get(row.refers_to) or life.premiums.get(row.refers_to)
            at = getattr(of, "cancelled_at", None) or getattr(of, "reversed_at", None)
            court.same("P18", row, "booked_at", row.booked_at, at)
        elif row.kind == "return":
            court.holds("5", row, row.op_id in life.returns, "no goods came back under it")
        court.holds("5", row, not known or row.kind == "earn", f"a {row.kind} booked a sale or a premium")
    for row in life.review:
        _review(court, life, row)


def _happened(court: Court, where: Row, head: Row, named: datetime, *, ahead: bool = False) -> None:
    court.same("N7", where, "the stamp of it", head.happened_at, min(named, head.booked_at))
    court.holds("N7", where, ahead or named <= head.booked_at + AHEAD, f"it is stamped {named}, far ahead")


def judged_at(court: Court, happened_at: datetime, told_at: datetime) -> datetime:
    """The instant a fact is judged by: its own, unless it was told too late (P14)."""
    late = timedelta(days=court.editions.at(happened_at).late_days)
    return happened_at if told_at - happened_at <= late else told_at


def _sale(court: Court, life: Life, row: Row, backs: list[Row]) -> None:
    head = life.operations.get(row.op_id)
    if not court.holds("5", row, head is not None, "no operation booked it"):
        return
    assert head is not None
    review = life.releases.get(row.op_id)
    told_at = head.booked_at if review is None else review.held_at
    _happened(court, row, head, row.sold_at, ahead=review is not None)
    court.same("N2", row, "currency", row.currency, court.editions.at(head.booked_at).currency)
    court.same("N2", row, "amount_minor", row.amount_minor, sum(line[4] for line in row.lines))
    numbers = [line[0] for line in row.lines]
    court.same("N2", row, "numbers of lines", len(set(numbers)), len(numbers))
    happened = min(row.sold_at, told_at)
    late = judged_at(court, happened, told_at) != happened
    flags = {"late": late, "clock_ahead": row.sold_at > told_at}
    due = [flag for flag, is_so in flags.items() if is_so]
    court.same("P14", row, "flags", [flag for flag in row.flags if flag != "own_card"], due)
    awarded(court, life, row, head)
    _paid(court, life, row)
    cancels = [one for one in life.followers.get(row.op_id, []) if one.kind == "cancel"]
    court.same("P18", row, "cancellations", len(cancels), int(row.cancelled_at is not None))
    _came_back(court, life, row, backs, cancels)


def awarded(court: Court, life: Life, row: Row, head: Row) -> None:
    """An award as it is kept, rule by rule, is what the operation gave, and took just before."""
    because: Counter[tuple[str, str]] = Counter()
    for rule, unit, points in (head.reasons or {}).get("because", []):
        because[rule.split(":")[0], unit] += points
    given: Counter[str] = Counter()
    edition = court.editions.number(head.edition)
    rules = edition.document["rule"] if edition is not None else []
    caps = {"unit", *(rule["code"] for rule in rules if rule.get("phase") == "cap")}
    for rule, unit, points, lines, rounding, *_ in row.award:
        given[unit] += points
        told = edition.rules.get(rule) if edition is not None else None
        if court.holds("P13", row, told is not None, f"edition {head.edition} has no rule {rule}"):
            court.same("N4", row, f"unit and rounding of {rule}", (unit, rounding), (told.unit, told.round))
        trimmed = any(name in caps for name, of in because if of == unit)
        fits = points <= because[rule, unit] if trimmed else points == because[rule, unit]
        court.holds("P13", row, fits, f"{rule} gave {points} {unit}, the reasons say {because[rule, unit]}")
        known = {line[0] for line in getattr(row, "lines", [[1]])}
        court.holds("N4", row, known.issuperset(lines), f"{rule} counts lines {lines}")
    moved = Counter({part.unit: part.points for part in life.parts.get(row.op_id, [])})
    for one in life.followers.get(row.op_id, []):
        if one.kind == "adjust":
            for part in life.parts.get(one.op_id, []):
                moved[part.unit] -= part.points
    for unit in given.keys() | moved.keys():
        court.same("7", row, f"{unit} awarded", given[unit], moved[unit])


def _paid(court: Court, life: Life, row: Row) -> None:
    if row.tenders or row.rounding_minor:
        paid = sum(tender[1] for tender in row.tenders)
        court.same("P17", row, "what tenders pay", paid, row.amount_minor + row.rounding_minor)
    for kind, minor, unit, points, op_id in row.tenders:
        if kind != "points":
            court.same("P17", row, f"what {kind} tells of points", (unit, points, op_id), (None, None, None))
            continue
        spent = life.operations.get(op_id)
        mine = [(part.unit, part.points) for part in life.parts.get(op_id, [])]
        court.holds("P17", row, spent is not None and spent.kind in SPENT, f"operation {op_id} spent nothing")
        court.same("P17", row, "points spent", mine, [(unit, points)])
        named = any(claim.scope in ("redemption", "capture") for claim in life.claims.get(op_id, []))
        court.holds("5", row, named, f"nobody has a claim on operation {op_id} for this receipt")
        head = life.operations[row.op_id]
        court.same("P17", row, "when they were spent", getattr(spent, "booked_at", None), head.booked_at)
        edition = court.editions.number(spent.edition) if spent is not None else None
        worth = edition.document["unit"].get(unit, {}).get("worth") if edition is not None else None
        if court.holds("P17", row, worth is not None, f"{unit} is worth nothing") and worth is not None:
            digits = edition.units[unit].decimals
            per = Fraction(str(worth["money"])) / (Fraction(str(worth["points"])) * 10**digits)
            court.same("P17", row, "what points pay", Fraction(minor, points) / _minor(row), per)


def _minor(row: Row) -> int:
    return 1 if row.currency in ("JPY", "KRW") else 100


def _refunded(row: Row, back: int) -> tuple[Counter[str], Counter[str]]:
    """What has gone back by tender once so much came back: each its share of what those before it left."""
    money: Counter[str] = Counter()
    points: Counter[str] = Counter()
    rest = sum(tender[1] for tender in row.tenders)
    due = rest * back // row.amount_minor if row.amount_minor else 0
    for kind, minor, unit, spent, _ in row.tenders:
        part = minor * due // rest if rest else 0
        rest, due = rest - minor, due - part
        if kind != "points":
            money[kind] += part
        elif minor:
            points[unit] += spent * part // minor
    return money, points


def _came_back(court: Court, life: Life, row: Row, backs: list[Row], cancels: list[Row]) -> None:
    in_all = sum(one.amount_minor + sum(line[2] for line in one.lines) for one in backs)
    court.same("7", row, "returned_minor", row.returned_minor, in_all)
    court.holds("7", row, 0 <= in_all <= row.amount_minor, f"{in_all} came back of {row.amount_minor}")
    bought = {line[0]: (line[3], line[4]) for line in row.lines}
    back: Counter[int] = Counter()
    goods: Counter[int] = Counter()
    so_far = unlined = 0
    order = sorted(backs, key=lambda one: life.turns.get(one.op_id, 0))
    for one in order:
        before = _kept(row, back, goods, unlined)
        for line, thousandths, minor in one.lines:
            goods[line] += thousandths
            back[line] += minor
            most = bought.get(line, (0, 0))
            fits = goods[line] <= most[0] and back[line] <= most[1]
            court.holds("7", one, fits, f"line {line}: {goods[line]} and {back[line]} came back of {most}")
        unlined += one.amount_minor
        ago, so_far = so_far, so_far + one.amount_minor + sum(line[2] for line in one.lines)
        _mirrored(court, life, one, before, _kept(row, back, goods, unlined))
        _refund(court, one, _refunded(row, ago), _refunded(row, so_far))


def _kept(row: Row, back: Counter[int], goods: Counter[int], unlined: int) -> Counter[str]:
    """What the member keeps of each rule's award (N4)."""
    kept: Counter[str] = Counter()
    paid = sum(line[4] for line in row.lines)
    left = paid - sum(back.values())
    spread = Fraction(left - unlined, left) if left > 0 else Fraction(0 if paid else 1)
    for _, unit, points, lines, rounding, *_ in row.award:
        mine = [line for line in row.lines if not lines or line[0] in lines]
        if bought := sum(line[4] for line in mine):
            share = Fraction(bought - sum(back[line[0]] for line in mine), bought) * spread
        else:
            amount = sum(line[3] for line in mine)
            gone = sum(goods[line[0]] for line in mine)
            share = Fraction(amount - gone, amount) * spread if amount else Fraction(1)
        exact = points * min(max(share, Fraction(0)), Fraction(1))
        rounded = {"down": floor, "up": ceil, "half_up": lambda one: floor(one + Fraction(1, 2))}[rounding]
        kept[unit] += rounded(exact)
    return kept


def _mirrored(court: Court, life: Life, one: Row, before: Counter[str], after: Counter[str]) -> None:
    head = life.operations.get(one.op_id)
    edition = court.editions.number(head.edition) if head is not None else None
    taken = Counter({part.unit: part.points for part in life.parts.get(one.op_id, [])})
    for unit in before.keys() | after.keys():
        due = before[unit] - after[unit]
        told = edition.units.get(unit) if edition is not None else None
        if told is not None and told.on_return == "pending_only":
            court.holds("7", one, taken[unit] <= due, f"{taken[unit]} {unit} taken, {due} were due")
        else:
            court.same("N4", one, f"{unit} taken back", taken[unit], due)


def _refund(court: Court, one: Row, before: tuple, after: tuple) -> None:
    for name, ago, now in zip(("money", "points"), before, after, strict=True):
        told = Counter(one.refund.get(name, {}))
        for key in told.keys() | now.keys():
            due = now[key] - ago[key]
            so = told[key] == due if name == "money" else 0 <= told[key] <= due
            court.holds("P9", one, so, f"{told[key]} {key} went back, {due} were due")


def _return(court: Court, life: Life, row: Row) -> None:
    head = life.operations.get(row.op_id)
    if not court.holds("5", row, head is not None and head.kind == "return", "no operation booked it"):
        return
    assert head is not None
    court.same("5", row, "sale_op_id", row.sale_op_id, head.refers_to)
    _happened(court, row, head, row.returned_at)
    if row.sale_op_id is None:
        court.same(
            "P7", row, "amount_minor and refund", (row.amount_minor, any(row.refund.values())), (0, False)
        )
    points = sum(row.refund.get("points", {}).values())
    sale = life.sales.get(row.sale_op_id or 0)
    spent = (
        [tender[4] for tender in sale.tenders if tender[4] is not None] if sale is not None and points else []
    )
    back = [
        one for op_id in spent for one in life.followers.get(op_id, []) if one.booked_at == head.booked_at
    ]
    parts = {part.points for one in back for part in life.parts.get(one.op_id, [])}
    court.holds("P9", row, not points or points in parts, f"{points} points went back, and nobody gave them")


def _premium(court: Court, life: Life, row: Row) -> None:
    head = life.operations.get(row.op_id)
    if not court.holds("5", row, head is not None, "no operation awarded it"):
        return
    assert head is not None
    _happened(court, row, head, row.paid_at)
    told = head.reasons or {}
    court.same("5", row, "reference and policy", (row.reference, row.policy_no),
               (told.get("reference"), told.get("policy")))  # fmt: skip
    cancels = [one for one in life.followers.get(row.op_id, []) if one.kind == "cancel"]
    court.same("P18", row, "reversals", len(cancels), int(row.reversed_at is not None))
    awarded(court, life, row, head)


def _review(court: Court, life: Life, row: Row) -> None:
    court.holds("P18", row, row.state in REVIEWS, f"state is {row.state!r}")
    court.same("P18", row, "closed", row.closed_at is None, row.state == "open")
    court.same("P18", row, "closed by somebody", row.closed_by is None, row.state == "open")
    court.same("P18", row, "booked", row.op_id is not None, row.state == "released")
    court.same("N7", row, "held_at in milliseconds", millisecond(row.held_at), row.review_id >> 21)
    court.same("N2", row, "amount_minor", row.amount_minor, sum(line[4] for line in row.fact["lines"]))
    if row.closed_at is not None:
        court.holds("P18", row, row.closed_at >= row.held_at, f"closed at {row.closed_at}")
    if row.op_id is None:
        return
    sale, head = life.sales.get(row.op_id), life.operations.get(row.op_id)
    if court.holds(
        "P18", row, sale is not None and head is not None, f"operation {row.op_id} booked no sale"
    ):
        names = ("store", "terminal", "business_date", "receipt", "amount_minor")
        for name in names:
            court.same("P18", row, name, getattr(row, name), getattr(sale, name))
        court.same("P18", row, "lines", row.fact["lines"], sale.lines)
        court.same("P18", row, "closed_at", row.closed_at, head.booked_at)
