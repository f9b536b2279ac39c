"""What every refusal is, and the limit that all arithmetic keeps (N1)."""

from collections.abc import Callable
from typing import Any

MOST_POINTS = 10**12  #: an operation moves at most this many, in a unit's smallest steps (N1)


class Refusal(Exception):
    """Base of all refusals. `code` is a public promise: never rename it.

    `judged` refusals are judged after the member was found and locked; an Idempotency-Key remembers them
    (P3): `keep` writes that down in a transaction of its own, once all that was tried is undone. It gives
    false where a twin took the key meanwhile, whose answer is then the one to hear.
    """

    code = "refused"
    judged = False

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.keep: Callable[[Any], bool] | None = None
        self.replayed = False
