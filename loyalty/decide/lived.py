"""What a member lived, as the books keep it: facts in the order they were booked. Pure.

Each tells when it was `at`, the instant it was booked, and names operations by their numbers in the books.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from loyalty.decide.arrival import Luggage
from loyalty.decide.occasion import Activity
from loyalty.decide.rating import Told
from loyalty.ledger.lots import Portion
from loyalty.policies.facts import PaidPremium, PolicyState
from loyalty.sales.facts import Purchase, Return


@dataclass(frozen=True, slots=True)
class Came:
    """The member joined, or (`luggage`) came from another system with what they had there."""

    at: datetime
    luggage: Luggage | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """A sale; a tender of points that were held names the hold. `quoted` is the edition a quote fixed."""

    at: datetime
    op_id: int
    fact: Purchase
    quoted: int | None = None
    told_at: datetime | None = None  #: of a sale that was held for review
    paid_by: int | None = None  #: the operation that spent the points it was paid with


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """Goods of a sale came back, or (None) goods without a receipt."""

    at: datetime
    sale: int | None
    fact: Return


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A sale was cancelled, or a premium reversed."""

    at: datetime
    op_id: int


@dataclass(frozen=True, slots=True)
class Acted:
    """An activity was told; what it is about it names by its number in the books."""

    at: datetime
    op_id: int
    fact: Activity


@dataclass(frozen=True, slots=True)
class Celebrated:
    """A birthday or an anniversary that fell on `happened_at` was given."""

    at: datetime
    on: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Insured:
    """News of a policy: all that is told of it by then; `by_club`: what changed is how the club rates it."""

    at: datetime
    told: Told
    state: PolicyState
    by_club: bool = False


@dataclass(frozen=True, slots=True)
class Paid:
    """A premium was paid under a state of its policy."""

    at: datetime
    op_id: int
    fact: PaidPremium
    state: PolicyState


@dataclass(frozen=True, slots=True)
class Spent:
    """Points were spent; on a reward, at the price it has. Others of the household may have done so (M8)."""

    at: datetime
    op_id: int
    unit: str
    points: int
    reward: str | None = None
    by_others: bool = False


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Spent points came back; all that were left of an order (None)."""

    at: datetime
    op_id: int  #: that spent them
    points: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """Points were set aside."""

    at: datetime
    op_id: int
    unit: str
    points: int
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Closed:
    """A hold was captured in so many points, or let go (0)."""

    at: datetime
    op_id: int  #: of the closing itself
    hold: int
    points: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """Staff corrected points, up or down."""

    at: datetime
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Points went to another member."""

    at: datetime
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class Received:
    """Points came from another member, in these lots."""

    at: datetime
    unit: str
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """A tier was given by hand."""

    at: datetime
    tier: str
    until_at: datetime
    note: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The member was forgotten; nobody holds their policies any more."""

    at: datetime


Fact = (
    Came | Bought | BroughtBack | Cancelled | Acted | Celebrated | Insured | Paid | Spent | GivenBack
    | Held | Closed | Corrected | PassedOn | Received | Handed | Forgotten
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that counts; `anchor` is the day from which its subject's periods are reckoned."""

    benefit: str
    subject: str
    anchor: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What the books keep of all that, by the last of it."""

    last_at: datetime  #: when the last of it was booked
    entries: Mapping[tuple[str, date, str, str], int]  #: (unit, last day, class, contra) → points
    terms: tuple[tuple[str | None, datetime, datetime | None, str], ...]  #: tier, from, until, reason


@dataclass(frozen=True, slots=True)
class Lived:
    """One member's life: who they are, what they lived, what they had of benefits, what the books keep."""

    member_id: int
    enrolled_at: datetime
    birth_date: date | None
    attributes: Mapping[str, object]
    facts: tuple[Fact, ...]
    kept: Kept
    visits: tuple[Visited, ...] = field(default=())  #: in the order they were booked
    merged: bool = False  #: points moved between them and somebody who was merged: no life of one alone (M6)
