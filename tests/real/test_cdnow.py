"""Real purchases of a shop, day by day through the API, against totals that nobody here computed.

1 point per whole dollar per line, lots to the end of the twelfth month, no redemption.
"""

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from loyalty.db import reading
from tests.makers import Maker, Till

DATA = Path(os.environ.get("LOYALTY_REAL_DATA", "/nowhere")) / "cdnow"
LAST_NIGHT = date(1998, 7, 1)
PROGRAMME = """
[club]
name = { zh = "唱片俱乐部", en = "Record Club" }
time_zone = "America/New_York"
currency = "USD"

[unit.reward]
name = { zh = "积分", en = "Points" }
spendable = true
expiry = { months = 12, align = "month_end" }

[[tier]]
code = "standard"
name = { zh = "会员卡", en = "Standard" }
attain = 0

[terms]
measure = { earned = "reward", window = { months = 12 } }
length = { months = 12, less_a_day = true }

[[rule]]
code = "dollars"
on = "purchase"
unit = "reward"
earn = { points = 1, per = "1.00", of = "amount" }
at = "line"
"""

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="LOYALTY_REAL_DATA names no folder with cdnow"),
    pytest.mark.no_cover,  # thousands of requests: counting their branches takes longer than serving them
]


@pytest.mark.parametrize(
    "share", [pytest.param(1, id="all", marks=pytest.mark.prove), pytest.param(20, id="a twentieth")]
)
def test_customers_of_the_sample_get_and_lose_what_plain_arithmetic_says(
    make: Maker, app: Flask, tmp_path: Path, share: int
) -> None:
    rows = [row for row in _rows("cdnow_sample.csv") if int(row["customer_id"]) % share == 0]
    assert len(rows) > 100
    _replay(make, rows, tmp_path)
    given = sum(int(float(row["dollar_value"]) // 1) for row in rows)
    expired = sum(int(float(row["dollar_value"]) // 1) for row in rows if row["date"] < "1997-07-01")
    assert _by_contra(app) == {"issued": given, "expired": -expired}
    make.run("ledger", "verify")


@pytest.mark.prove
def test_the_whole_gives_and_expires_what_the_oracle_says(make: Maker, app: Flask, tmp_path: Path) -> None:
    oracle = json.loads((DATA.parent / "oracles.json").read_text())["cdnow_master"]
    rows = list(_rows("cdnow_master.csv"))
    _replay(make, rows, tmp_path)
    left = "points_left_then"
    gone = "points_expired_by_end_1998-06-30_if_lot_expires_end_of_12th_month_after_earning_no_redemption"
    assert _by_contra(app) == {"issued": oracle["points_floor_per_line"], "expired": -oracle[gone]}
    with app.app_context(), reading() as session:
        assert session.scalar(text("SELECT sum(available) FROM account")) == oracle[left]
        earners = session.scalar(text("SELECT count(DISTINCT member_id) FROM entry"))
    assert len({row["customer_id"] for row in rows}) - (earners or 0) == oracle["customers_with_0_points"]
    make.run("ledger", "verify")


def _rows(file: str) -> Iterator[dict[str, str]]:
    """The purchases in the order of time, and of the file within a day."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        yield from sorted(csv.DictReader(lines), key=lambda row: (row["date"], int(row["line_no"])))


def _replay(make: Maker, rows: list[dict[str, str]], folder: Path) -> None:
    """Live through the days: whoever buys first joins first; at each month's first day there is a night."""
    (folder / "cdnow.toml").write_text(PROGRAMME, encoding="utf-8")
    make.clock.move(_noon(date.fromisoformat(rows[0]["date"])))
    make.programme(folder / "cdnow.toml")
    till, cards = make.till(), {}
    today = ""
    for row in rows:
        if row["date"] != today:
            if row["date"][:7] != today[:7] and today:
                make.run("jobs", "nightly", "--as-of", f"{row['date'][:7]}-01")
            today = row["date"]
            make.clock.move(_noon(date.fromisoformat(today)))
        customer = row["customer_id"]
        if customer not in cards:
            cards[customer] = _join(till, customer)
        _buy(till, cards[customer], row)
    make.clock.move(_noon(LAST_NIGHT))
    make.run("jobs", "nightly", "--as-of", LAST_NIGHT.isoformat())


def _join(till: Till, customer: str) -> str:
    answer = till.post("/members", {"name": f"Customer {customer}", "references": [customer]})
    assert answer.status_code == 201, answer.json
    card: str = answer.json["card"]["number"]  # type: ignore[index]
    return card


def _buy(till: Till, card: str, row: dict[str, str]) -> None:
    sale: dict[str, Any] = {
        "store": "cdnow",
        "terminal": "T1",
        "business_date": row["date"],
        "receipt": row["line_no"],
        "card": card,
        "sold_at": f"{row['date']}T12:00:00-05:00",
        "currency": "USD",
        "lines": [{"line": 1, "quantity": row["number_of_cds"], "amount": row["dollar_value"]}],
    }
    answer = till.post("/purchases", sale)
    assert answer.status_code == 201, answer.json


def _by_contra(app: Flask) -> Counter[str]:
    with app.app_context(), reading() as session:
        rows = session.execute(text("SELECT contra, sum(points) FROM entry GROUP BY contra")).all()
    return Counter({contra: int(points) for contra, points in rows})


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
