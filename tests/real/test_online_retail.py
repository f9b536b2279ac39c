"""A year of real invoices, imported as history, against totals that nobody here computed.

Known customers, lines rounded to pence, a point per whole pound of an invoice; cancellations come as returns
without a receipt, so some customers end in debt.
"""

import csv
import gzip
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from loyalty.db import reading
from tests.makers import Maker

DATA = Path(os.environ.get("LOYALTY_REAL_DATA", "/nowhere")) / "uci_online_retail"
OPENED = "2010-12-01T00:00:00"
IMPORTED = datetime(2011, 12, 10, tzinfo=UTC)
PROGRAMME = """
[club]
name = { zh = "礼品俱乐部", en = "Gift Club" }
time_zone = "Europe/London"
currency = "GBP"
returns_without_receipt = { member_day = "1000000.00" }

[unit.reward]
name = { zh = "积分", en = "Points" }
spendable = true
expiry = { months = 24 }

[[tier]]
code = "standard"
name = { zh = "会员卡", en = "Standard" }
attain = 0

[terms]
measure = { earned = "reward", window = { months = 12 } }
length = { months = 12, less_a_day = true }

[[rule]]
code = "pounds"
on = "purchase"
unit = "reward"
earn = { points = 1, per = "1.00", of = "amount" }
at = "fact"
"""
COLUMNS = {
    "reference": "customer_id", "receipt": "invoice_no", "sold_at": "invoice_date", "sku": "stock_code",
    "quantity": "quantity", "unit_price": "unit_price",
}  # fmt: skip
PURCHASES = [
    "--historic", "--set", "store=shop", "--set", "terminal=web",
    *(word for field, column in COLUMNS.items() for word in ("--map", f"{field}={column}")),
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="LOYALTY_REAL_DATA names no folder with uci_online_retail"),
    pytest.mark.no_cover,  # thousands of receipts: counting their branches takes longer than booking them
]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("2011-01-01", id="a month", marks=pytest.mark.prove),
        pytest.param("2010-12-07", id="a week"),
    ],
)
def test_invoices_give_and_take_what_plain_arithmetic_says(
    make: Maker, app: Flask, tmp_path: Path, end: str
) -> None:
    rows = [row for row in _rows() if row["invoice_date"] < end]
    _import(make, rows, tmp_path)
    totals: dict[str, int] = {}
    for row in rows:
        if row["customer_id"]:
            pence = Decimal(row["quantity"]) * Decimal(row["unit_price"]) * 100
            rounded = int(pence.quantize(Decimal(1), ROUND_HALF_UP))
            totals[row["invoice_no"]] = totals.get(row["invoice_no"], 0) + rounded
    given = sum(pence // 100 for pence in totals.values() if pence >= 0)
    taken = sum(-pence // 100 for pence in totals.values() if pence < 0)
    assert _sums(app)[:2] == (given, taken)
    make.run("ledger", "verify")


@pytest.mark.prove
def test_the_whole_year_gives_and_takes_what_the_oracle_says(make: Maker, app: Flask, tmp_path: Path) -> None:
    oracle = json.loads((DATA.parent / "oracles.json").read_text())["uci_online_retail_known_customers"]
    _import(make, list(_rows()), tmp_path)
    given, taken, in_debt, lowest = _sums(app)
    assert given == oracle["points_floor_per_sale_invoice"]
    assert taken == oracle["points_floor_per_cancel_invoice"]
    assert given - taken == oracle["net"]
    assert in_debt == oracle["customers_net_negative"]
    assert [lowest[0], -lowest[1]] == oracle["min_net"]
    make.run("ledger", "verify")


def _rows() -> Iterator[dict[str, str]]:
    with gzip.open(DATA / "online_retail.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _import(make: Maker, rows: list[dict[str, str]], folder: Path) -> None:
    """The customers join before the first invoice; then all invoices come at once, a year later."""
    make.clock.move(IMPORTED)
    (folder / "club.toml").write_text(PROGRAMME, encoding="utf-8")
    make.programme(folder / "club.toml", in_force_from=f"{OPENED}Z")
    customers = sorted({row["customer_id"] for row in rows if row["customer_id"]})
    _write(folder / "members.csv", [{"reference": no, "name": f"Customer {no}"} for no in customers])
    _write(folder / "invoices.csv", rows)
    make.run(
        "import", "members", str(folder / "members.csv"), "--historic", "--set", f"enrolled_at={OPENED}",
        "--map", "reference=reference", "--map", "name=name",
    )  # fmt: skip
    make.run("import", "purchases", str(folder / "invoices.csv"), *PURCHASES)


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _sums(app: Flask) -> tuple[int, int, int, tuple[str, int]]:
    """Points given, points taken back, customers in debt, and the one deepest in it."""
    with app.app_context(), reading() as session:
        ask: Callable[[str], int] = lambda sql: int(session.scalar(text(sql)) or 0)  # noqa: E731
        given = ask("SELECT sum(points) FROM entry WHERE contra = 'issued'")
        taken = ask("SELECT -sum(points) FROM entry WHERE contra = 'returned'")
        in_debt = ask("SELECT count(*) FROM account WHERE debt > 0")
        lowest = session.execute(
            text("SELECT value, debt FROM account JOIN member_reference USING (member_id) ORDER BY debt DESC")
        ).first()
    assert lowest is not None
    return given, taken, in_debt, (lowest[0], int(lowest[1]))
