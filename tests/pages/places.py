"""An airport with two lounges and a hotel, and what a club gives there."""

from datetime import timedelta
from typing import Any

from tests.clocks import MovableClock
from tests.ladders import noon
from tests.makers import Maker, Shopper, wire

TIERS = ["silver", "gold"]
LOUNGE = {
    "code": "lounge", "name": {"zh": "贵宾厅", "en": "Lounge"}, "kind": "service", "tiers": TIERS,
    "providers": ["airport"], "guests": 1, "quota": {"count": 2, "per": "calendar_year"},
}  # fmt: skip
SHOWER = {
    "code": "shower", "name": {"zh": "淋浴", "en": "Shower"}, "kind": "service", "tiers": TIERS,
    "providers": ["airport"], "booking": {"lead_days": 0, "no_show": "used"},
}  # fmt: skip
RATE = {
    "code": "rate", "name": {"zh": "会员价", "en": "Member's rate"}, "kind": "discount", "tiers": TIERS,
    "providers": ["hotel"], "discount": {"percent": "20"},
}  # fmt: skip
PLACES = {"t2": ("airport", "Terminal 2"), "t3": ("airport", "Terminal 3"), "inn": ("hotel", "Inn")}


def open_house(make: Maker, clock: MovableClock) -> Maker:
    """A club that gives them, and its places."""
    clock.move(noon("2026-03-18"))
    make.club(benefit=[LOUNGE, SHOWER, RATE])
    for code, (provider, name) in PLACES.items():
        make.run("places", "open", code, "--provider", provider, "--zh", f"地点{code}", "--en", name)
    return make


def key_of(house: Maker, place: str, **options: Any) -> str:
    """A key of a place."""
    return house.keys("place:use", place=place, **options)[0]


def books_shower(house: Maker, ana: Shopper, place: str = "t3", hours: int = 1) -> Any:
    """Book a shower some hours from now."""
    at = wire(house.clock.now() + timedelta(hours=hours))
    body = {"benefit": "shower", "card": ana.card, "at": at, "reserve": True, "place": place}
    return ana.tell("/benefit-uses", body | {"reference": f"b-{place}-{hours}"}, 201)
