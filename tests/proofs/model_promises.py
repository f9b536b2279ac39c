"""What cards give in the club of the reference model, and what its points buy: tables."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Benefit:
    """What a card gives: so often in a period, by tier; other tiers do not give it (B1, B7)."""

    counts: Mapping[str, int]
    per: str = ""  #: calendar_year, term or lifetime; "": as often as one likes
    upgrade: str = "full"  #: what of it an upgrade in mid-period gives (B4)
    cap: int = 0  #: the most in one term; 0: no such bound
    booked: bool = False
    lead: int = 0  #: days ahead that it is booked
    cancel: int = 0  #: days ahead that it can be cancelled
    missed_is_used: bool = True
    guests: int = 0
    kind: str = "service"


@dataclass(frozen=True)
class Reward:
    """What points buy (B9)."""

    unit: str
    points: int
    stock: int = 0  #: in all; 0: no end
    times: int = 0  #: how often a member may buy it in a period; 0: no such bound
    per: str = ""  #: month or year
    tiers: tuple[str, ...] = ()  #: that may buy it; (): any
    voucher: bool = True  #: or it is sent
    months: int = 0  #: that its voucher lives; 0: for ever


BENEFITS = {
    "desk": Benefit({"gold": 1}),
    "lounge": Benefit({"silver": 2, "gold": 4}, "calendar_year", guests=1),
    "spa": Benefit({"basic": 1, "silver": 2, "gold": 4}, "term", "difference", booked=True, lead=2, cancel=1),
    "check": Benefit({"silver": 4, "gold": 9}, "lifetime", "difference", booked=True, missed_is_used=False),
    "ride": Benefit({"basic": 2, "silver": 9, "gold": 20}, "calendar_year", "prorated", cap=12),
    "tour": Benefit({"silver": 2, "gold": 5}, "calendar_year", booked=True, cancel=3),
    "gala": Benefit(
        {"basic": 2, "silver": 3, "gold": 5}, "calendar_year", booked=True, cancel=1, guests=2, kind="event"
    ),
}
REWARDS = {
    "mug": Reward("reward", 25, stock=14, times=2, per="month", months=1),
    "seat": Reward("gems", 6, tiers=("silver", "gold")),
    "trip": Reward("reward", 60, stock=5, times=1, per="year", voucher=False),
}
