"""Where the time of a till's wish goes, layer by layer: `python -m bench.profile`.

The application answers in this process, one request after the other. Whenever it has used some milliseconds
more of CPU, the innermost line at work that belongs to a layer takes them: what the standard library does is
done for whoever called it. What gunicorn adds is what a trivial view takes more over HTTP than in this
process; what PostgreSQL takes is the CPU of its own processes. The rest of the clock's time is waiting: for
PostgreSQL, for the disk, and for whatever else the machine does.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import run_wsgi_app

from bench import data, trivial
from bench.bars.http import always_trivial
from bench.cluster import ROOT, Cluster, cluster
from bench.load import Client, Request, load
from bench.scene import Scene, Size
from bench.server import TRIVIAL, served, till_key
from bench.tills import Tills
from loyalty.app import create_app
from loyalty.clock import SystemClock
from tests.proofs.servers import settings_of

SIZE = Size("profile", members=2_000, entries=8_000, pairs=1, seconds=4)
WARM, MANY = 50, 500  #: requests before, and while it is looked at
EVERY = 0.001  #: seconds of CPU between two looks; the kernel may make it 0.004
_TICKS = os.sysconf("SC_CLK_TCK")

#: Who takes a moment, by a part of the path of the file at work: the first that fits.
LAYERS = (
    ("driver of the database", ("/psycopg", "/loyalty/driver.py")),
    ("SQLAlchemy", ("/sqlalchemy/", "/flask_sqlalchemy/")),
    ("schemas", ("/marshmallow/", "/webargs/", "/loyalty/api/schemas/", "/api/fields.py", "/strict_json.py")),
    ("log, metrics, headers", ("/structlog/", "/prometheus_client/", "/trail.py", "/metrics.py", "/config/")),
    ("answer", ("/actions/answers.py", "/print_lines.py", "/flask/json/")),
    ("transaction", ("/loyalty/db.py", "/loyalty/stops.py", "/api/carrying.py")),
    (
        "decision",
        ("/loyalty/decide/", "/loyalty/rules/", "/conditions.py", "/loyalty/calendar.py", "/cel_expr"),
    ),
    ("HTTP within the process", ("/site-packages/", "/loyalty/api/", "/loyalty/rooms.py", "/bench/")),
    ("stories, and rows of the subjects", ("/loyalty/",)),
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a request took, in microseconds: of CPU by layer and in all, of PostgreSQL's, by the clock."""

    layers: dict[str, float]
    cpu: float
    database: float
    clock: float
    statements: float  #: how many


def main() -> None:
    """Print the table of docs/speed.md."""
    now = SystemClock().now()
    with cluster() as server:
        data.found(server.database("club"))
        data.fill(server.copy("club", "members"), SIZE, now)
        scene = Scene(SIZE, server, "club", "members", now)
        gunicorn = _of_gunicorn(scene)
        tills = Tills.opened(scene, till_key(scene.url))
        app = create_app(replace(settings_of(scene.url), log_level="INFO"))
        wishes = {"earn": tills.earns()(0), "redeem": tills.redeems()(0)}
        spent = {wish: _spent(app, server, client) for wish, client in wishes.items()}
    _tell(spent, gunicorn)


def _tell(spent: dict[str, Spent], gunicorn: float) -> None:
    print(f"| microseconds of a request | {' | '.join(spent)} |\n|---|{'---:|' * len(spent)}")
    rows = [("gunicorn", [gunicorn] * len(spent))]
    rows += [(name, [one.layers.get(name, 0.0) for one in spent.values()]) for name, _ in LAYERS]
    rows += [("all CPU of the service", [one.cpu + gunicorn for one in spent.values()])]
    rows += [("CPU of PostgreSQL", [one.database for one in spent.values()])]
    rows += [("waiting, with PostgreSQL's CPU", [one.clock - one.cpu for one in spent.values()])]
    rows += [("statements (how many)", [one.statements for one in spent.values()])]
    for name, figures in rows:
        print(f"| {name} | {' | '.join(f'{figure:,.0f}' for figure in figures)} |")


def _spent(app: Flask, server: Cluster, client: Client) -> Spent:
    """What so many requests of a client take, once the process is warm."""
    environs = [_environ(next(client)) for _ in range(WARM + MANY)]
    for environ in environs[:WARM]:
        _answer(app, environ)
    with _counted() as statements, _looked_at() as looks:
        began = time.perf_counter(), time.process_time(), _cpu_of(server)
        for environ in environs[WARM:]:
            _answer(app, environ)
        ended = time.perf_counter(), time.process_time(), _cpu_of(server)
    clock, cpu, database = ((end - begin) / MANY * 1e6 for begin, end in zip(began, ended, strict=True))
    shares = {name: cpu * seen / looks.total() for name, seen in looks.items()}
    return Spent(shares, cpu, database, clock, len(statements) / MANY)


def _environ(request: Request) -> dict[str, Any]:
    """A request as gunicorn hands it on."""
    head, _, body = request.wire.partition(b"\r\n\r\n")
    (method, path, _), *headers = (line.split(" ", 2) for line in head.decode().split("\r\n"))
    named = {name[:-1].upper().replace("-", "_"): " ".join(rest) for name, *rest in headers}
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": named.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": _nowhere(),
        **{f"HTTP_{name}": told for name, told in named.items() if not name.startswith("CONTENT_")},
    }


def _answer(app: Flask, environ: dict[str, Any]) -> None:
    answer, status, _ = run_wsgi_app(app.wsgi_app, environ)
    body = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    if not status.startswith("20"):
        raise RuntimeError(f"{status}: {body[:1000].decode()}")


@cache
def _nowhere() -> Any:
    return Path(os.devnull).open("w", encoding="utf-8")


@contextmanager
def _looked_at() -> Iterator[Counter[str]]:
    """How often each layer was found at work."""
    looks = Counter[str]()

    def look(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            if (name := _layer(frame.f_code.co_filename)) is not None:
                looks[name] += 1
                return
            frame = frame.f_back

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        yield looks
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@cache
def _layer(file: str) -> str | None:
    path = file.removeprefix(str(ROOT))
    return next((name for name, parts in LAYERS if any(part in path for part in parts)), None)


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements that are sent."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *more: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _of_gunicorn(scene: Scene) -> float:
    """Microseconds of CPU that gunicorn adds to a request."""
    with served(scene.url, TRIVIAL) as server:
        load(server.url, always_trivial, 1, 1)
        before = _cpu(server.workers)
        told = load(server.url, always_trivial, 1, scene.size.seconds)
        over_http = (_cpu(server.workers) - before) / told.done
    in_process = _spent(trivial.app, scene.cluster, always_trivial(0))
    return over_http * 1e6 - in_process.cpu


def _cpu_of(server: Cluster) -> float:
    """Seconds of CPU that PostgreSQL's processes have used."""
    postmaster = int((server.folder / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text("utf-8")
    return _cpu([postmaster, *map(int, children.split())])


def _cpu(processes: Sequence[int]) -> float:
    stats = (Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split() for pid in processes)
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / _TICKS


if __name__ == "__main__":
    main()
