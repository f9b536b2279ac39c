"""Laws 8 and 9: which lots paid, on which day points die, and when the clock changes an account next."""

from collections import Counter
from datetime import date, datetime, timedelta

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import FOREVER, INSTANT, death_of, later, local_day, start_of
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.standing import pausing

ACTS = ("earn", "redeem", "hold", "capture", "transfer_out", "import", "merge_in")
NO_ACTS = ("birthday", "anniversary", "premium")
SPENDS = ("redeem", "pool_out", "transfer_out", "tier_price", "forfeit")
OF_THE_CLOCK = ("open", "release", "tier_price", "forfeit")
ABOUT = timedelta(hours=25)  #: so far a clock may be set back, a day and an hour

Lot = tuple[date, str]


def judge(court: Court, life: Life) -> None:
    """Every account of one member."""
    for row in life.entry:
        head = life.operations.get(row.op_id)
        if head is not None and row.kind != "debt" and row.points < 0:
            _alive(court, life, row, head)
    for unit, entries in life.entries.items():
        _in_order(court, life, unit, entries)
    for row in life.account:
        _active(court, life, row)
        _due(court, life, row)


def _special(court: Court, unit: str) -> bool:
    return any(told.paused_while or told.expiry.idle_months for told in court.editions.ever(unit))


def _alive(court: Court, life: Life, row: Row, head: Row) -> None:
    """Nothing is spent from a dead lot unless pinned before; nothing expires alive (8)."""
    zone, at = court.editions.zone, row.happened_at
    paused = pausing(court, life, row.unit, at) if _special(court, row.unit) else {False}
    death = death_of(row.expires_on, zone) if row.expires_on != FOREVER else None
    if row.contra == "expired":
        idle = death is None and any(told.expiry.idle_months for told in court.editions.ever(row.unit))
        if court.holds("8", row, idle or (death is not None and death <= at), f"it expired alive at {at}"):
            court.holds("8", row, False in paused, "it expired while a tier kept it alive")
        if idle:
            _idle(court, life, row)
        elif head.kind == "expire" and paused == {False} and not _special(court, row.unit):
            court.same("9", row, "when it died", at, death)
        return
    passes = {one.booked_at for one in life.operation if one.kind == "pass_on"}
    if head.kind != "pass_on" and head.booked_at in passes:
        return  # on the way to somebody else
    if head.kind == "hold_out" or (head.kind == "capture" and row.contra == "redeemed"):
        return  # pinned before
    last = at - INSTANT if head.kind in OF_THE_CLOCK else at
    dead = death is not None and last >= death
    court.holds("8", row, not dead or True in paused, f"{row.contra} at {at}, from a lot dead since {death}")


def _idle(court: Court, life: Life, row: Row) -> None:
    """Points without a day of their own died so long after the last act."""
    acted = [day for at, day in _acts(court, life) if at < row.booked_at]
    enrolled = local_day(life.member[0].enrolled_at, court.editions.zone) if life.member else date.min
    since = max(acted, default=enrolled)
    dead = {
        death_of(later(since, told.expiry.idle_months), court.editions.zone)
        for told in court.editions.ever(row.unit)
        if told.expiry.idle_months
    }
    court.holds("8", row, any(at <= row.happened_at for at in dead), f"idle since {since}, and already dead")


def _acts(court: Court, life: Life) -> list[tuple[datetime, date]]:
    zone = court.editions.zone
    return [
        (row.booked_at, local_day(row.happened_at, zone))
        for row in life.operation
        if row.kind in ACTS and (row.reasons or {}).get("on") not in NO_ACTS
    ]


