"""Several servers of one database, and askers who start at one moment and ask until they hear a verdict."""

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

from tests.proofs.asks import Ask
from tests.proofs.servers import Server, serving
from tests.proofs.tellers import Heard, Teller

ASKERS, PROCESSES = 32, 2
LATE_SECONDS = 4.0  #: three seconds that a lock may take (A4), and one for this machine
MOST_TURNS = 100  #: how often one asks anew before giving up


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one wish: its verdict, and how often it was answered without one, or late."""

    ask: Ask
    heard: Heard
    busy: int  #: 503, and 409 in_progress
    lost: int  #: nothing came
    late: int

    @property
    def body(self) -> Any:
        """The answer's body."""
        return self.heard.body

    @property
    def noise(self) -> dict[str, int]:
        """What was heard before the verdict, to be counted."""
        return {"busy": self.busy, "lost": self.lost, "late": self.late}


@contextmanager
def processes(
    database_url: str, folder: Path, count: int = PROCESSES, **changes: Any
) -> Iterator[list[Server]]:
    """So many servers of one process each, started together: who asks which is up to the askers."""
    with ExitStack() as stack:
        threads = ASKERS // count
        starting = [
            serving(database_url, folder, workers=1, threads=threads, **changes) for _ in range(count)
        ]
        with ThreadPoolExecutor(count) as pool:
            servers = list(pool.map(stack.enter_context, starting))
        yield servers


class Crew:
    """Askers with a connection each, shared out evenly over the servers."""

    def __init__(self, servers: Sequence[Server], key: str, askers: int = ASKERS) -> None:
        ports = [servers[number % len(servers)].port for number in range(askers)]
        self._tellers = [Teller("127.0.0.1", port, key) for port in ports]
        self._pool = ThreadPoolExecutor(askers)

    def at_once(self, asks: Sequence[Ask]) -> list[Told]:
        """Everybody starts at one moment; of more wishes than askers, each has several in turn."""
        start = Barrier(len(self._tellers), timeout=60)

        def ask(number: int) -> list[Told]:
            teller = self._tellers[number]
            teller.dial()
            start.wait()
            return [until_verdict(teller, one) for one in asks[number :: len(self._tellers)]]

        turns = list(self._pool.map(ask, range(len(self._tellers))))
        return [turns[number % len(turns)][number // len(turns)] for number in range(len(asks))]

    def done(self) -> None:
        """Hang up."""
        self._pool.shutdown()
        for teller in self._tellers:
            teller.hang_up()


@contextmanager
def crew(servers: Sequence[Server], key: str) -> Iterator[Crew]:
    """A crew until the end of the block."""
    made = Crew(servers, key)
    try:
        yield made
    finally:
        made.done()


def until_verdict(teller: Teller, ask: Ask) -> Told:
    """Ask the same again for as long as it is only busy. Raises AssertionError when it stays so."""
    busy = lost = late = 0
    for _ in range(MOST_TURNS):
        began = time.monotonic()
        heard = teller.post(ask.path, ask.body, ask.key)
        late += time.monotonic() - began > LATE_SECONDS
        if heard.status == 0:
            lost += 1
        elif heard.is_unknown or heard.code == "in_progress":
            busy += 1
        else:
            return Told(ask, heard, busy, lost, late)
        time.sleep(random.uniform(0.02, 0.2))
    raise AssertionError(f"no verdict on {ask} in {MOST_TURNS} turns")
