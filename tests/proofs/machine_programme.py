"""The club of the reference model as the document that the application publishes."""

from typing import Any

from tests.proofs.model_promises import BENEFITS, REWARDS, Benefit, Reward
from tests.proofs.model_terms import (
    ATTAIN,
    MEASURED,
    RETAIN,
    RULES,
    TERM,
    TIERS,
    UNITS,
    WINDOW,
    ZONE,
    Rule,
    Unit,
)


def document() -> dict[str, Any]:
    """A programme that promises what the model's tables say."""
    return {
        "club": {"name": _name("Club"), "time_zone": ZONE.key, "currency": "EUR", "show_missing": "points"},
        "unit": {code: _unit(code, terms) for code, terms in UNITS.items()},
        "tier": [
            {"code": code, "name": _name(code), "attain": attain, "retain": retain}
            for code, attain, retain in zip(TIERS, ATTAIN, RETAIN, strict=True)
        ],
        "terms": {
            "measure": {"earned": MEASURED, "window": {"months": WINDOW}},
            "length": {"months": TERM, "less_a_day": True},
            "downgrade_bars": "retain",
        },
        "rule": [_rule(rule) for rule in RULES],
        "benefit": [_benefit(code, promise) for code, promise in BENEFITS.items()],
        "reward": [_reward(code, reward) for code, reward in REWARDS.items()],
    }


def _name(english: str) -> dict[str, str]:
    return {"zh": english, "en": english}


def _unit(code: str, terms: Unit) -> dict[str, Any]:
    told: dict[str, Any] = {"name": _name(code), "spendable": code != MEASURED, "give_back_days": terms.grace}
    lives = {"months": terms.months, "days": terms.days}
    told["expiry"] = {part: length for part, length in lives.items() if length} or "never"
    told["on_return"] = "clamp" if terms.forgives else "debt"
    if terms.member_day:
        told["transfer"] = {"member_day": terms.member_day, "least": terms.least}
    return told


def _rule(rule: Rule) -> dict[str, Any]:
    told: dict[str, Any] = {"code": rule.code, "on": "purchase", "unit": rule.unit, "round": rule.mode}
    first = next(other for other in RULES if other.unit == rule.unit) is rule
    if rule.tier:
        return told | {"phase": "multiplier", "earn": {"times": 2}, "when": f"member.tier == '{rule.tier}'"}
    per = f"{rule.per // 100}.{rule.per % 100:02}"
    among = ", ".join(f"'{category}'" for category in rule.categories.split())
    told |= {"phase": "base" if first else "bonus", "earn": {"points": rule.points, "per": per}}
    told["when"] = f"line.category in [{among}]"
    return told | ({"from": {"days": rule.opens}} if rule.opens else {})


def _benefit(code: str, promise: Benefit) -> dict[str, Any]:
    told: dict[str, Any] = {"code": code, "name": _name(code), "kind": promise.kind}
    told |= {"tiers": list(promise.counts), "guests": promise.guests, "on_upgrade": promise.upgrade}
    if promise.per:
        cap = {"cap": promise.cap} if promise.cap else {}
        told["quota"] = {"count": dict(promise.counts), "per": promise.per} | cap
    if promise.booked:
        missed = "used" if promise.missed_is_used else "free"
        told["booking"] = {"lead_days": promise.lead, "cancel_days": promise.cancel, "no_show": missed}
    return told


def _reward(code: str, reward: Reward) -> dict[str, Any]:
    told: dict[str, Any] = {"code": code, "name": _name(code)}
    told |= {"tiers": list(reward.tiers)} if reward.tiers else {}
    told["price"] = {"unit": reward.unit, "points": reward.points}
    told |= {"stock": reward.stock} if reward.stock else {}
    told |= {"limit": {"times": reward.times, "per": reward.per}} if reward.times else {}
    if not reward.voucher:
        return told | {"delivery": "order"}
    return told | {"expiry": {"months": reward.months} if reward.months else "never"}
