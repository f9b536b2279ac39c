"""A draft carried through history comes to what a club comes to that had it from the start."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from loyalty import ids
from loyalty.jobs import what_if as job
from loyalty.rooms import rooms
from tests import histories, pasts
from tests.applications import application
from tests.clocks import MovableClock
from tests.documents import GONE, small
from tests.files import csv_file, mapped
from tests.makers import Maker, Shopper
from tests.policies import Core, insurer

DAY = timedelta(days=1)

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
    return draft_of(folder, small(**(CARDS | changes)))


def draft_of(folder: Path, document: dict[str, Any]) -> str:
    file = folder / f"{len(list(folder.iterdir()))}.json"
    file.write_text(json.dumps(document), "utf-8")
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


@pytest.mark.slow
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
    assert same["members"] == {"members": 3, "merged": 0, "changed": 0, "unlike": 0}


def test_a_run_that_was_killed_is_carried_on_and_sees_what_was_booked_by_its_start(
    app, make, tmp_path, monkeypatch
):
    monkeypatch.setattr(job, "CHUNK", 1)
    make.club(make.clock.now())
    people = [make.shopper() for _ in range(3)]
    for one in people:
        one.buy("10.00")
    make.clock.move(DAY)
    document = small(**(CARDS | {"rule[0].earn": {"points": 3, "per": "1.00"}}))
    with app.app_context():
        run = job.begin(rooms(), document, None, "tests")
        with pytest.raises(KeyboardInterrupt):
            job.carry_through(rooms(), run, killed)
    make.clock.move(DAY)
    people[2].buy("5.00")
    make.shopper().buy("7.00")
    done = make.run("programme", "what-if", "--resume", ids.to_text(run), "--json")
    told = json.loads(done.stdout)
    assert done.stderr.splitlines()[1:] == ["2 of 3", "3 of 3", "3 of 3"]  # the first part is there
    assert told["members"] == {"members": 3, "merged": 0, "changed": 3, "unlike": 0}
    [month] = told["units"]["reward"]["months"]
    assert (month["really"]["held"], month["draft"]["held"]) == (30, 90)
    assert what_if(make, "--resume", ids.to_text(run)) == told


def test_two_hands_at_one_run_come_to_the_same(app, make, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 1)
    make.club(make.clock.now())
    for _ in range(3):
        make.shopper().buy("10.00")
    document = small(**(CARDS | {"rule[0].earn": {"points": 3, "per": "1.00"}}))
    told = []

    def another(done: int, total: int) -> None:
        if done == 1:
            told.append(job.carry_through(rooms(), run))

    with app.app_context():
        run = job.begin(rooms(), document, None, "tests")
        told.append(job.carry_through(rooms(), run, another))
        again = job.begin(rooms(), document, None, "tests")
        assert again != run
        told.append(job.carry_through(rooms(), again))
    assert told[0] == told[1] == told[2]
    assert told[0]["members"]["members"] == 3


def version(who: Shopper) -> str:
    return who.till.get(f"/members/{who.member_id}").headers["ETag"]


def killed(done: int, total: int) -> None:
    raise KeyboardInterrupt


def test_the_draft_is_in_force_from_an_instant_on(make, tmp_path):
    make.club(make.clock.now(), **{"tier[1].attain": 500, "tier[1].retain": 400})
    ana = make.shopper()
    ana.buy("10.00")
    since = make.clock.move(DAY)
    make.clock.move(DAY)
    ana.buy("10.00")
    doubled = draft(tmp_path, **{"rule[0].earn": {"points": 2, "per": "1.00"}})
    text = make.run("programme", "what-if", doubled, "--since", since.isoformat()).stdout
    assert "members 1, of whom 1 differ in tier or points" in text
    assert "every member comes to what is booked" in text
    assert f"reward winner {ana.member_id}: 20 → 30" in text
    assert "rule points (reward): 20 → 30; 2 → 2 times" in text


def test_whoever_came_by_an_import_or_was_forgotten_comes_to_what_is_booked(make, tmp_path):
    club = {"tier[0].attain": 0, "rule[2]": {"code": "old", "on": "anniversary", "unit": "reward",
                                             "earn": {"fixed": 5}}}  # fmt: skip
    make.document(insurer(**club))
    columns = ("reference", "name", "enrolled_at", "tier", "tier_from", "tier_last_day", "points", "unit")
    row = "A-1,Ming,2019-05-01,silver,2025-06-01,2026-05-31,120,reward"
    file = csv_file(tmp_path, ",".join(columns), row)
    make.run("import", "members", file, *mapped(*columns))
    core = Core(make.till())
    ana = make.shopper(core.till, references=["C-1"])
    make.clock.move(DAY)
    core.tells("P1", "C-1")
    make.clock.move(DAY)
    gone = core.till.send("DELETE", f"/members/{ana.member_id}", if_match=version(ana))
    assert gone.status_code == 204, gone.json
    make.clock.move(DAY)
    told = what_if(make, draft_of(tmp_path, insurer(**club)))
    assert told["unlike"] == []
    assert told["members"]["members"] == 2


def test_policies_that_were_rated_anew_come_to_what_is_booked(make, tmp_path):
    make.document(insurer())
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    halved = insurer(factors={"pay_years": {"20": "0.5"}})
    make.document(halved, make.clock.now() + DAY)
    make.clock.move(2 * DAY)
    make.run("policies", "rebase", "--edition", "2", "--when", "at_once")
    make.clock.move(DAY)
    told = what_if(make, draft_of(tmp_path, insurer()))
    assert told["unlike"] == []
    [moved] = told["units"]["status"]["months"]
    assert (moved["really"]["held"], moved["draft"]["held"]) == (50_000, 100_000)


def test_n8_a_draft_gives_for_birthdays_for_which_nothing_was_given(make, tmp_path):
    cake = {"code": "cake", "on": "birthday", "unit": "reward", "earn": {"fixed": 20}}
    year = {"code": "year", "on": "anniversary", "unit": "reward", "earn": {"fixed": 7}}
    make.club(make.clock.now(), **{"rule[2]": cake | {"when": "member.age > 100"}})
    make.shopper(birth_date="1990-01-10")
    make.shopper()
    for days in (4, 2, 363, 2):  # 9 and 11 January of both years
        make.clock.move(days * DAY)
        make.run("jobs", "nightly")
    told = what_if(make, draft(tmp_path, **{"rule[2]": cake, "rule[3]": year}))
    assert told["unlike"] == []
    times = {row["rule"]: (row["really"]["times"], row["draft"]["times"]) for row in told["rules"]}
    assert times == {"cake": (0, 2), "year": (0, 2)}


def test_what_cannot_be_carried_through_is_said(make, tmp_path):
    faulty, good = draft(tmp_path, **{"rule[0].unit": "miles"}), draft_of(tmp_path, small(**CARDS))
    assert "no edition is published" in make.run("programme", "what-if", good, exit_code=1).output
    make.club()
    assert "rule[0].unit" in make.run("programme", "what-if", faulty, exit_code=1).output
    dollars = CARDS | {"club.currency": "USD"}
    other = draft_of(tmp_path, small(**dollars))
    assert "club.currency" in make.run("programme", "what-if", other, exit_code=1).output
    assert (
        "there is no run zz to carry on"
        in make.run("programme", "what-if", "--resume", "zz", exit_code=1).output
    )
    make.run("programme", "what-if", exit_code=2)
    make.run("programme", "what-if", good, "--resume", "zz", exit_code=2)
