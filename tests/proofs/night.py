"""Nights killed anywhere, run twice, run late, two at once: the books of one quiet night (P5, N7)."""

import os
import random
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event

from config.settings import variable
from loyalty.jobs import nightly as job
from tests.databases import settings_for
from tests.makers import Maker
from tests.proofs.clubs import sound
from tests.proofs.digest import BOOKS, digest, same
from tests.proofs.house import house, kept, let_go
from tests.proofs.past import DAY, Past
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

LISBON = ZoneInfo("Europe/Lisbon")
FIRST = datetime(2024, 1, 3, 10, tzinfo=UTC)  #: long past, so that `--as-of` by the machine's clock works too
KILLED = -signal.SIGKILL
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Eve:
    """A club of which a night is due, what a quiet night leaves of it, and how many steps that takes."""

    url: str
    past: Past
    now: datetime
    folder: Path
    rng: random.Random
    steps: int

    @property
    def make(self) -> Maker:
        return self.past.make

    def runs(self, dies_at: int = 0, chunk: int = 50) -> bool:
        """One night in a process of its own, killed at a step; whether it came to that."""
        return self.ends(self.starts(dies_at, chunk))

    def starts(self, dies_at: int = 0, chunk: int = 50) -> int:
        """Begin one night in a process of its own; which."""
        let_go(self.make)
        pid = os.fork()
        if pid == 0:
            self._in_the_child(dies_at, chunk)
        return pid

    def ends(self, pid: int) -> bool:
        """Wait for it; whether it was killed. Raises AssertionError with its fault if it failed by itself."""
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code in (0, KILLED), (self.folder / f"{pid}.txt").read_text()
        return code == KILLED

    def _in_the_child(self, dies_at: int, chunk: int) -> None:
        """Whatever happens, this ends here: nothing of the parent is closed or cleared up."""
        try:
            job.CHUNK = chunk
            with _steps(dies_at):
                self.make.run("jobs", "nightly")
        except BaseException:
            (self.folder / f"{os.getpid()}.txt").write_text(traceback.format_exc())
            os._exit(1)
        os._exit(0)


def round_of_nights(ground: Ground, seed: int) -> Mapping[str, int]:
    """One past, and some ways through the night that follows it."""
    rng = random.Random(seed)
    with ground.database() as url, house(url, FIRST) as make:
        past = Past(make, rng, FIRST, days=rng.randint(20, 70))
        past.live()
        now = _midnight(past.ended + rng.choice([1, 5, 20, 45]) * DAY)
        make.clock.move(now)
        shown, before = _views(past, now), digest(url, BOOKS)
        let_go(make)
        with kept(url) as put_back:
            with _steps() as taken:
                make.run("jobs", "nightly")
                eve = Eve(url, past, now, ground.folder, rng, taken())
            quiet = digest(url, BOOKS)
            assert quiet != before, "nothing was due"
            _unchanged(shown, _views(past, now), "a quiet night")
            kills = 0
            for way in (ways := rng.sample(WAYS, WAYS_EACH)):
                let_go(make)
                put_back()
                kills += way(eve)
                same(quiet, digest(url, BOOKS), way.__name__)
                _unchanged(shown, _views(past, now), way.__name__)
            sound(make)
    return {"nights": len(ways), "kills": kills}


def _killed_anywhere(eve: Eve) -> int:
    """Killed again and again, each time at any statement or commit; then one night goes through."""
    kills = 0
    for _ in range(eve.rng.randint(1, 3)):
        kills += eve.runs(eve.rng.randint(1, eve.steps), eve.rng.choice([1, 2, 50]))
    sound(eve.make)
    return kills + eve.runs()


def _killed_in_a_row(eve: Eve) -> int:
    """Killed at each of some steps in a row, a commit perhaps and what is just before and after it."""
    at = eve.rng.randint(1, eve.steps)
    return sum(eve.runs(step, 1) for step in range(at, at + 4)) + eve.runs()


