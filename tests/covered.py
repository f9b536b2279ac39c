"""Which tests count the lines and branches that they go through, when `make check` has them counted."""

from tests.slow import name_of

FAR = ("tests/proofs/", "_in_a_browser.py")  #: what reaches the product from afar, as nearer tests do too


def counts(node_id: str) -> bool:
    """Whether a test does: once is enough for what runs on both databases, and the product has few lines
    for PostgreSQL alone.

    >>> [counts(f"tests/api/test_x.py::test_y[{kind}]") for kind in ("sqlite", "postgresql")]
    [True, False]
    """
    return not name_of(node_id).endswith(" postgresql") and not any(part in node_id for part in FAR)
