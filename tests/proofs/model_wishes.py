"""What the reference model is asked and answers: wishes and outcomes, as plain values."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: What an Idempotency-Key remembers (P3).
KEPT = frozenset({"capture_exceeds_hold", "card_blocked", "hold_closed", "in_debt", "line_unknown",
                  "not_enough_points", "return_exceeds_purchase", "reversal_exceeds_redemption",
                  "transfer_limit", "transfer_too_small",
                  "benefit_not_bookable", "benefit_not_given", "booking_needed", "booking_too_late",
                  "cancel_too_late", "event_booked", "event_foreign",
                  "event_full", "event_over", "order_closed", "out_of_stock", "party_too_large",
                  "quota_used", "reward_limit", "reward_not_sold", "use_closed", "visit_ahead",
                  "voucher_expired"})  # fmt: skip
CREATES = frozenset({"purchase", "give_back", "redeem", "hold", "reverse", "adjust", "transfer", "hand",
                     "use", "order"})  # fmt: skip
ASKS_FOR_HEADER = frozenset({"hand", "block", "unblock"})
CLOSES_HOLD = frozenset({"capture", "void"})


@dataclass(frozen=True)
class Wish:
    """What somebody sends; `name` is its business key, `header` its Idempotency-Key."""

    verb: str
    who: int
    name: str
    header: str = ""
    unit: str = "reward"
    points: int = 0
    of: str = ""  #: the sale, hold, redemption, event, visit or order that it is about
    lines: tuple[tuple[int, Any], ...] = ()  #: cents and category; of goods back: the line's number and cents
    cents: int = 0  #: goods back by amount
    at: datetime = datetime(
        2026, 1, 5, tzinfo=UTC
    )  #: sold, returned or visited at; until when a tier is given
    to: int = 0
    tier: str = ""
    seconds: int = 900
    what: str = ""  #: the benefit or the reward
    guests: int = 0
    reserve: bool = False  #: a visit that is booked for later; any other is made now


@dataclass(frozen=True)
class Outcome:
    """What is heard: a status, and the codes of which one is told, or figures. `no` counts what was new."""

    no: int
    status: int
    codes: frozenset[str] = frozenset()
    shows: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False
