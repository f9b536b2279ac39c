"""Small clubs in Shanghai whose ladder a test describes, and their clock."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SILVER_GOLD_DIAMOND = {"silver": 100, "gold": 200, "diamond": 400}
LATER = "later"  #: goods of this category give status points that open ten days later
OF_STATUS = {"earned": "status"}


def noon(day: str) -> datetime:
    """Twelve o'clock in the club."""
    return datetime.combine(date.fromisoformat(day), time(12), SHANGHAI).astimezone(UTC)


def midnight(day: str) -> datetime:
    """The instant at which that day begins in the club."""
    return datetime.combine(date.fromisoformat(day), time.min, SHANGHAI).astimezone(UTC)


def later(amount: str) -> dict[str, str]:
    """A line whose status points open ten days later."""
    return {"amount": amount, "category": LATER}


def club(
    tiers: Mapping[str, Any] = SILVER_GOLD_DIAMOND,
    *,
    status_lasts: object = "never",
    show_missing: str = "points",
    rules: tuple[dict[str, Any], ...] = (),
    **terms: object,
) -> dict[str, Any]:
    """A club's document: one status point and one reward point for each whole EUR; `terms` as in a programme.

    A tier is its bar to attain, or the pair of bars to attain and to retain.
    """
    return {
        "club": {
            "name": {"zh": "俱乐部", "en": "Club"},
            "time_zone": "Asia/Shanghai",
            "currency": "EUR",
            "show_missing": show_missing,
        },
        "unit": {
            "status": {"name": _name("Status"), "spendable": False, "expiry": status_lasts},
            "reward": {"name": _name("Points"), "spendable": True, "expiry": {"months": 24}},
        },
        "tier": [_tier(code, bars) for code, bars in tiers.items()],
        "terms": {"measure": {"balance": "status"}, "length": {"months": 12, "less_a_day": True}} | terms,
        "rule": [
            _rule("status", "status", when=f"line.category != '{LATER}'"),
            _rule("later", "status", when=f"line.category == '{LATER}'") | {"from": {"days": 10}},
            _rule("points", "reward"),
            *rules,
        ],
    }


def _name(english: str) -> dict[str, str]:
    return {"zh": english, "en": english}


def _rule(code: str, unit: str, **more: object) -> dict[str, Any]:
    return {"code": code, "on": "purchase", "unit": unit, "earn": {"points": 1, "per": "1.00"}} | more


def _tier(code: str, bars: Any) -> dict[str, Any]:
    tier = {"code": code, "name": _name(code)}
    if isinstance(bars, tuple):
        return tier | {"attain": bars[0], "retain": bars[1]}
    return tier | {"attain": bars}
