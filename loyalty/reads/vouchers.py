"""What a member bought: the list of it, and one order with its voucher, as their pages show them (B9, P9)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ledger, rewards
from loyalty.calendar import FOREVER
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.ledger import Unit
from loyalty.rewards import Reward, RewardOrder

State = Literal["open", "expired", "used", "sent", "cancelled"]
A_PAGE = 20  #: orders


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as its member sees it; instants are local."""

    order_id: tuple[int, int]
    terms: Reward
    unit: Unit
    state: State
    voucher: str | None  #: as it is kept: without groups
    last_day: date | None  #: of the voucher; None: it never ends, or there is none
    ordered_on: date
    closed_at: datetime | None
    place: str | None  #: the code of the place that took it


@dataclass(frozen=True, slots=True)
class Returning:
    """Points that come back, or came back, and until when they can be used; None: they have no day."""

    points: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class OrderShown:
    """One order: where its voucher is taken, and what cancelling it gives back, or gave."""

    order: Ordered
    places: tuple[Mapping[str, str], ...]  #: what the open ones are called that take it
    taken_at: Mapping[str, str] | None  #: what the place is called that took it
    back: tuple[Returning, ...]  #: by day, the first to end first
    debt_paid: int  #: how many of the points that came back paid what was owed (P8)


def orders_page(
    session: Session, editions: Editions, member_id: int, before: int | None, now: datetime
) -> tuple[list[Ordered], int | None]:
    """A page of what a member bought, the newest first, and the order to go on before; None at the end."""
    found = rewards.orders_before(session, member_id, before, A_PAGE + 1)
    shown = [_ordered(editions, one, now) for one in found[:A_PAGE]]
    return shown, found[A_PAGE - 1].op_id if len(found) > A_PAGE else None


def order_shown(
    session: Session, editions: Editions, member_id: int, op_id: int, now: datetime
) -> OrderShown:
    """One order of a member. Raises NotFound."""
    row = rewards.order(session, member_id, op_id)
    order = _ordered(editions, row, now)
    places = benefits.places(session) if order.voucher else ()
    providers = order.terms.providers
    open_ones = [one for one in places if one.closed_at is None and one.provider in providers]
    lines = ledger.history.spent_and_back(session, member_id, op_id)
    if not lines:
        raise NotFound
    return OrderShown(
        order,
        tuple(one.name for one in open_ones),
        next((one.name for one in places if one.code == row.place), None),
        tuple(_back(editions, order, lines, now)) if order.state in ("open", "expired", "cancelled") else (),
        sum(-one.points for one in lines if one.contra == "debt" and one.points < 0),
    )


def _ordered(editions: Editions, row: RewardOrder, now: datetime) -> Ordered:
    programme, until = editions.number(row.edition).programme, row.valid_until
    terms = programme.reward(row.reward)
    state: State = row.state  # type: ignore[assignment]
    if state == "open" and until is not None and until <= now:
        state = "expired"
    return Ordered(
        (row.member_id, row.op_id),
        terms,
        programme.units[terms.unit],
        state,
        row.voucher,
        calendar.last_day_before(until, editions.zone) if until else None,
        calendar.local_day(row.ordered_at, editions.zone),
        row.closed_at.astimezone(editions.zone) if row.closed_at else None,
        row.place,
    )


def _back(
    editions: Editions, order: Ordered, lines: Sequence[ledger.history.EntryLine], now: datetime
) -> Iterator[Returning]:
    """What came back by the books; of an order that stands, what would come back today (P9)."""
    came = [one for one in lines if one.contra == "redeemed" and one.points > 0]
    moved = came or [one for one in lines if one.contra == "redeemed"]
    today, unit = calendar.local_day(now, editions.zone), order.unit
    sums: dict[date, int] = {}
    for one in moved:
        day = one.lot.last_day
        if not came and day < today:
            day = today + timedelta(days=unit.give_back_days)
        sums[day] = sums.get(day, 0) + abs(one.points)
    is_dated = not (unit.expiry.inactive_months or unit.paused_while_tier)
    for day, points in sorted(sums.items()):
        yield Returning(points, day if is_dated and day != FOREVER else None)
