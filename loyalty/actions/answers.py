"""What is kept of a member's state in an answer to a till; nothing personal (M7)."""

from typing import Any

from loyalty import calendar
from loyalty.decide.outcome import Outcome, tier_change
from loyalty.decide.programme import Editions


def balances(outcome: Outcome) -> dict[str, dict[str, int]]:
    """Points per unit after an outcome."""
    return {
        unit: {
            "available": account.available,
            "held": account.held,
            "pending": account.promised,
            "debt": account.debt,
        }
        for unit, account in sorted(outcome.after.accounts.items())
    }


def standing_after(editions: Editions, outcome: Outcome) -> dict[str, Any]:
    """The tier after an outcome, and how it moved."""
    change = tier_change(outcome)
    moved = None
    if change is not None:
        until = change.until_at
        moved = {
            "before": change.before,
            "after": change.after,
            "until": until.isoformat() if until else None,
            "last_day": calendar.last_day_before(until, editions.zone).isoformat() if until else None,
        }
    return {"tier": outcome.after.terms[-1].tier, "tier_change": moved}
