"""Tests of the tests: each planted bug makes the quick suite fail."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.proofs.planted import BUGS, Bug
from tests.proofs.proof import SQLITE, Ground, Proof, one

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".prove", ".*_cache", ".hypothesis", "instance", "*.db*")
PYTEST = ("-m", "pytest", "-x", "--no-header", "--tb=short")
OURS = "--ignore=tests/proofs/test_planted.py"  # it knows the bugs by heart
PASSED, FAILED = 0, 1  #: pytest's own words; anything else is no verdict
PATIENCE_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class EachOnce(Proof):
    """A proof whose rounds are numbered, so that each takes another bug."""

    def seed(self, kind: str, number: int, base: str = "") -> int:
        """The number itself."""
        return number


def planted(bug: Bug, text: str) -> str:
    """The text with the bug. Raises AssertionError when what it replaces is not there, or more than once."""
    found = text.count(bug.old)
    assert found == 1, f"{bug.name}: {bug.file} holds what it replaces {found} times: put it right"
    return text.replace(bug.old, bug.new)


def caught(ground: Ground, seed: int) -> Mapping[str, int]:
    """One bug in a copy of the tree, and the suite until it fails: likely tests first, then all of it.

    A control follows: without the bug, what failed passes.
    """
    bug = BUGS[seed % len(BUGS)]
    tree = ground.folder / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    file = tree / "loyalty" / bug.file
    good = file.read_text(encoding="utf-8")
    for by, words in (("likely", bug.likely), ("all", ())):
        file.write_text(planted(bug, good), encoding="utf-8")
        verdict = _tested(tree, *words)
        if verdict.returncode == FAILED:
            file.write_text(good, encoding="utf-8")
            control = _tested(tree, "--last-failed", *words)
            assert control.returncode == PASSED, f"{bug.name}: fails without it, too, {_end(control)}"
            return one("bugs", caught=1) + Counter({f"caught by {by}": 1})
        assert verdict.returncode == PASSED, f"{bug.name}: no verdict, {_end(verdict)}"
    raise AssertionError(f"{bug.name}: no test fails")


def _end(verdict: subprocess.CompletedProcess[str]) -> str:
    return f"{verdict.returncode}: {verdict.stdout[-3_000:]}\n{verdict.stderr[-3_000:]}"


def _tested(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    ours = {"TESTS_HOME", "XDG_RUNTIME_DIR"}
    environment = {name: text for name, text in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *PYTEST, OURS, *words],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


PLANTED_BUGS = EachOnce("planted bugs", "bugs", caught, quick=0, long={SQLITE: len(BUGS)}, runs=("tests",))
