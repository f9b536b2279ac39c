"""Lots that published programmes say when they expire, against our arithmetic."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from loyalty.expiry import Alignment, Expiry

_ALIGNMENTS: dict[str, Alignment] = {
    "exact": "exact",
    "end_of_month": "month_end",
    "end_of_calendar_year": "year_end",
}


def _cases() -> list[Any]:
    file = Path(os.environ.get("LOYALTY_REAL_DATA", "/nowhere")) / "rules" / "cases.jsonl"
    if not file.exists():
        absent = pytest.mark.skip(reason="LOYALTY_REAL_DATA names no folder with rules/cases.jsonl")
        return [pytest.param({}, id="absent", marks=absent)]
    cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(case, id=case["id"]) for case in cases if case["topic"] == "lot_expiry"]


@pytest.mark.parametrize("case", _cases())
def test_n6_a_published_lot_dies_when_its_programme_says(case: dict[str, Any]) -> None:
    rule = case["rule"]
    expiry = Expiry(
        months=rule.get("months", 0) + 12 * rule.get("years", 0),
        days=rule.get("days", 0),
        align=_ALIGNMENTS[rule.get("align", "exact")],
    )
    last_day = expiry.last_day(date.fromisoformat(case["given"]["earned_on"]))
    assert last_day == date.fromisoformat(case["expect"]["last_valid_day"]), case["source"]
