"""The service as it ships, on a free port: gunicorn with the settings of the project."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from loyalty.access import TILL_SCOPES
from loyalty.app import create_app
from loyalty.db import db
from tests.proofs.servers import serving, settings_of

CLUB, TRIVIAL, BASELINE = "wsgi:app", "bench.trivial:app", "bench.baseline.wsgi:app"
THREADS = 8  #: of a worker, as gunicorn.conf.py says
WORKERS = {"postgresql": 2, "sqlite": 1}  #: as docs/operating.md says


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers, and its processes."""

    url: str
    workers: tuple[int, ...]


@contextmanager
def served(database_url: str, app: str = CLUB) -> Iterator[Served]:
    """One of these applications on a database, with its log lines and all safety on."""
    workers = WORKERS[make_url(database_url).get_backend_name()]
    with (
        TemporaryDirectory(prefix="bench-server-") as folder,
        serving(
            database_url,
            Path(folder),
            workers=workers,
            threads=THREADS,
            app=app,
            log_level="INFO",
            allow_unsafe="",
        ) as server,
    ):
        yield Served(server.url, tuple(server.processes()))


def till_key(database_url: str) -> str:
    """A key that may do all that tills do, made as operators make it."""
    app = create_app(settings_of(database_url))
    words = ["keys", "create", "--terminal", "T1", "--store", "S1", "--language", "en"]
    made = app.test_cli_runner().invoke(args=[*words, "--scope", ",".join(TILL_SCOPES)])
    with app.app_context():
        db.engine.dispose()
    if made.exit_code:
        raise RuntimeError(made.output)
    return str(made.stdout).split()[0]
