"""A draft carried through history comes to what a club comes to that had it from the start."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import histories, pasts
from tests.applications import application
from tests.clocks import MovableClock
from tests.documents import GONE, small
from tests.makers import Maker, Shopper

CARDS = {"tier[0].attain": 0, "example": GONE}
GENEROUS = {
    "tier[1].attain": 1200,
    "tier[1].retain": 1100,
    "unit.reward.expiry": {"months": 3},
    "rule[0].earn": {"points": 3, "per": "1.00"},
    "rule[2].earn": {"fixed": 11},
    "rule[4].earn": {"fixed": 500},
    "rule[5].earn": {"fixed": 33},
    "rule[6].earn": {"fixed": 4},
    "rule[7].earn": {"points": 1, "per": "80.00", "of": "annual_premium"},
    "rule[8].earn": {"points": 1, "per": "500.00", "of": "amount"},
    "rule[9]": {"code": "year", "on": "anniversary", "unit": "reward", "earn": {"fixed": 1}},
    "reward[0].price.points": 40,
    "benefit[0].cost": "10.00",
}


def draft(folder: Path, **changes: object) -> str:
    """A file with the small programme and these changes."""
    file = folder / "draft.json"
    file.write_text(json.dumps(small(**(CARDS | changes))), "utf-8")
    return str(file)


def what_if(make: Maker, *words: str) -> Any:
    return json.loads(make.run("programme", "what-if", *words, "--json").stdout)


@contextmanager
def another_club(kind: Any) -> Iterator[Maker]:
    """A second club, whose clock begins anew."""
    clock = MovableClock()
    with kind.clone(place="other") as url, application(url, clock) as app:
        yield Maker(app, clock)


def shown(members: list[Shopper], units: tuple[str, ...]) -> list[list[Any]]:
    """Each member's tier and balances."""
    found = []
    for one in members:
        figures = [one.figures(unit=unit) for unit in units]
        held = [available + held - owed for available, held, _, owed in figures]
        found.append([one.look("/tier")["tier"], *held])
    return found


def test_a_draft_comes_to_what_a_club_comes_to_that_had_it_from_the_start(kind, make, tmp_path):
    mine, sheet = histories.live(make), tmp_path / "table.csv"
    file = draft(tmp_path, **(histories.CLUB | GENEROUS))
    told = what_if(make, file, "--csv", str(sheet))
    assert told["unlike"] == []
    assert told["refused"] == []
    units = tuple(told["units"])
    with another_club(kind) as other:
        would = shown(histories.live(other, **GENEROUS), units)
    with sheet.open(encoding="utf-8") as lines:
        rows = {row["member"]: row for row in csv.DictReader(lines)}
    for one, really, draft_ in zip(mine, shown(mine, units), would, strict=True):
        row = rows[one.member_id]
        for side, figures in (("really", really), ("draft", draft_)):
            assert [row[f"tier_{side}"] or None, *(int(row[f"{unit}_{side}"]) for unit in units)] == figures


def test_lives_carried_out_again_under_the_same_editions_come_to_what_is_booked(make, tmp_path):
    pasts.live(make)
    same = what_if(make, draft(tmp_path, **pasts.CLUB))
    assert (same["unlike"], same["refused"]) == ([], [])
    assert same["members"] == {"members": 3, "changed": 0, "unlike": 0}
