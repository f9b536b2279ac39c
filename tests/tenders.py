"""Sales that are paid with points, for tests: a hundred points pay a euro, of half a sale at most."""

from datetime import timedelta
from typing import Any

from tests.documents import GONE

DAY = timedelta(days=1)
WORTH: dict[str, Any] = {
    "points": 100,
    "money": "1.00",
    "max_share": "0.5",
    "excluded_categories": ["gift-card"],
}
CLUB: dict[str, Any] = {"unit.reward.worth": WORTH, "rule[1]": GONE}


def paid(points: int, money: str, cash: str | None, **more: object) -> dict[str, Any]:
    """The tenders of a sale that is paid with points and with cash."""
    by_points = {"kind": "points", "points": points, "amount": money} | more
    return {"tenders": [by_points, *([{"kind": "cash", "amount": cash}] if cash else [])]}
