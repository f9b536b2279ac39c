"""A disk that fills under load: writes hear 503, reads are served, and once there is room again all heals."""

import random
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from tests.proofs.clubs import found
from tests.proofs.load import MEMBERS, POINTS, PROGRAMME, Load
from tests.proofs.postgres import Cluster, cluster
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof, one
from tests.proofs.reckoning import operations, reckon
from tests.proofs.servers import Server, serving

MEGABYTE = 1024 * 1024
ROOM_MEGABYTES = {SQLITE: 8, POSTGRESQL: 64}  #: of the small disk
PATIENCE_SECONDS = 60.0
READS = 5  #: that are tried while nothing can be written


class Disk(Protocol):
    """What holds a database, and can be full."""

    name: str

    def fill(self, server: Server) -> None:
        """From now on there is no room."""

    def free(self, server: Server) -> None:
        """There is room again."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A small tmpfs."""

    name: str
    folder: Path

    def fill(self, _: Server) -> None:
        """Something else takes all that is left."""
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for size in (MEGABYTE, 4096, 1):
                with suppress(OSError):  # not even so little fits any more
                    while ballast.write(bytes(size)) == size:
                        pass

    def free(self, _: Server) -> None:
        """It goes."""
        (self.folder / "ballast").unlink()


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """No file may grow beyond a size: a disk that is full where nothing may be mounted."""

    name: str
    most_bytes: Callable[[], int]
    cluster: Cluster | None = None  #: who writes, if not the server

    def fill(self, server: Server) -> None:
        """The limit holds."""
        self._limit(server, self.most_bytes())

    def free(self, server: Server) -> None:
        """Files may grow as they like."""
        self._limit(server, None)

    def _limit(self, server: Server, size: int | None) -> None:
        if self.cluster is not None:
            self.cluster.limit_files(size)
            return
        soft = resource.RLIM_INFINITY if size is None else size
        for pid in (server.pid, *server.processes()):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))


@dataclass(frozen=True, slots=True)
class Place:
    """A database on a disk that can be full."""

    url: str
    disk: Disk
    cluster: Cluster | None = None  #: its server, if it has one
    keeps_reading: bool = True  #: PostgreSQL stops altogether when its log finds no room


def fillings(ground: Ground, seed: int) -> Mapping[str, int]:
    """One disk that fills in mid-load, and is freed after a while."""
    rng = random.Random(seed)
    with _place(ground, rng) as place:
        club = found(place.url, members=MEMBERS, points=POINTS, **PROGRAMME)
        founded = operations(place.url)
        workers = 2 if place.cluster else 1
        with serving(place.url, ground.folder, workers=workers, allow_unsafe="") as server:
            load = Load(club, server.port, seed)
            with load.running():
                _until(lambda: load.acknowledged() >= 10, load)
                place.disk.fill(server)
                _until(lambda: _unavailable(load) > 0, load)
                _reads_are_served(load, place)
                time.sleep(rng.uniform(0, 0.5))
                place.disk.free(server)
                before = load.acknowledged()
                _until(lambda: _starts(place.cluster) and load.acknowledged() >= before + 10, load)
            load.resolve()
            reckon(load, place.url, founded)
    assert all(heard.status != 0 for _, _, heard in load.history.lines), "somebody had no answer at all"
    return one("fillings", unavailable=_unavailable(load), **{place.disk.name: 1})


def _starts(cluster: Cluster | None) -> bool:
    """A database that could not even start again is started as an init system does; the service never is."""
    if cluster is not None and not cluster.is_running():
        cluster.start()
    return True


def _unavailable(load: Load) -> int:
    return sum(heard.code == "unavailable" for _, _, heard in load.history.lines)


def _until(is_so: Callable[[], bool], load: Load) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so() and not load.faults:
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def _reads_are_served(load: Load, place: Place) -> None:
    """Reads hear 200; where PostgreSQL itself had to stop, 503 at the worst."""
    teller = load.teller()
    for member_id in (load.club.members * READS)[:READS]:
        heard = teller.get(f"/members/{member_id}/balance")
        assert heard.status == 200 or (not place.keeps_reading and heard.code == "unavailable"), heard
    teller.hang_up()


@contextmanager
def _place(ground: Ground, rng: random.Random) -> Iterator[Place]:
    with _mounted(ground) as small, ExitStack() as stack:
        if ground.kind == SQLITE:
            source = make_url(stack.enter_context(ground.database())).database or ""
            folder = small if small and rng.random() < 0.5 else ground.folder
            file = shutil.copyfile(source, folder / "club.db")
            limit = SizeLimit(
                "by a size limit", lambda: max(f.stat().st_size for f in folder.glob("club.db*"))
            )
            yield Place(f"sqlite:///{file}", SmallDisk("small disk", folder) if folder is small else limit)
        elif small is None:
            made = stack.enter_context(cluster(ground.folder))
            yield Place(made.url, SizeLimit("by a size limit", lambda: MEGABYTE // 4, made), made, False)
        elif rng.random() < 0.5:
            made = stack.enter_context(cluster(small))
            yield Place(made.url, SmallDisk("small disk for all", small), made, False)
        else:
            made = stack.enter_context(cluster(small, wal=ground.folder))
            yield Place(made.url, SmallDisk("small disk for data", small), made)


@contextmanager
def _mounted(ground: Ground) -> Iterator[Path | None]:
    """A small disk, where mounting is allowed."""
    folder = ground.folder / "small"
    folder.mkdir()
    size = f"size={ROOM_MEGABYTES[ground.kind]}m"
    mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


DISK_FULL = Proof("disk full", "fillings", fillings, quick=1, long={SQLITE: 10, POSTGRESQL: 10})
