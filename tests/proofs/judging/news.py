"""Law 13: one event per kind and committed fact, in a dense sequence for each member (A5)."""

from collections import Counter, defaultdict

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import millisecond, name_of, pair, told
from tests.proofs.judging.households import pooled
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.operations import BETWEEN

NEWS = {
    "earn": "points.earned",
    "open": "points.opened",
    "redeem": "points.spent",
    "capture": "points.spent",
    "reverse": "points.given_back",
    "return": "points.returned",
    "adjust": "points.adjusted",
    "expire": "points.expired",
    "cancel": "points.returned",
    "import": "points.imported",
    "transfer_out": "points.passed_on",
    "transfer_in": "points.received",
    "policy": "points.followed_policy",
    "position": "points.followed_policy",
    "tier_price": "points.paid_for_tier",
    "tier_refund": "points.given_back",
    "forfeit": "points.forfeited",
    "pool_out": "points.pooled",
    "pool_back": "points.given_back",
}
SILENT = ("hold", "release", "void", *BETWEEN, "pass_on")
SIGNED = ("adjust", "policy", "position")  #: kinds whose news says which way points moved
OTHERS = (
    "tier.changed",
    "card.issued",
    "policies.wanted",
    "account.stopped",
    "account.released",
    "member.erased",
    "member.merged",
    "member.unmerged",
    "member.suspended",
    "member.resumed",
    "member.left",
    "member.came_back",
    "member.deceased",
    "member.restored",
    "estate.settled",
    "member.contact_changed",
    "member.frozen",
    "member.unfrozen",
)
MERGERS = ("member.merged", "member.unmerged")
OF_BENEFITS = ("benefit.", "manager.", "reward.")  #: kinds that begin so are judged with what they tell of


def judge(court: Court, life: Life) -> None:
    """Every event of one member, beside what happened."""
    heard: defaultdict[str, list[Row]] = defaultdict(list)
    for seq, row in enumerate(life.outbox_message, start=1):
        court.same("13", row, "seq", row.seq, seq)
        court.same("13", row, "booked_at in milliseconds", millisecond(row.booked_at), row.event_id >> 21)
        court.totals["events"][row.event_id] += 1
        _placed(court, row)
        if row.kind in OTHERS or row.kind.startswith(OF_BENEFITS):
            continue
        name = row.body.get("operation")
        heard[name].append(row)
        court.holds("13", row, name in life.named, f"it tells of {name}, which is no operation")
    for row in life.standing:
        court.same("13", row, "event_seq", row.event_seq, len(life.outbox_message))
    for row in life.operation:
        events = heard[pair(life.member_id, row.op_id)]
        kinds = [] if row.kind in SILENT else [NEWS.get(row.kind)]
        if court.same("13", row, "what is told of it", [event.kind for event in events], kinds) and events:
            _tells(court, life, row, events[0])
    _changes(court, life)
    _merged(court, life)


def _placed(court: Court, row: Row) -> None:
    """A place in the line is given once; history never gets one."""
    if row.position is None:
        return
    if row.position < 0:
        court.same("13", row, "position of history", row.position, -row.event_id)
    else:
        court.totals["places"][row.position] += 1


def _tells(court: Court, life: Life, row: Row, event: Row) -> None:
    court.same("13", event, "booked_at", event.booked_at, row.booked_at)
    is_history = event.position is not None and event.position < 0
    court.same("13", event, "history", is_history, row.imported_at is not None)
    due = {}
    for part in life.parts.get(row.op_id, []):
        lines = life.lines.get((row.op_id, part.unit), [])
        signed = row.kind in SIGNED and lines
        due[part.unit] = sum(line.points for line in lines) if signed else part.points
    court.same("13", event, "units", event.body.get("units"), due)
    court.same("13", event, "what others paid", event.body.get("pooled", 0), pooled(row))


def _changes(court: Court, life: Life) -> None:
    """Each change of tier is told, in the order of terms."""
    events = [row for row in life.outbox_message if row.kind == "tier.changed"]
    due, before = [], None
    for term in life.term:
        if term.tier != before:
            due.append((term, {"before": before, "after": term.tier, "from": told(term.from_at),
                               "until": told(term.until_at), "reason": term.reason}))  # fmt: skip
        before = term.tier
    where = f"member member_id={life.member_id}"
    court.same("13", where, "the number of changes of tier told", len(events), len(due))
    for event, (term, body) in zip(events, due, strict=False):
        court.same("13", event, "body", event.body, body)
        court.same("13", event, "booked_at", event.booked_at, term.booked_at)


def _merged(court: Court, life: Life) -> None:
    """Whoever is merged was told to be at that instant, and since then nothing else (M6)."""
    said = [row for row in life.outbox_message if row.kind in MERGERS and {"into", "from"} & row.body.keys()]
    into = said[-1].body.get("into") if said else None
    for row in life.member:
        named = name_of(row.merged_into) if row.merged_into is not None else None
        court.same("M6", row, "merged_into", named, into)
        court.same("M6", row, "merged_at", row.merged_at, said[-1].booked_at if into else None)


def judge_whole(court: Court, heads: list[Row]) -> None:
    """The line of all events has no gap, and no event stands in it twice."""
    places = Counter(court.totals["places"])
    for place, times in places.items():
        court.same("13", f"outbox_message position={place}", "events at this place", times, 1)
    for event_id, times in court.totals["events"].items():
        court.same("13", f"outbox_message event_id={event_id}", "events of this number", times, 1)
    court.same("13", "outbox_head", "rows", [head.id for head in heads], [1])
    for head in heads:
        court.same("13", head, "position", head.position, max(places, default=0))
        court.same("13", head, "places given", len(places), head.position)
