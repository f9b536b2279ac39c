"""What is kept of a member's state in an answer to a till; nothing personal (M7)."""

from typing import Any

from loyalty import calendar
from loyalty.decide.outcome import Outcome, tier_change
from loyalty.decide.programme import Editions
from loyalty.reads.sale import promise_view


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


def awarded(outcome: Outcome) -> dict[str, Any]:
    """What the rules gave for a fact, why, and what of it becomes usable later."""
    award, operation = outcome.award, outcome.booked("earn")
    units = award.units if award else {}
    return {
        "units": {unit: units.get(unit, 0) for unit in sorted(outcome.after.accounts)},
        "because": [
            {"rule": reason.rule, "unit": reason.unit, "points": reason.points}
            for reason in (award.because if award else ())
        ],
        "pending": [
            promise_view(part.unit, one.points, one.opens_at, one.on_event, one.lapses_at)
            for part in operation.parts
            for one in part.promised
        ],
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
            "until": calendar.instant_text(until) if until else None,
            "last_day": calendar.last_day_before(until, editions.zone).isoformat() if until else None,
        }
    return {"tier": outcome.after.terms[-1].tier, "tier_change": moved}
