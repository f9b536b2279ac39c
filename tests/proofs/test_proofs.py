"""The quick column of every proof: a few rounds of each, on both databases."""

import os
from pathlib import Path

import pytest

from tests.databases import HOME
from tests.proofs.ground import plot
from tests.proofs.proof import Proof
from tests.proofs.table import PROOFS

CASES = [(proof, kind) for proof in PROOFS if proof.quick for kind in proof.long]


@pytest.mark.parametrize(("proof", "kind"), CASES, ids=[f"{proof.name}, {kind}" for proof, kind in CASES])
def test_the_quick_column(request: pytest.FixtureRequest, proof: Proof, kind: str) -> None:
    databases = request.getfixturevalue(f"{kind}_databases")
    counted = 0
    for number in range(proof.quick):
        seed = proof.seed(kind, number)
        with plot(kind, databases, Path(os.environ[HOME])) as ground:
            try:
                counted += proof.round(ground, seed).get(proof.unit, 0)
            except BaseException as fault:
                fault.add_note(f"{proof.name} on {kind}: round {number}, seed {seed}")
                raise
    assert counted > 0, "a proof that did nothing proves nothing"
