"""Which tests count the lines and branches that they go through, when `make check` has them counted."""

import pytest

from tests.slow import name_of

FAR = ("tests/proofs/", "_in_a_browser.py")  #: what reaches the product from afar, as nearer tests do too


def counts(item: pytest.Item) -> bool:
    """Whether a test does: once is enough for what runs alike on both databases."""
    return is_near(item.nodeid, any(map(_names_the_kind, item.iter_markers("parametrize"))))


def is_near(node_id: str, names_its_kind: bool) -> bool:
    """Whether a test goes through the product first of all: on PostgreSQL where it is about that database.

    >>> [is_near(f"tests/api/test_x.py::test_y[{kind}]", False) for kind in ("sqlite", "postgresql")]
    [True, False]
    >>> is_near("tests/api/test_x.py::test_y[postgresql]", True)
    True
    """
    is_twin = name_of(node_id).endswith(" postgresql") and not names_its_kind
    return not is_twin and not any(part in node_id for part in FAR)


def _names_the_kind(mark: pytest.Mark) -> bool:
    names = mark.args[0]
    return "kind" in (names.split(",") if isinstance(names, str) else names)
