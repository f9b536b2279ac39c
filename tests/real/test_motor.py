"""Real renewals of motor policies: the premium before, the one offered after, and who did not renew.

1 point per 0.01 of premium; before and after are two versions a year apart, and a lapse is a third, a month
later. The set knows neither days nor customers: policy N is held by holder crc32(N) modulo 5,000.
"""

import csv
import gzip
import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy import func, select

from loyalty.db import reading
from loyalty.ledger.models import Account
from tests.makers import Maker, Till

DATA = Path(os.environ.get("LOYALTY_REAL_DATA", "/nowhere")) / "eu_direct_motor_renewal"
HOLDERS = 5_000
BATCH = 2_000  #: lines
BEFORE, AFTER, LAPSE = (datetime(*day, tzinfo=UTC) for day in ((2025, 1, 1), (2026, 1, 1), (2026, 2, 1)))
PROGRAMME = """
[club]
name = { zh = "车险俱乐部", en = "Motor Club" }
time_zone = "Europe/Brussels"
currency = "EUR"
enrolment = "automatic"

[unit.status]
name = { zh = "成长值", en = "Status" }
spendable = false

[[tier]]
code = "standard"
name = { zh = "会员卡", en = "Standard" }
attain = 100_000

[terms]
measure = { balance = "status" }
length = { months = 12, less_a_day = true }

[[rule]]
code = "cents"
on = "policy"
unit = "status"
earn = { points = 1, per = "0.01", of = "premium" }
"""

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason=f"LOYALTY_REAL_DATA names no folder with {DATA.name}"),
    pytest.mark.no_cover,  # hundreds of states: counting their branches takes longer than booking them
]


@dataclass(frozen=True)
class Renewal:
    """One policy: cents before and after, and whether it lapsed."""

    policy_no: str
    before: int
    after: int
    lapsed: bool

    @property
    def move(self) -> str:
        """What the new premium is, seen from the old one."""
        return "increase" if self.after > self.before else "reduction" if self.after < self.before else "same"

    def told(self, version: int, at: datetime) -> dict[str, Any]:
        """A line of a batch."""
        cents = self.before if version == 1 else self.after
        premium = f"{cents // 100}.{cents % 100:02}"
        return {
            "policy_no": self.policy_no, "version": version, "effective_at": at.isoformat(),
            "status": "lapsed" if version == 3 else "in_force",
            "holder": {"reference": f"H{crc32(self.policy_no.encode()) % HOLDERS}"},
            "issued_on": BEFORE.date().isoformat(), "currency": "EUR",
            "coverages": [{"no": 1, "product": "motor", "premium": premium, "pay_mode": "annual"}],
        }  # fmt: skip


def test_a_hundredth_of_the_renewals_move_their_points_exactly(
    make: Maker, app: Flask, tmp_path: Path
) -> None:
    _check(make, app, _renewals()[::250], tmp_path)


@pytest.mark.prove
def test_all_renewals_move_their_points_exactly(make: Maker, app: Flask, tmp_path: Path) -> None:
    renewals = _renewals()
    moves = Counter(one.move for one in renewals)
    assert moves == {"increase": 1_690, "reduction": 20_273, "same": 1_097}
    assert sum(one.lapsed for one in renewals) == 2_954
    _check(make, app, renewals, tmp_path)


def _check(make: Maker, app: Flask, renewals: list[Renewal], folder: Path) -> None:
    """Each state moves what it must, as the engine itself answers; in the end all adds up."""
    make.clock.move(BEFORE)
    (folder / "club.toml").write_text(PROGRAMME, encoding="utf-8")
    make.programme(folder / "club.toml", in_force_from=BEFORE.isoformat())
    core = make.till("policies:write")
    assert _tell(core, renewals, 1) == {one.policy_no: (0, one.before) for one in renewals}
    make.clock.move(AFTER)
    moved = _tell(core, renewals, 2)
    assert moved == {one.policy_no: (one.before, one.after) for one in renewals}
    assert _moves(moved) == Counter(one.move for one in renewals)
    make.clock.move(LAPSE)
    lapsed = [one for one in renewals if one.lapsed]
    assert _tell(core, lapsed, 3) == {one.policy_no: (one.after, 0) for one in lapsed}
    with app.app_context(), reading() as session:
        held = session.scalar(select(func.sum(Account.available)))
    assert held == sum(one.after for one in renewals if not one.lapsed)
    make.run("ledger", "verify")


def _renewals() -> list[Renewal]:
    with gzip.open(DATA / "renewals.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return [_renewal(row) for row in csv.DictReader(lines)]


def _renewal(row: dict[str, str]) -> Renewal:
    before, after = _cents(row["prem_last"]), _cents(row["prem_final"])
    return Renewal(f"M{row['quote_no']}", before, after, row["lapse"] == "1")


def _cents(text: str) -> int:
    cents = Decimal(text) * 100
    assert cents == int(cents)
    return int(cents)


def _tell(core: Till, renewals: list[Renewal], version: int) -> dict[str, tuple[int, int]]:
    """Points before and after that state, by policy, as the batch answers."""
    at = {1: BEFORE, 2: AFTER, 3: LAPSE}[version]
    found = {}
    for first in range(0, len(renewals), BATCH):
        lines = [one.told(version, at) for one in renewals[first : first + BATCH]]
        for line in core.batch(*lines, path="/policies/batch"):
            assert line["status"] == "created", line
            before, after = (line["position"][when].get("status", 0) for when in ("before", "after"))
            found[line["policy_no"]] = before, after
    return found


def _moves(points: dict[str, tuple[int, int]]) -> Counter[str]:
    return Counter(
        "increase" if after > before else "reduction" if after < before else "same"
        for before, after in points.values()
    )
