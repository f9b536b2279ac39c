import csv
import json
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from loyalty import ids
from loyalty.app import create_app
from loyalty.cli import ledger as commands
from loyalty.db import carry_out, db
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker
from tests.pages import lives
from tests.pasts import live

TABLES = [
    "account", "claim", "edition", "entry", "hold", "lot", "operation", "operation_part", "pending", "policy",
    "policy_share", "policy_version", "premium", "sale", "sale_return", "standing", "tally", "term",
]  # fmt: skip
OF_INSURERS = ("policy", "policy_share", "policy_version", "premium")  #: a shop has none
LEFT_OUT = {"name", "phone", "email", "outcome", "cashier", "published_by"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    """A club with a past, and its people; the books are as they were after every test."""
    with request.getfixturevalue(f"{request.param}_databases").clone() as url:
        clock = MovableClock()
        make = Maker(create_app(settings_for(url), clock), clock)
        yield make, live(make)
        with make.app.app_context():
            db.engine.dispose()


def read(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def spoiled(make):
    """One point too many in each account of a unit, for a while."""

    def add(points):
        change = f"UPDATE account SET available = available + {points} WHERE unit = 'bonus'"
        with make.app.app_context():
            carry_out(lambda session: session.execute(text(change)))

    add(1)
    yield
    add(-1)


def test_verify_says_each_law_and_the_trial_balance(past):
    make, _ = past
    told = make.run("ledger", "verify")
    lines = told.stdout.splitlines()
    codes = [line.split()[1] for line in lines if line.startswith("law ")]
    numbered = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "12", "13"}
    assert len(set(codes)) == len(codes)
    assert {code.split(".")[0] for code in codes} == numbered | {
        "approvals", "entitlements", "erased", "merged",
        "events", "parts", "positions", "reviews", "rewards", "stopped", "tenders",
    }  # fmt: skip
    assert [code for code in codes if code.startswith("5")] == ["5.1", "5.2", "5.3", "5.4"]
    assert all(line.split()[2] == "ok" for line in lines if line.startswith("law "))
    assert [line.split(":")[0] for line in lines[len(codes) :]] == [
        "unit bonus",
        "unit quiet",
        "unit reward",
        "unit status",
    ]
    assert "debt +0" in told.stdout
    assert told.stderr == ""  # no law is told twice


def test_an_empty_club_is_in_order(make):
    make.run("ledger", "verify")


def test_a_club_where_nothing_moved_yet_is_in_order(make):
    make.club(make.clock.now())
    make.shopper()
    assert "unit reward: nothing moved  =  0 (" in make.run("ledger", "verify").stdout


def test_verify_names_the_row_that_breaks_a_law_and_fails(past):
    make, people = past
    with spoiled(make):
        told = make.run("ledger", "verify", exit_code=1).stdout
    member = min(ids.from_text(one.member_id) for one in people)
    assert f"law 1 is broken at account member_id={member} unit=bonus: available: 712 is stored" in told
    assert told.count("law 1 is broken at account") == 3
    assert "law 1       3 faults" in told


def test_verify_shows_at_most_so_many_faults_of_a_law(past, monkeypatch):
    make, _ = past
    monkeypatch.setattr(commands, "MOST_SHOWN", 2)
    with spoiled(make):
        told = make.run("ledger", "verify", exit_code=1).stdout
    assert told.count("law 1 is broken at") == 2
    assert "law 1: 1 more\n" in told


def test_g5_an_outsider_recomputes_every_balance_from_the_export(past, tmp_path):
    make, people = past
    folder = tmp_path / "new" / "books"
    told = make.run("ledger", "export", str(folder))
    assert "entry: " in told.stderr
    entries, lots, members = read(folder, "entry"), read(folder, "lot"), Counter()
    for entry in entries:
        members[entry["member_id"], entry["unit"]] += int(entry["points"])
    for person in people:
        number = str(ids.from_text(person.member_id))
        for unit in ("bonus", "quiet", "reward", "status"):
            available, held, pending, debt = person.figures(unit=unit)
            assert members[number, unit] == available + held - debt
            mine = [lot for lot in lots if (lot["member_id"], lot["unit"]) == (number, unit)]
            assert sum(int(lot["remaining"]) for lot in mine) == available
            assert sum(int(lot["held"]) for lot in mine) == held
            promised = [
                int(part["points"]) - int(part["taken_back"])
                for part in read(folder, "pending")
                if (part["member_id"], part["unit"], part["state"]) == (number, unit, "pending")
            ]
            assert sum(promised) == pending


def test_the_manifest_counts_and_seals_each_file(past, tmp_path):
    make, _ = past
    make.run("ledger", "export", str(tmp_path))
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest["as_of"].startswith("2027-02-03T12:0")
    assert sorted(manifest["files"]) == [f"{table}.csv" for table in TABLES]
    for name, told in manifest["files"].items():
        content = (tmp_path / name).read_bytes()
        assert sha256(content).hexdigest() == told["sha256"]
        table = name.removesuffix(".csv")
        assert len(read(tmp_path, table)) == told["rows"]
        assert (told["rows"] == 0) == (table in OF_INSURERS)


def test_the_export_says_times_days_and_tables_in_one_way(past, tmp_path):
    make, _ = past
    make.run("ledger", "export", str(tmp_path))
    first = read(tmp_path, "sale")[0]
    assert first["sold_at"] == "2026-01-05T02:00:00.000000Z"
    assert first["business_date"] == "2026-01-05"
    assert json.loads(first["lines"])[0] == [1, "", "", 1000, 60000]
    terms = read(tmp_path, "term")
    assert {term["protected"] for term in terms} == {"true", "false"}
    assert terms[-1]["ended_at"] == ""
    assert json.loads(read(tmp_path, "edition")[0]["document"])["club"]["name"]["zh"] == "俱乐部"


def test_m7_the_export_holds_nothing_personal(past, tmp_path):
    make, _ = past
    make.run("ledger", "export", str(tmp_path))
    headers = {
        file.name: file.read_text("utf-8").splitlines()[0].split(",") for file in tmp_path.glob("*.csv")
    }
    assert [name for name, header in headers.items() if LEFT_OUT & set(header)] == []
    assert {claim["scope"].split("@")[0].split(":")[-1] for claim in read(tmp_path, "claim")} == {
        "purchase", "return", "redemption", "reversal", "hold", "capture", "void", "adjustment",
        "reward_order", "reward_cancel",
    }  # fmt: skip
    assert not any("Ana Silva" in file.read_text("utf-8") for file in tmp_path.glob("*.csv"))


def test_m7_nor_how_the_core_system_calls_whom_a_policy_is_about(make, clock, tmp_path):
    house = lives.insurers_house(make, clock)
    lives.diamond(house, clock)
    make.run("ledger", "export", str(tmp_path))
    told = [json.loads(one["content"]) for one in read(tmp_path, "policy_version")]
    assert len(told) > 3
    assert {one["holder_reference"] for one in told} == {None}
    assert "C-1" not in "".join(file.read_text("utf-8") for file in tmp_path.glob("*.csv"))


def test_two_exports_of_the_same_books_are_the_same(past, tmp_path):
    make, _ = past
    make.run("ledger", "export", str(tmp_path / "a"))
    make.clock.move(timedelta(minutes=1))
    make.run("ledger", "export", str(tmp_path / "b"))
    files = [json.loads((tmp_path / one / "manifest.json").read_text("utf-8"))["files"] for one in "ab"]
    assert files[0] == files[1]


def test_an_export_begins_in_an_empty_folder(make, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    told = make.run("ledger", "export", str(tmp_path), exit_code=1)
    assert "is not empty" in told.output
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_long_table_tells_how_far_it_has_come(past, tmp_path, monkeypatch):
    make, _ = past
    monkeypatch.setattr(commands, "TELL_EVERY", 10)
    assert "entry: 10 rows …" in make.run("ledger", "export", str(tmp_path)).stderr
