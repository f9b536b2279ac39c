"""The service as it is shipped: gunicorn on a port of this machine, in processes that can be killed."""

import multiprocessing
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from config.settings import Settings, variable
from tests.databases import UNSAFE

ROOT = Path(__file__).parents[2]
SECRET = "k3y-of-the-proofs-5d1c07fb9ae24b68"
READY_SECONDS = 60.0
# Importing the service takes longer than all else of its start: a process that has done so forks for each.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "loyalty.app",
        "loyalty.cli.jobs",
        "loyalty.cli.imports",
        "gunicorn.app.wsgiapp",
        "gunicorn.workers.gthread",
    ]
)


@dataclass(slots=True)
class Server:
    """One gunicorn with its workers, on one database."""

    database_url: str
    port: int
    workers: int
    threads: int
    settings: Mapping[str, str]
    log: Path
    app: str = "wsgi:app"
    _process: BaseProcess | None = field(default=None)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The master's process."""
        if self._process is None or self._process.pid is None:
            raise ProcessLookupError("it does not run")
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        words = ["gunicorn", "--workers", str(self.workers), "--threads", str(self.threads), self.app]
        self._process = _FORKS.Process(target=_gunicorn, args=(words, dict(self.settings), self.log))
        self._process.start()
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Raises TimeoutError with the end of its log when it does not get ready."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process is not None and not self._process.is_alive():
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError(f"not ready; its log ends: {self.log.read_text(errors='replace')[-3000:]}")

    def processes(self) -> list[int]:
        """The workers that answer, without their master."""
        if self._process is None:
            return []
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self, which: int = 0) -> None:
        """End one worker at once, as the kernel does; the master starts another by itself."""
        alive = self.processes()
        if alive:
            os.kill(alive[which % len(alive)], signal.SIGKILL)

    def kill(self) -> None:
        """End all of it at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.join()
            self._process = None

    def stop(self) -> None:
        """Let it finish what it does, then end."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(timeout=15)
            self.kill()


def _gunicorn(words: list[str], settings: dict[str, str], log: Path) -> None:
    """What the forked process becomes: gunicorn, as from its command line."""
    from gunicorn.app import wsgiapp

    os.setsid()
    os.chdir(ROOT)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    for name in [name for name in os.environ if name.startswith("LOYALTY_")]:
        del os.environ[name]
    os.environ.update(settings)
    sys.argv = words
    wsgiapp.run()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    database_url: str,
    folder: Path,
    *,
    workers: int = 2,
    threads: int = 8,
    app: str = "wsgi:app",
    **changes: object,
) -> Iterator[Server]:
    """A server on this database until the end of the block; `changes` are settings."""
    given = {
        "secret_key": SECRET,
        "database_url": database_url,
        "rate_limit_per_minute": 10**9,
        "anchor_file": "",
        "log_level": "ERROR",
        "nightly": False,
        "allow_unsafe": UNSAFE,
    } | changes
    port = free_port()
    settings = {variable(name): _text(value) for name, value in given.items()} | {variable("port"): str(port)}
    log = folder / f"server-{port}.log"
    server = Server(database_url, port, workers, threads, settings, log, app)
    server.start()
    try:
        yield server
    except Exception as fault:
        fault.add_note(f"the server's log ends: {server.log.read_text(errors='replace')[-5000:]}")
        raise
    finally:
        server.stop()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_of(database_url: str, **changes: object) -> Settings:
    """The settings of such a server, for an application in this process that founds its club."""
    return Settings(
        secret_key=SECRET, database_url=database_url, log_level="ERROR", anchor_file="", **changes
    )  # type: ignore[arg-type]
