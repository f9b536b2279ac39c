"""The machine finds a club that breaks a promise, tells where, and how little of its life it takes."""

import ast
import os
from pathlib import Path

import pytest

from loyalty.errors import Refusal
from tests.databases import HOME
from tests.proofs.ground import plot
from tests.proofs.machine import Drift, live
from tests.proofs.machine_programme import document
from tests.proofs.machine_shrink import fewest
from tests.proofs.model_wishes import KEPT

MODEL = [Path(__file__).parent / f"{name}.py" for name in ("model_club", "model_cards")]


def a_month_longer(promises):
    promises["unit"]["reward"]["expiry"] = {"months": 3}


def a_point_more_for_silver(promises):
    promises["tier"][1]["attain"] += 1


def debt_where_it_should_be_forgiven(promises):
    promises["unit"]["gems"]["on_return"] = "debt"


def a_ride_more_for_everybody(promises):
    quota = promises["benefit"][4]["quota"]
    quota["count"] = {tier: count + 1 for tier, count in quota["count"].items()}


def a_trip_less(promises):
    promises["reward"][2]["stock"] -= 1


def a_day_more_of_grace(promises):
    promises["unit"]["reward"]["give_back_days"] += 1


BROKEN = [
    a_month_longer,
    a_point_more_for_silver,
    debt_where_it_should_be_forgiven,
    a_ride_more_for_everybody,
    a_trip_less,
]


@pytest.mark.parametrize("breaks", [*BROKEN, pytest.param(a_day_more_of_grace, marks=pytest.mark.prove)])
def test_a_club_that_breaks_a_promise_is_found_with_its_seed_and_step(sqlite_databases, breaks):
    promises = document()
    breaks(promises)
    home = Path(os.environ[HOME])
    with plot("sqlite", sqlite_databases, home) as ground, pytest.raises(Drift) as found:
        live(ground, 7, promises=promises)
    assert any(note.startswith("seed 7, step ") for note in found.value.__notes__)


@pytest.mark.parametrize("needed", [{3}, {0, 99}, {17, 18, 60}, set()])
def test_a_life_is_shortened_to_the_steps_that_its_fault_needs(needed):
    def fault_of(steps):
        return ValueError() if needed <= set(steps) else None

    assert set(fewest(fault_of, range(100))) == needed


def test_a_life_without_a_fault_stays_as_it_is():
    assert fewest(lambda steps: None, range(5)) == range(5)


def test_p3_a_header_remembers_the_same_refusals_in_the_model_as_in_the_club():
    judged = {kind.code: kind.judged for kind in Refusal.__subclasses__()}
    nodes = [node for file in MODEL for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    told = {node.value for node in nodes if isinstance(node, ast.Constant) and node.value in judged}
    assert {code for code in told if judged[code]} == KEPT
