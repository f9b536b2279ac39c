"""The club of five years: its editions as documents, and a drawing of what members do on a day."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.documents import GONE, small
from tests.makers import Shopper
from tests.policies import COOLING
from tests.proofs.years_book import Fact, Rules
from tests.proofs.years_facts import LATER_PER_HUNDRED

LISBON = ZoneInfo("Europe/Lisbon")
NAME = {"zh": "积分", "en": "Points"}
HALF = "0.5"  #: what a yearly premium counts


@dataclass(slots=True)
class Person:
    """A member: as the API knows them, and the raw list of what was told of them."""

    shopper: Shopper
    number: int
    born: date
    facts: list[Fact] = field(default_factory=list)
    sales: dict[str, str] = field(default_factory=dict)  #: our name → the club's
    redemptions: dict[str, Any] = field(default_factory=dict)
    holds: dict[str, Any] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)


def drawn(rng: random.Random, since: datetime) -> Rules:
    """Another set of rules: rates, bars, lengths."""
    silver, gold, held = rng.choice([250, 300, 400]), rng.choice([800, 1_000]), rng.choice([6_000, 9_000])
    keeps = rng.choice([70, 90, 100])
    return Rules(
        since,
        per_hundred=rng.choice([80, 100, 125, 150]),
        fresh_per_hundred=rng.choice([33, 50, 100]),
        later_days=rng.choice([7, 14, 30]),
        reward_months=rng.choice([1, 2, 3, 6]),
        silver=(silver, silver * keeps // 100),
        gold=(gold, gold * keeps // 100),
        gold_held=(held, held * keeps // 100),
        term_months=rng.choice([1, 2, 3, 6]),
        birthday=rng.choice([10, 25]),
    )


def document(rules: Rules) -> dict[str, Any]:
    """The programme that says these rules."""

    def per_hundred(points: int) -> dict[str, Any]:
        return {"points": points, "per": "100.00"}

    bought = {"on": "purchase", "unit": "reward"}
    tiers = [
        {"code": code, "name": NAME, "attain": rules.bars(code, 0), "retain": rules.bars(code, 1)}
        for code in ("bronze", "silver", "gold")
    ]
    spend = {"code": "spend", "earned": "status", "window": {"months": 12}}
    return small(
        **{
            "unit.reward.expiry": {"months": rules.reward_months},
            "unit.cover": {"name": NAME, "spendable": False},
            "tier": tiers,
            "terms.measure": {"any": [spend, {"code": "held", "balance": "cover"}]},
            "terms.length": {"months": rules.term_months, "less_a_day": True},
            "terms.downgrade_bars": "retain",
            "factors": {"pay_years": {"20": HALF}},
            "rule": [
                bought | {"code": "points", "earn": per_hundred(rules.per_hundred)},
                bought | {"code": "fresh", "phase": "bonus", "when": "line.category == 'fresh'",
                          "earn": per_hundred(rules.fresh_per_hundred)},
                bought | {"code": "later", "phase": "bonus", "when": "line.category == 'later'",
                          "earn": per_hundred(LATER_PER_HUNDRED), "from": {"days": rules.later_days}},
                {"code": "climb", "on": "purchase", "unit": "status", "earn": per_hundred(100)},
                {"code": "birthday", "on": "birthday", "unit": "reward", "earn": {"fixed": rules.birthday}},
                COOLING | {"unit": "cover"},
            ],
            "example": GONE,
        }
    )  # fmt: skip
