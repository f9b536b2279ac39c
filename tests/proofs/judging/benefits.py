"""What members had of their benefits, and what they bought (B1–B9)."""

from collections import Counter
from itertools import pairwise

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import pair, told
from tests.proofs.judging.life import Life, Row

OPEN = ("waiting", "reserved")
LET_GO = ("waiting", "cancelled")
LAST = {  #: what is told last of a use or an order in a state
    ("benefit_use", "waiting"): ("benefit.waiting",),
    ("benefit_use", "reserved"): ("benefit.reserved",),
    ("benefit_use", "used"): ("benefit.used", "benefit.mailed"),
    ("benefit_use", "cancelled"): ("benefit.cancelled",),
    ("benefit_use", "no_show"): ("benefit.missed",),
    ("reward_order", "open"): ("reward.ordered",),
    ("reward_order", "used"): ("reward.used",),
    ("reward_order", "sent"): ("reward.sent",),
    ("reward_order", "cancelled"): ("reward.cancelled",),
}
STATES = (*OPEN, "used", "cancelled", "no_show")
LETTERS = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def judge(court: Court, life: Life) -> None:
    """Uses, entitlements, post, managers and orders of one member."""
    taken: Counter[tuple[object, ...]] = Counter()
    for use in life.benefit_use:
        _use(court, use)
        if use.counts:
            right = (use.benefit, use.subject, use.period_from)
            taken[(*right, "reserved" if use.state == "reserved" else "used")] += 1
        if use.event_id is not None and use.state in ("reserved", "used", "no_show"):
            court.totals["seats"][use.event_id] += 1 + use.guests
    for right in life.entitlement:
        key = (right.benefit, right.subject, right.from_at)
        for name in ("reserved", "used"):
            court.same("B1", right, name, getattr(right, name), taken.pop((*key, name), 0))
        whole = right.granted is None or right.reserved + right.used <= right.granted
        court.holds("B5", right, whole, f"more is taken than the {right.granted} granted")
        ends = right.until_at is None or right.until_at > right.from_at
        court.holds("B7", right, ends, f"its period ends at {right.until_at}")
    for key in taken:
        court.breach("B1", f"benefit_use member_id={life.member_id}", f"there is no entitlement {key}")
    _told(court, life)
    _post(court, life)
    _managers(court, life)
    for order in life.reward_order:
        _order(court, life, order)


def _use(court: Court, use: Row) -> None:
    court.holds("B5", use, use.state in STATES, f"state is {use.state!r}")
    court.same("B5", use, "closed", use.closed_at is not None, use.state not in OPEN)
    court.same("B5", use, "closed by somebody", use.closed_by is not None, use.closed_at is not None)
    if use.state in LET_GO:
        court.holds("B5", use, not use.counts, f"it is {use.state}, and counts")
    if use.state in ("reserved", "used"):
        court.holds("B5", use, use.counts, f"it is {use.state}, and does not count")
    if use.reserved_at is None:
        court.holds("B8", use, use.state in LET_GO, f"it is {use.state}, and was never reserved")
    else:
        court.holds("B8", use, use.state != "waiting", f"it waits, and was reserved at {use.reserved_at}")
        court.holds("N7", use, use.reserved_at >= use.booked_at, f"reserved at {use.reserved_at}")
    if use.closed_at is not None:
        court.holds("N7", use, use.closed_at >= use.booked_at, f"closed at {use.closed_at}")
    if use.discount_minor is not None and use.amount_minor is not None:
        inside = 0 <= use.discount_minor <= use.amount_minor
        court.holds("B8", use, inside, f"{use.discount_minor} off a bill of {use.amount_minor}")


def _told(court: Court, life: Life) -> None:
    """What is told of each use and each order: every step once, the state it is in last."""
    heard: dict[str, list[str]] = {}
    for row in life.outbox_message:
        if row.kind == "benefit.granted":
            _granted(court, life, row)
        elif row.kind.startswith(("benefit.", "reward.")):
            name = row.body.get("use") or row.body.get("order")
            heard.setdefault(name, []).append(row.kind)
    named = [*((pair(life.member_id, one.use_id), one) for one in life.benefit_use)]
    named += ((pair(life.member_id, one.op_id), one) for one in life.reward_order)
    for name, row in named:
        kinds = heard.pop(name, [])
        court.same("13", row, "steps told", len(kinds), len(set(kinds)))
        last = kinds[-1] if kinds else None
        court.holds("13", row, last in LAST[row.table, row.state], f"it is {row.state}, told last is {last}")
    for name in heard:
        court.breach(
            "13", f"outbox_message member_id={life.member_id}", f"it tells of {name}, which is nothing"
        )


