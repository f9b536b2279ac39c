"""What a bar finds when it begins: a filled database, whom it holds, and the server's own clients."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from bench.cluster import Cluster
from loyalty.members.cards import damm, passes_luhn

CLIENTS = 8
CARD_PREFIX, ZONE = "70", "Europe/Lisbon"  #: as the programme says
FIRST_MEMBER = (
    1_577_836_800_000 << 21
)  #: an id of the first instant of 2020: before all that the engine draws
_FIRST_CARD = 10**11  #: numbers from here on are none of those that tills rehearse with
_TPS = re.compile(r"^tps = ([0-9.]+) \(without", re.MULTILINE)
_AT_ONCE_BYTES = 1 << 22
_turns = count(1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is in the books, how many pairs of runs there are, and how long a run of a load is."""

    name: str
    members: int
    entries: int  #: about so many, shared out evenly
    pairs: int
    seconds: int

    @property
    def patience_seconds(self) -> int:
        """How long a bar may take for what it cannot finish: then it measures what was done."""
        return 3 * self.seconds

    @property
    def purchases(self) -> int:
        """Purchases of each member: each leads to an entry of status and to one of reward."""
        return max(2, self.entries // self.members // 2)


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 2_000, 20_000, pairs=1, seconds=2),
        Size("small", 100_000, 1_000_000, pairs=5, seconds=8),
        Size("full", 1_000_000, 10_000_000, pairs=1, seconds=30),
    )
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A filled database of a server that runs; a bar that writes what the books would not takes a copy."""

    size: Size
    cluster: Cluster
    empty: str  #: the database of the same club before anybody joined
    name: str  #: of the filled database
    now: datetime  #: the instant up to which members have lived

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.cluster.url(self.name)

    def warm(self) -> "Scene":
        """Read all its files once, as memory has forgotten them when other copies were made; itself."""
        for file in self._files():
            with suppress(FileNotFoundError), file.open("rb", buffering=0) as read:  # vacuum drops some
                while read.read(_AT_ONCE_BYTES):
                    pass
        return self

    @property
    def count(self) -> int:
        """How many members there are: their numbers run from 1 to this."""
        return self.size.members

    def member_id(self, number: int) -> int:
        """The id of a member by their number, from 1 on."""
        return FIRST_MEMBER + number

    def card(self, number: int) -> str:
        """The card of a member by their number, from 1 on."""
        return card(number)

    def copy(self) -> "Scene":
        """The same scene on a copy of the database; nobody may be connected to the database meanwhile."""
        return self._copy(self.name, f"copy_{next(_turns)}")

    @contextmanager
    def copied(self) -> Iterator["Scene"]:
        """The same on a copy that is gone at the end of the block."""
        with self._until_dropped(self.name) as scene:
            yield scene

    @contextmanager
    def emptied(self) -> Iterator["Scene"]:
        """The same club with nobody in it, in a database that is gone at the end of the block."""
        with self._until_dropped(self.empty) as scene:
            yield scene

    def other(self, name: str) -> "Scene":
        """The same server's database of that name."""
        return replace(self, name=name)

    def _copy(self, of: str, name: str) -> "Scene":
        self.cluster.copy(of, name)
        return self.other(name)

    def _files(self) -> Iterator[Path]:
        """Where all of the database lies."""
        ((number,),) = self.sql("SELECT oid FROM pg_database WHERE datname = current_database()")
        return (self.cluster.folder / "base" / str(number)).iterdir()

    @contextmanager
    def _until_dropped(self, of: str) -> Iterator["Scene"]:
        scene = self._copy(of, f"{of}_for_a_while_{next(_turns)}")
        try:
            yield scene
        finally:
            self.cluster.drop(scene.name)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement and commit; the rows it gives, if it gives any."""
        with psycopg.connect(self.url) as session:
            done = session.execute(statement, values or None)
            return done.fetchall() if done.description else []

    def pgbench(self, *words: str, clients: int = CLIENTS, **variables: object) -> float:
        """Transactions a second of pgbench with these words (`-f FILE`, `-b NAME`) and variables, prepared.

        It runs as long as this size says. Raises RuntimeError when any transaction failed.
        """
        load = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(self.size.seconds)]
        given = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        told = self.cluster.run("pgbench", *load, *given, *words, name=self.name)
        found = _TPS.search(told)
        if found is None or "number of failed transactions: 0 " not in told:
            raise RuntimeError(f"pgbench: {told[-2000:]}")
        return float(found[1])


def card(number: int) -> str:
    """The card number of the member with that number: one that the club could have given out."""
    for digit in range(10):
        body = f"{CARD_PREFIX}{_FIRST_CARD + number}{digit}"
        if not passes_luhn(made := f"{body}{damm(body)}"):
            return made
    raise AssertionError(f"all cards of {number} look like payment cards")
