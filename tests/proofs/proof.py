"""What a proof is: one row of the table, quick in `make test` and long in `make prove`, by the same code."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SQLITE, POSTGRESQL = "sqlite", "postgresql"


class Ground(Protocol):
    """Where a round takes place: databases of one kind, and a folder of its own."""

    kind: str  #: sqlite or postgresql
    folder: Path  #: empty when a round begins

    def database(self, *, empty: bool = False) -> AbstractContextManager[str]:
        """The URL of a fresh database, migrated unless it is `empty`."""


Round = Callable[
    [Ground, int], Mapping[str, int]
]  #: (where, seed) → what was done and counted; raises on a fault


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of the table.

    A round is one independent life from a seed. `quick` says how many rounds `make test` does on each kind of
    database, none for what is long by nature; `long` says how many `unit`s make up a whole night, by the
    kind of database.
    """

    name: str
    unit: str  #: what a round counts first: operations, rounds, kills …
    round: Round
    quick: int
    long: Mapping[str, int]
    runs: tuple[str, ...] = ()  #: folders whose files it runs as programs, besides what it imports
    divisible: bool = True  #: whether less than half a night does a part of it, or leaves it out

    def seed(self, kind: str, number: int, base: str = "") -> int:
        """The seed of the nth round: always the same, so that a run can be resumed and a failure replayed."""
        text = f"{base}/{self.name}/{kind}/{number}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])

    def target(self, kind: str, share: float) -> int:
        """How many units are to be done in this share of a night."""
        wanted = round(self.long[kind] * share)
        return max(1, wanted) if self.divisible else wanted


def one(unit: str, **more: int) -> Counter[str]:
    """What a round counts that is one thing in itself."""
    return Counter({unit: 1} | more)
