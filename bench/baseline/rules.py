"""The rules of the baseline: those of the retail club that a sale meets, as constants."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Lisbon")
NOTHING_FOR = {"gift_card", "tobacco", "medicine"}
TIMES = {"gold": Decimal("1.25"), "diamond": Decimal("1.5")}
TIERS = [("diamond", 6_000), ("gold", 2_000), ("silver", 500), ("standard", 0)]
MOST, TUESDAY = 5_000, 1
NEVER = date(9999, 12, 31)


def award_for(sale: dict[str, Any], tier: str) -> list[dict[str, Any]]:
    """What each rule gives for a sale."""
    counting = [line for line in sale["lines"] if line["category"] not in NOTHING_FOR]
    base = int(sum(line["amount"] for line in counting))
    fresh = 5 * int(sum(line["amount"] for line in counting if line["category"] == "fresh") // 10)
    doubled = base if sale["sold_at"].astimezone(ZONE).weekday() == TUESDAY else 0
    raised = int(base * (TIMES.get(tier, Decimal(1)) - 1))
    given = [("status", "status", base), ("points", "reward", base), ("fresh", "reward", fresh)]
    given += [("double-tuesday", "reward", doubled), (f"{tier}-card", "reward", raised)]
    over = base + fresh + doubled + raised - MOST
    given += [("most-per-purchase", "reward", -over)] if over > 0 else []
    return [{"rule": rule, "unit": unit, "points": points} for rule, unit, points in given if points]


def expires_on(unit: str, sold_on: date) -> date:
    """The last day of points: reward points live to the end of the month, two years on."""
    if unit == "status":
        return NEVER
    year, month = sold_on.year + 2 + sold_on.month // 12, sold_on.month % 12 + 1
    return date.fromordinal(date(year, month, 1).toordinal() - 1)


def tier_for(status_points: int) -> str:
    """The tier that so many status points in twelve months attain."""
    return next(tier for tier, bar in TIERS if status_points >= bar)


def is_higher(tier: str, than: str) -> bool:
    """Whether a tier stands above another."""
    ranks = [code for code, _ in TIERS]
    return ranks.index(tier) < ranks.index(than)
