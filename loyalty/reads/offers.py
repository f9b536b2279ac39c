"""What a member may buy with their points now, and what stands in the way of the rest (B9, P8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import calendar, rewards
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.decide.reward import Bought, Hindrance, hindrance
from loyalty.ledger import Unit
from loyalty.reads.snapshot import load
from loyalty.rewards import Reward

Obstacle = Hindrance | Literal["sold_out", "debt", "points"]
_SHORT: tuple[Obstacle, ...] = ("debt", "points")  #: what time and new points alone remove
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Purse:
    """What a member holds of a unit that rewards are priced in, in its smallest steps."""

    unit: Unit
    available: int
    held: int
    pending: int
    debt: int

    @property
    def usable(self) -> int:
        """What can be spent now: nothing while anything is owed (P8)."""
        return 0 if self.debt else self.available


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member meets it."""

    terms: Reward
    purse: Purse
    obstacle: Obstacle | None  #: the first thing in the way; None: it can be bought now
    left: int | None  #: how many are left; None: there is no end of them
    valid_until: date | None  #: the last day of a voucher that is bought today; None: it has none
    again_on: date | None  #: of a limit that is reached: from that day on it may be bought again
    tiers: tuple[dict[str, str], ...]  #: what the tiers are called that may buy it; (): any

    @property
    def turn(self) -> int:
        """Where it stands in a catalogue: what can be had, what points are short for, the rest."""
        return 0 if self.obstacle is None else 1 if self.obstacle in _SHORT else 2


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is or will be sold, what can be had now first; and what the member holds to pay with."""

    offers: tuple[Offer, ...]
    purses: tuple[Purse, ...]


def shelf(session: Session, editions: Editions, member_id: int, now: datetime) -> Shelf:
    """What a member sees of the catalogue; what is no longer sold is left out. Raises NotFound."""
    programme = editions.at(now).programme
    offers = _offers(session, editions, member_id, programme.rewards, now)
    shown = sorted((one for one in offers if one.obstacle != "late"), key=lambda one: one.turn)
    purses = {one.terms.unit: one.purse for one in offers}
    return Shelf(tuple(shown), tuple(purses.values()))


def offer(session: Session, editions: Editions, member_id: int, code: str, now: datetime) -> Offer:
    """One reward of the edition in force. Raises RewardUnknown, NotFound for an unknown member."""
    reward = editions.at(now).programme.reward(code)
    [found] = _offers(session, editions, member_id, (reward,), now)
    return found


def _offers(
    session: Session, editions: Editions, member_id: int, terms: Sequence[Reward], now: datetime
) -> list[Offer]:
    snapshot, _ = load(session, editions, member_id, now)
    course = standing.true_at(editions, snapshot, now, count(1))
    sold, told = rewards.sold_and_bought(session, member_id)
    bought = [Bought(code, calendar.local_day(at, editions.zone)) for code, at in told]
    return [_offer(course, one, sold.get(one.code, 0), bought, now) for one in terms]


def _offer(course: Course, terms: Reward, sold: int, bought: Sequence[Bought], now: datetime) -> Offer:
    programme, today = course.editions.at(now).programme, course.day(now)
    account = course.account(terms.unit)
    unit = programme.units[terms.unit]
    purse = Purse(unit, account.available, account.held, account.promised, account.debt)
    left = None if terms.stock is None else max(0, terms.stock - sold)
    obstacle: Obstacle | None = hindrance(course, terms, bought, now)
    if obstacle is None and left == 0:
        obstacle = "sold_out"
    if obstacle is None and purse.usable < terms.points:
        obstacle = "debt" if purse.debt else "points"
    dies = terms.delivery == "voucher" and not terms.valid.never
    return Offer(
        terms,
        purse,
        obstacle,
        left,
        terms.valid.last_day(today) if dies else None,
        _again_on(terms, today) if obstacle == "limit" else None,
        tuple(dict(one.name) for one in programme.ladder.tiers if one.code in terms.tiers),
    )


def _again_on(terms: Reward, today: date) -> date | None:
    """The first day of the next period of a limit; None where it is for life, or beyond the last day."""
    if terms.limit is None or terms.limit.per == "lifetime":
        return None
    if terms.limit.per == "day":
        again = today + timedelta(days=1)
    elif terms.limit.per == "year" or today.month == _DECEMBER:
        again = date(today.year + 1, 1, 1)
    else:
        again = date(today.year, today.month + 1, 1)
    return None if terms.last_day is not None and again > terms.last_day else again
