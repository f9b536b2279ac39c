"""The ground that rounds take place on, made from the databases of tests."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Databases(Protocol):
    """Where fresh databases of one kind come from."""

    def clone(self, *, empty: bool = False) -> AbstractContextManager[str]:
        """The URL of a fresh database."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Databases of one kind, and a folder that is empty for each round."""

    kind: str
    folder: Path
    databases: Databases

    def database(self, *, empty: bool = False) -> AbstractContextManager[str]:
        """The URL of a fresh database, migrated unless it is `empty`."""
        return self.databases.clone(empty=empty)


@contextmanager
def plot(kind: str, databases: Databases, inside: Path | None = None) -> Iterator[Plot]:
    """A ground for one round; its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="round-", dir=inside))
    try:
        yield Plot(kind, folder, databases)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
