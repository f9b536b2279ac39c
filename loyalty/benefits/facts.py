"""What is told of benefits, pure: who gives them, and the visits that members make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["reserved", "used", "cancelled", "no_show"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a benefit is given: a counter, a lounge, a clinic; one provider may have several."""

    code: str
    provider: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit that somebody asks for, or tells of."""

    benefit: str
    at: datetime
    is_now: bool = False  #: no instant was told: it is made now, whenever it is told again
    place: Place | None = None
    guests: int = 0
    policy_no: str | None = None  #: of a benefit that each policy has for itself
    relation: str | None = None  #: of the person who comes in the member's place
    amount_minor: int | None = None  #: of the bill
    attributes: Mapping[str, object] = field(default_factory=dict)
    reserve: bool = False  #: booked now, made later
