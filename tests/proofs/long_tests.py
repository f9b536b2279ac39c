"""The tests that are marked `prove`: whole data sets, and attacks with many turns. Each file is a proof."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof, Round, one

ROOT = Path(__file__).parents[2]
MARK = "pytest.mark." + "prove"  # in two, so that this file does not find itself
DATA = ROOT.parent / "shared" / "data"


def _files() -> list[Path]:
    return sorted(file for file in (ROOT / "tests").rglob("test_*.py") if MARK in file.read_text("utf-8"))


def _run(file: Path) -> Round:
    def run(ground: Ground, seed: int) -> Counter[str]:
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}"]
        given = {"LOYALTY_REAL_DATA": str(DATA)} if DATA.exists() else {}
        done = subprocess.run(
            [*words, "-m", "prove", "-k", ground.kind, str(file)],
            cwd=ROOT,
            env=given | os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(done.stdout[-8000:] + done.stderr[-2000:])
        counts = re.findall(r"(\d+) (passed|skipped)", done.stdout.splitlines()[-1])
        return one("files", **{f"tests {what}": int(number) for number, what in counts})

    return run


PROOFS = tuple(
    Proof(
        f"long: {file.stem.removeprefix('test_')}",
        "files",
        _run(file),
        quick=0,
        long={SQLITE: 1, POSTGRESQL: 1},
        runs=("tests",),
        divisible=False,
    )
    for file in _files()
)
