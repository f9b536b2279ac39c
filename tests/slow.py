"""Which tests `make test` leaves to `make check`: those that took long when all were run (tests/slow.txt)."""

import sys
from pathlib import Path
from xml.etree import ElementTree

LIST = Path(__file__).with_name("slow.txt")
LONG_SECONDS = 0.18
KINDS = ("sqlite", "postgresql")
ALWAYS = "tests/pages/test_the_story_in_a_browser"  #: the one walk in a browser that `make test` has


def listed() -> frozenset[str]:
    """The tests that take long, each with the kind of database that it does on."""
    return frozenset(LIST.read_text(encoding="utf-8").splitlines())


def name_of(node_id: str) -> str:
    """What a case of a test is listed as, whatever its other parameters.

    >>> name_of("tests/api/test_x.py::test_y[1-postgresql]"), name_of("tests/api/test_x.py::test_z")
    ('tests/api/test_x.py::test_y postgresql', 'tests/api/test_x.py::test_z')
    """
    test, _, case = node_id.partition("[")
    return " ".join([test, *(kind for kind in KINDS if kind in case)])


def measured(report: Path) -> set[str]:
    """What took long in a run, by its report in JUnit's form."""
    cases = ElementTree.parse(report).iter("testcase")
    return {
        name_of(f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}")
        for case in cases
        if float(case.attrib["time"]) >= LONG_SECONDS
    }


if __name__ == "__main__":
    found = {
        name
        for name in measured(Path(sys.argv[1]))
        if not name.startswith(("tests/proofs/test_proofs", ALWAYS))
    }
    LIST.write_text("".join(f"{name}\n" for name in sorted(found)), encoding="utf-8")
