"""What is told of benefits, pure: who gives them, and the visits that members make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["waiting", "reserved", "used", "cancelled", "no_show"]
OPEN: tuple[State, ...] = ("waiting", "reserved")  #: of bookings that are neither made nor let go


@dataclass(frozen=True, slots=True)
class Place:
    """Where a benefit is given: a counter, a lounge, a clinic; one provider may have several."""

    code: str
    provider: str


@dataclass(frozen=True, slots=True)
class ClubEvent:
    """An event of the club: when and where it is, and how many may come, companions included."""

    benefit: str  #: that lets a card come
    name: Mapping[str, str]
    starts_at: datetime
    place: str | None
    capacity: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit that somebody asks for, or tells of."""

    benefit: str
    at: datetime
    is_now: bool = False  #: no instant was told: it is made now, whenever it is told again
    place: Place | None = None
    guests: int = 0
    event_id: int | None = None  #: of a benefit of events
    waits: bool = False  #: for a place that becomes free, where there is none
    policy_no: str | None = None  #: of a benefit that each policy has for itself
    relation: str | None = None  #: of the person who comes in the member's place
    amount_minor: int | None = None  #: of the bill
    attributes: Mapping[str, object] = field(default_factory=dict)
    reserve: bool = False  #: booked now, made later
