"""Real savings policies as a core system would tell them, and what terms come to by plain arithmetic.

The set names no customers: policy N is held by holder crc32(N) modulo 5,000.
"""

import csv
import os
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from loyalty.calendar import day_start

DATA = Path(os.environ.get("LOYALTY_REAL_DATA", "/nowhere")) / "eu_unit_linked_savings"
ZONE = ZoneInfo("Europe/Brussels")
HOLDERS = 5_000
JOINED, END = date(1998, 12, 15), date(2008, 1, 1)
ENDED = {"Surrender": "surrendered", "Claim": "claim_terminated"}
LARGEST = 5  #: contributions that a term's evidence keeps
LADDER = [(None, 0, 0), ("standard", 1_000, 1_000), ("silver", 5_000, 4_500), ("gold", 20_000, 20_000)]
PROGRAMME = """
[club]
name = { zh = "储蓄俱乐部", en = "Savings Club" }
time_zone = "Europe/Brussels"
currency = "EUR"

[unit.status]
name = { zh = "成长值", en = "Status" }
spendable = false

[[tier]]
code = "standard"
name = { zh = "会员卡", en = "Standard" }
attain = 1_000
[[tier]]
code = "silver"
name = { zh = "银卡", en = "Silver" }
attain = 5_000
retain = 4_500
[[tier]]
code = "gold"
name = { zh = "金卡", en = "Gold" }
attain = 20_000

[terms]
measure = { balance = "status" }
length = { months = 12, less_a_day = true }
downgrade = "to_measure"

[[rule]]
code = "single"
on = "policy"
unit = "status"
when = "coverage.pay_mode == 'single'"
earn = { points = 1, per = "10.00", of = "premium" }
"""


@dataclass(frozen=True)
class State:
    """What the core system tells of a policy, once."""

    policy_no: str
    version: int
    day: date
    status: str
    issued_on: date
    premium: str

    @property
    def holder(self) -> str:
        return f"H{crc32(self.policy_no.encode()) % HOLDERS}"

    @property
    def points(self) -> int:
        """What it gives from then on: a point per whole 10, while it is in force."""
        return int(Decimal(self.premium) // 10) if self.status == "in_force" else 0

    def row(self) -> dict[str, Any]:
        """A row of a file."""
        return {
            "policy_no": self.policy_no, "version": self.version, "effective_at": self.day,
            "status": self.status, "reference": self.holder, "issued_on": self.issued_on,
            "premium": self.premium,
        }  # fmt: skip

    def line(self) -> dict[str, Any]:
        """A line of a batch."""
        coverage = {"no": 1, "product": "savings", "premium": self.premium, "pay_mode": "single"}
        return {
            "policy_no": self.policy_no, "version": self.version, "status": self.status,
            "effective_at": day_start(self.day, ZONE).isoformat(), "holder": {"reference": self.holder},
            "issued_on": self.issued_on.isoformat(), "currency": "EUR", "coverages": [coverage],
        }  # fmt: skip


@dataclass(frozen=True)
class Lived:
    """A term of a holder, as the books have it or as plain arithmetic says, with its evidence."""

    tier: str | None
    begins: date
    ends: date | None
    reason: str
    measure: int
    largest: tuple[int, ...]  #: what counted most


def all_states() -> list[State]:
    """In the order of time; of one day, what is new before what ends."""
    found = []
    with (DATA / "policies.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            no, premium = row["policy_id"], row["saving_premium"]
            issued_on = date.fromisoformat(row["issue_date"])
            found.append(State(no, 1, issued_on, "in_force", issued_on, premium))
            if (ended := ENDED.get(row["lapse_reason"])) is not None:
                ended_on = date.fromisoformat(row["termination_date"])
                found.append(State(no, 2, ended_on, ended, issued_on, premium))
    return sorted(found, key=lambda state: (state.day, state.version))


def expected(told: list[State]) -> list[Lived]:
    """A holder's terms by their policies' states alone: up at once, judged a year later."""
    held: dict[str, int] = {}
    rank, ends = 0, None
    terms = [Lived(None, JOINED, None, "joined", 0, ())]

    def begin(day: date, reason: str) -> date | None:
        until = day.replace(year=day.year + 1) if rank else None
        counted = sorted((points for points in held.values() if points), reverse=True)
        terms.append(Lived(LADDER[rank][0], day, until, reason, sum(counted), tuple(counted[:LARGEST])))
        return until

    def reached() -> int:
        return max(no for no, (_, attain, _) in enumerate(LADDER) if sum(held.values()) >= attain)

    for day, state in [*((state.day, state) for state in told), (END, None)]:
        while ends is not None and ends <= day:
            rank = rank if sum(held.values()) >= LADDER[rank][2] else min(rank, reached())
            ends = begin(ends, "review")
        if state is not None:
            held[state.policy_no] = state.points
            if reached() > rank and state.points:
                rank = reached()
                ends = begin(day, "lift")
    return terms
