"""What no law can speak of from rows alone: the columns that corruptions leave alone, each with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Free:
    """A column, or a part of its JSON, or rows of a table to leave out or double (`table:delete`)."""

    what: str  #: with * for anything
    reason: str
    when: Callable[[Row], bool] = lambda row: True  #: only of such rows


def of_a_header(row: Row) -> bool:
    """A claim on the header of a request."""
    return str(row["scope"]).startswith("key:")


FREE = (
    Free("claim.request_hash", "what was asked is not kept, but for policies and premiums",
         lambda row: row["scope"] not in ("policy", "premium")),
    Free("claim:*", "how often a request was sent, and under which header, is its client's own", of_a_header),
    Free("claim.key", "a header's key is its client's own word", of_a_header),
    Free("claim.taken_at", "a request may come again much later, and hears the same", of_a_header),
)  # fmt: skip


def is_free(what: str, row: Row) -> bool:
    """Whether something is left alone in a row."""
    return any(fnmatchcase(what, free.what) and free.when(row) for free in FREE)