def _in_order(court: Court, life: Life, unit: str, entries: list[Row]) -> None:
    """Whoever pays leaves nothing behind in a lot that comes first, but what holds may have pinned (P4)."""
    lots: Counter[Lot] = Counter()
    pins = [
        (hold.taken_at, hold.closed_at, (date.fromisoformat(day), kind), points)
        for hold in life.hold
        if hold.unit == unit
        for day, kind, points in hold.pins
    ]
    for place, row in enumerate(entries):
        lot = (row.expires_on, row.kind)
        lots[lot] += row.points
        if not lots[lot]:
            del lots[lot]
        head = life.operations.get(row.op_id)
        if head is None or row.points > 0 or row.kind == "debt" or not _pays(head, row):
            continue
        told = court.editions.at(head.booked_at).units.get(unit)
        oldest = told is not None and told.oldest_first
        turn = _turn(lot, oldest=oldest)
        following = entries[place + 1] if place + 1 < len(entries) else None
        if following is not None and following.op_id == row.op_id and following.contra == row.contra:
            continue_with = _turn((following.expires_on, following.kind), oldest=oldest)
            paid = following.points < 0 and following.kind != "debt"
            court.holds("8", following, not paid or turn <= continue_with, f"paid after {lot}")
        for other, left in lots.items():
            if left > 0 and other[1] != "debt" and _turn(other, oldest=oldest) < turn:
                pinned = sum(
                    points for taken, closed, of, points in pins
                    if of == other and taken <= row.booked_at + ABOUT
                    and (closed is None or closed >= row.booked_at - ABOUT)
                )  # fmt: skip
                court.holds("8", row, left <= pinned, f"{lot} pays, and {left} are in {other}")


def _pays(head: Row, row: Row) -> bool:
    if row.contra == "debt":
        return True
    return head.kind in SPENDS or (head.kind == "adjust" and row.contra == "adjusted")


def _turn(lot: Lot, *, oldest: bool) -> tuple[str, date, str]:
    age = "" if lot[1] == "base" else lot[1]
    return (age if oldest else "", lot[0], lot[1])


def _active(court: Court, life: Life, row: Row) -> None:
    """The day of the last act is kept where points die without one."""
    days = [day for _, day in _acts(court, life)]
    if row.last_active_on is not None:
        court.holds(
            "9", row, row.last_active_on in days, f"active on {row.last_active_on}, when nobody acted"
        )
    first = [edition for edition in court.editions.items
             if row.unit in edition.units and edition.units[row.unit].expiry.idle_months]  # fmt: skip
    if not first:
        court.same("9", row, "last_active_on", row.last_active_on, None)
        return
    since = max(first[0].published_at, _opened(court, life, row.unit))
    known = [day for at, day in _acts(court, life) if at > since + ABOUT]
    if known:
        court.holds("9", row, row.last_active_on is not None and row.last_active_on >= max(known),
                    f"last_active_on is {row.last_active_on}, and should be {max(known)}")  # fmt: skip


def _opened(court: Court, life: Life, unit: str) -> datetime:
    """When an account was opened: at enrolment, or with a later edition's first points."""
    joined = life.member[0].enrolled_at if life.member else start_of(date(1970, 1, 1), court.editions.zone)
    if unit in court.editions.at(joined).units:
        return joined
    rows = [*life.entries.get(unit, []), *(one for one in life.pending if one.unit == unit)]
    return min((one.booked_at for one in rows), default=joined)


def _due(court: Court, life: Life, row: Row) -> None:
    """An account knows when a hold ends, a promise opens or lapses, or a lot dies (9)."""
    editions, zone = court.editions, court.editions.zone
    dues = [hold.ends_at for hold in life.hold if hold.unit == row.unit and hold.state == "open"]
    for one in life.pending:
        if one.unit == row.unit and one.state == "pending":
            dues += [at for at in (one.opens_at, one.lapses_at) if at is not None]
    term = life.term[-1] if life.term else None
    told = editions.unit(term.edition, row.unit) if term is not None else None
    paused = told is not None and term is not None and term.tier in told.paused_while
    thaws = any(one.paused_while for one in editions.ever(row.unit))
    joined = life.member[0].enrolled_at if life.member else None
    for lot in life.lot:
        if lot.unit != row.unit or not lot.remaining or paused:
            continue
        day = lot.expires_on
        if day == FOREVER and any(one.expiry.idle_months for one in editions.ever(row.unit)) and joined:
            active = row.last_active_on or local_day(joined, zone)
            now = editions.at(start_of(active, zone)).units.get(row.unit)
            months = now.expiry.idle_months if now is not None else 0
            day = later(active, months) if months else FOREVER
        if day != FOREVER:
            death = death_of(day, zone)
            dues.append(max(death, term.from_at) if thaws and term is not None else death)
    court.same("9", row, "due_at", row.due_at, min(dues, default=None))
