"""Policies for tests, as a core system tells them; a test names only what it is about."""

from typing import Any

from tests.documents import GONE, small

COOLING = {
    "code": "regular", "on": "policy", "unit": "status", "from": "cooling_off_end",
    "when": "coverage.pay_mode != 'single' && coverage.cover_years > 1 && !policy.group",
    "earn": {"points": 1, "per": "1.00", "of": "annual_premium", "factors": "pay_years"},
}  # fmt: skip
SINGLE = {
    "code": "single", "on": "policy", "unit": "status", "from": "cooling_off_end",
    "when": "coverage.pay_mode == 'single'", "earn": {"points": 1, "per": "10.00", "of": "premium"},
}  # fmt: skip
PAY_YEARS = {"3": "0.3", "5": "0.5", "10": "0.8", "20": "1"}


def insurer(**changes: object) -> dict[str, Any]:
    """A small insurer's club: 1,000 for a card, 50,000 for silver (45,000 keep it), 200,000 for gold."""
    usual: dict[str, object] = {
        "club.time_zone": "Asia/Shanghai",
        "club.currency": "CNY",
        "tier": [
            {"code": "standard", "name": {"zh": "会员卡", "en": "Standard"}, "attain": 1_000},
            {"code": "silver", "name": {"zh": "银卡", "en": "Silver"}, "attain": 50_000, "retain": 45_000},
            {"code": "gold", "name": {"zh": "金卡", "en": "Gold"}, "attain": 200_000},
        ],
        "terms": {"measure": {"balance": "status"}, "length": {"months": 12, "less_a_day": True}},
        "rule": [COOLING, SINGLE],
        "factors": {"pay_years": PAY_YEARS},
        "example": GONE,
    }
    return small(**(usual | changes))


def policy(version: int = 1, **more: Any) -> dict[str, Any]:
    """A state: 100,000 a year for 20 years, in force, its cooling-off long over; `coverages` change it."""
    told = {
        "version": version,
        "effective_at": "2026-01-05T10:00:00+08:00",
        "status": "in_force",
        "issued_on": "2025-12-01",
        "cooling_off_ends_on": "2025-12-20",
        "currency": "CNY",
        "coverages": [coverage()],
    }
    return told | more


def coverage(premium: str = "100000.00", no: int = 1, **more: Any) -> dict[str, Any]:
    """A coverage of a yearly premium for 20 years."""
    return {
        "no": no, "product": "life", "main": no == 1, "premium": premium, "pay_mode": "annual",
        "pay_years": 20, "cover_years": 30,
    } | more  # fmt: skip


def standing(who: Any, at: Any = None) -> tuple[int, Any, Any]:
    """A member's status points, tier and its last day."""
    shown = who.look("/tier", at)
    return who.figures(at, unit="status")[0], shown["tier"], shown["last_day"]


class Core:
    """The insurer's core system: tells states of policies, with versions of its own counting."""

    def __init__(self, till: Any) -> None:
        self.till = till

    def tells(self, policy_no: str, holder: str, expect: int = 200, **more: Any) -> Any:
        """A state of a policy of a holder, by the core system's reference."""
        told = {"holder": {"reference": holder}} | policy(**more)
        answer = self.till.send("PUT", f"/policies/{policy_no}", told)
        assert answer.status_code == expect, answer.json
        return answer.json

    def shows(self, policy_no: str, at: str | None = None) -> Any:
        """A policy as the club knows it."""
        answer = self.till.get(f"/policies/{policy_no}" + (f"?at={at}" if at else ""))
        assert answer.status_code == 200, answer.json
        return answer.json
