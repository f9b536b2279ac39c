"""The planted bugs fit the code as it stands."""

import ast

import pytest

from tests.proofs.bugs import ROOT, planted
from tests.proofs.planted import BUGS, Bug


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_replaces_one_thing_and_is_python(bug: Bug) -> None:
    text = (ROOT / "loyalty" / bug.file).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(planted(bug, text))) != ast.dump(ast.parse(text))
    assert all((ROOT / likely).exists() for likely in bug.likely)


def test_there_are_thirty_eight_of_them_each_another() -> None:
    assert len({bug.name for bug in BUGS}) == len({(bug.file, bug.new) for bug in BUGS}) == len(BUGS) == 38
