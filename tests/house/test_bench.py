import json
import os
import subprocess
import sys

import pytest

from bench.bars import bars
from bench.scene import card
from loyalty.members.cards import is_for_rehearsals, is_ours
from tests import databases
from tests.house.sources import ROOT

ROW = {"bar", "name", "ratio", "must", "aim", "better", "ours", "yardstick", "unit", "spread", "pairs", "ok"}


@pytest.fixture
def results(tmp_path):
    """The rows of a run of bar 12 on the smallest size, with a server of its own."""
    file = tmp_path / "latest.json"
    asked = {"SIZE": "tiny", "ONLY": "12", "RESULTS": str(file), "TMPDIR": os.environ[databases.HOME]}
    done = subprocess.run(
        [sys.executable, "-m", "bench"], cwd=ROOT, env=os.environ | asked, capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr[-3000:]
    return json.loads(file.read_text("utf-8"))


def test_the_benchmark_starts_a_server_fills_it_and_gives_a_row_for_each_bar(results):
    assert [row["bar"] for row in results] == [12, 12]
    for row in results:
        assert row.keys() >= ROW
        assert row["ratio"] == pytest.approx(row["ours"] / row["yardstick"], rel=1e-3)
        assert row["spread"] == [row["ratio"]] * 2


def test_each_bar_says_once_what_it_must_and_should_reach():
    names = [(one.number, one.name) for one in bars()]
    assert len(names) == len(set(names))
    for one in bars():
        assert one.holds(one.must), one.name
        assert one.holds(one.aim), one.name


def test_the_cards_of_the_benchmark_are_ones_that_the_club_could_have_given_out():
    cards = [card(number) for number in range(1, 2_000)]
    assert len(set(cards)) == len(cards)
    assert all(is_ours(one, "70") and not is_for_rehearsals(one) for one in cards)