def _granted(court: Court, life: Life, news: Row) -> None:
    """What the night said it had granted is at most what was granted in that period."""
    body = news.body
    rights = [
        right.granted
        for right in life.entitlement
        if right.benefit == body.get("benefit") and _may_end(life, right, news)
    ]
    told_of = body.get("granted", 0)
    fine = told_of > 0 and any(granted is None or granted >= told_of for granted in rights)
    court.holds("B1", news, fine, f"it tells of {body}, and granted are {rights}")


def _may_end(life: Life, right: Row, news: Row) -> bool:
    """Whether a right's period ended, when that was told, as the news says.

    Its row is of all periods that begin at its instant, and says how the one it was touched in last ends. The
    others are of terms that were replaced at that very instant; or what another edition counts by, which may
    end at any time (B2).
    """
    ends = {right.until_at, *(term.until_at for term in life.term if term.from_at == right.from_at)}
    if news.body.get("until") in map(told, ends):
        return True
    running = [term.edition for term in life.term if term.booked_at <= news.booked_at][-1:]
    began = right.from_at <= news.booked_at < right.booked_at
    return began and running != [right.edition]


def _post(court: Court, life: Life) -> None:
    uses = {use.use_id: use for use in life.benefit_use}
    for one in life.mailing:
        use = uses.get(one.use_id)
        court.same("B8", one, "benefit of its use", use and use.benefit, one.benefit)
        court.same("B8", one, "year", one.year, one.for_day.year)
        court.same("B8", one, "returned", one.returned_at is not None, one.state == "returned")


def _managers(court: Court, life: Life) -> None:
    by_benefit: dict[str, list[Row]] = {}
    for one in sorted(life.assignment, key=lambda row: (row.benefit, row.turn)):
        by_benefit.setdefault(one.benefit, []).append(one)
    for turns in by_benefit.values():
        for place, one in enumerate(turns, start=1):
            court.same("B8", one, "turn", one.turn, place)
        for before, after in pairwise(turns):
            ended = before.until is not None and before.until <= after.since
            court.holds("B8", after, ended, f"the one before it ended at {before.until}")


def _order(court: Court, life: Life, order: Row) -> None:
    """Paid once by its own operation, given back whole when it was cancelled."""
    court.same("B9", order, "closed", order.closed_at is not None, order.state != "open")
    paid = life.operations.get(order.op_id)
    if not court.holds("B9", order, paid is not None and paid.kind == "redeem", "nothing was spent on it"):
        return
    assert paid is not None
    told = ((paid.reasons or {}).get("reward"), (paid.reasons or {}).get("reference"))
    court.same("B9", order, "reward and reference of its operation", told, (order.reward, order.reference))
    court.same("B9", order, "edition", order.edition, paid.edition)
    court.same("N7", order, "ordered_at", order.ordered_at, paid.booked_at)
    back = sum(part.points for row in life.followers.get(order.op_id, []) for part in life.parts[row.op_id])
    price = sum(part.points for part in life.parts[order.op_id])
    court.same("P9", order, "points given back", back, price if order.state == "cancelled" else 0)
    if order.voucher is not None:
        fine = len(order.voucher) == 16 and set(order.voucher) <= LETTERS
        court.holds("B9", order, fine, f"its voucher is {order.voucher!r}")
        court.totals["vouchers"][order.voucher] += 1
    if order.state == "used" and order.valid_until is not None:
        court.holds("B9", order, order.closed_at < order.valid_until, f"used at {order.closed_at}")
    if order.state != "cancelled":
        court.totals["sold"][order.reward] += 1


def judge_whole(court: Court, books: Books) -> None:
    """What only the whole book can prove: places of events, stocks, vouchers that nobody else has."""
    for event in books.table("club_event"):
        court.same("B8", event, "taken", event.taken, court.totals["seats"].pop(event.event_id, 0))
        court.holds("B8", event, event.taken <= event.capacity, f"{event.taken} of {event.capacity}")
    for event_id in court.totals["seats"]:
        court.breach("B8", f"benefit_use event_id={event_id}", "there is no such event")
    for stock in books.table("reward_stock"):
        court.same("B9", stock, "sold", stock.sold, court.totals["sold"].pop(stock.reward, 0))
        no_more = stock.most is None or stock.sold <= stock.most
        court.holds("B9", stock, no_more, f"{stock.sold} of {stock.most} were sold")
    for reward in court.totals["sold"]:
        court.breach("B9", f"reward_order reward={reward}", "nobody counts what is sold of it")
    for voucher, times in court.totals["vouchers"].items():
        if times > 1:
            court.breach("B9", f"reward_order voucher={voucher}", f"{times} orders have it")