def _twice(eve: Eve) -> int:
    return eve.runs() + eve.runs(chunk=3)


def _on_time(eve: Eve) -> int:
    """Every night on its day instead of one late one."""
    eve.make.clock.move(eve.past.ended)
    while (night := _midnight(eve.make.clock.now() + DAY)) <= eve.now:
        eve.make.clock.move(night)
        eve.make.run("jobs", "nightly")
    return 0


def _two_at_once(eve: Eve) -> int:
    pids = [eve.starts(chunk=eve.rng.choice([1, 2, 3])) for _ in range(2)]
    return sum([eve.ends(pid) for pid in pids])


def _two_at_once_one_killed(eve: Eve) -> int:
    pids = [eve.starts(dies_at, 1) for dies_at in (eve.rng.randint(5, eve.steps), 0)]
    return sum([eve.ends(pid) for pid in pids]) + eve.runs()


def _the_program_killed(eve: Eve) -> int:
    """`flask jobs nightly` itself, killed by the clock on the wall; and then once more."""
    with _program(eve) as process:
        try:
            killed = process.wait(eve.rng.uniform(1.0, 4.0)) == KILLED
        except subprocess.TimeoutExpired:
            process.kill()
            killed = process.wait() == KILLED
    with _program(eve) as again:
        assert again.wait(timeout=120) == 0, (eve.folder / "program.txt").read_text()
    return int(killed)


WAYS: Sequence[Callable[[Eve], int]] = (
    _killed_anywhere,
    _killed_in_a_row,
    _twice,
    _on_time,
    _two_at_once,
    _two_at_once_one_killed,
    _the_program_killed,
)
WAYS_EACH = 2  #: of a round: so much does making a past cost


@contextmanager
def _steps(dies_at: int = 0) -> Iterator[Callable[[], int]]:
    """Count statements, those that came back, and commits; this process is killed at one of them."""
    taken = 0

    def step(*_: object) -> None:
        nonlocal taken
        taken += 1
        if taken == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    names = ("before_cursor_execute", "after_cursor_execute", "commit")
    for name in names:
        event.listen(Engine, name, step)
    try:
        yield lambda: taken
    finally:
        for name in names:
            event.remove(Engine, name, step)


def _program(eve: Eve) -> subprocess.Popen[bytes]:
    """The program as operators run it, by the clock of the machine."""
    let_go(eve.make)
    given = settings_for(eve.url)
    told = {"secret_key": given.secret_key, "database_url": eve.url, "log_level": "ERROR"}
    told["anchor_file"] = str(eve.folder / "anchors.txt")
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LOYALTY_")}
    settings = {variable(name): text for name, text in told.items()}
    day = eve.now.astimezone(LISBON).date().isoformat()
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "nightly", "--as-of", day]
    with (eve.folder / "program.txt").open("wb") as said:
        return subprocess.Popen(words, cwd=ROOT, env=kept | settings, stdout=said, stderr=said)


def _midnight(at: datetime) -> datetime:
    """The instant at which the club's day of `at` begins."""
    return datetime.combine(at.astimezone(LISBON).date(), time_of_day.min, LISBON).astimezone(UTC)


def _unchanged(before: list[Any], after: list[Any], why: str) -> None:
    """Raises AssertionError with the first answer that is another now."""
    apart = next((pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]), None)
    assert apart is None, f"{why} changed what can be seen: {apart}"


def _views(past: Past, now: datetime) -> list[Any]:
    """Every figure of those without a birthday, who get nothing but by the clock, at instants around."""
    past.make.clock.move(now)
    instants = [past.ended, past.ended + (now - past.ended) / 2, now, now + 8 * DAY, now + 100 * DAY]
    shown = []
    for member in (one for place, one in enumerate(past.members) if place not in past.born):
        for at in instants:
            for path in ("/balance", "/tier"):
                shown.append({**member.look(path, at), "because": None})
    return shown


PROOF = Proof("night", "nights", round_of_nights, quick=1, long={SQLITE: 150, POSTGRESQL: 120})
