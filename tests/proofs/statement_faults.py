"""Every operation fails at its 1st, 2nd, 3rd … statement until it succeeds: undone whole, then done once."""

import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import create_engine

from loyalty.app import create_app
from loyalty.db import db, engine_options
from loyalty.tables import Base
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker
from tests.proofs.clubs import sound
from tests.proofs.operations import OPERATIONS, Ready, World, world
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.saboteur import Saboteur, When

STRIDE = 20  #: a round tries every so-many-th point of an operation; which ones follows from its seed
UNSEEN = timedelta(seconds=3)  #: after so long keys and editions are looked up anew, so these fail too

Digest = Callable[[], str]


def faults(ground: Ground, seed: int) -> Mapping[str, int]:
    """Half of all operations, each twice: failing until it succeeds, and failing after its commit."""
    rng, counted = random.Random(seed), Counter[str]()
    logging.disable(logging.ERROR)  # each fault is an error to whoever runs a club; here they are wanted
    try:
        with _club(ground) as (here, digest), _saboteur(here, rng) as saboteur:
            for name in rng.sample(sorted(OPERATIONS), len(OPERATIONS) // 2):
                start = rng.randrange(STRIDE)
                counted.update(
                    _until_it_succeeds(name, OPERATIONS[name](here), here, digest, saboteur, start)
                )
                counted.update(_kept_but_not_told(name, OPERATIONS[name](here), here, digest, saboteur))
            sound(here.make)
    finally:
        logging.disable(logging.NOTSET)
    return counted


def _until_it_succeeds(
    name: str, ready: Ready, here: World, digest: Digest, saboteur: Saboteur, start: int
) -> Counter[str]:
    counted = Counter[str]()
    before = digest()
    for when, number in _points(start):
        here.make.clock.move(UNSEEN)
        saboteur.arm(when, number)
        told = ready.ask()
        if not saboteur.disarm():
            break
        where = f"{name}, {when.value} ({number})"
        assert (told.status, told.retry_after is not None) == (503, True), f"{where}: {told}"
        assert digest() == before, f"{where}: something was left behind"
        counted.update({"faults": 1, when.value: 1})
    assert told.status == ready.status, f"{name}, after its faults: {told}"
    _only_once(name, ready, before, digest)
    return counted


def _kept_but_not_told(
    name: str, ready: Ready, here: World, digest: Digest, saboteur: Saboteur
) -> Counter[str]:
    """A commit whose answer is lost: done, though its caller heard 503; the same key hears what was done."""
    before = digest()
    here.make.clock.move(UNSEEN)
    saboteur.arm(When.COMMITTED, 1)
    told = ready.ask()
    assert saboteur.disarm(), f"{name}: no commit"
    assert (told.status, told.retry_after is not None) == (503, True), (
        f"{name}, {When.COMMITTED.value}: {told}"
    )
    _only_once(f"{name}, {When.COMMITTED.value}", ready, before, digest)
    return Counter({"faults": 1, When.COMMITTED.value: 1})


def _only_once(name: str, ready: Ready, before: str, digest: Digest) -> None:
    """It is done, and asked again it is answered as done without being done again."""
    after = digest()
    assert after != before, f"{name}: nothing was done"
    if ready.is_keyed:
        told = ready.ask()
        assert told.status == ready.status, f"{name}: asked again, answered {told}"
        assert digest() == after, f"{name}: asked again, done again"


def _points(start: int) -> Iterator[tuple[When, int]]:
    """The commit first; then, a stride apart, before and after the 1st, 2nd, 3rd … statement without end."""
    yield When.COMMIT, 1
    point = start
    while True:
        yield (When.AFTER if point % 2 else When.BEFORE), point // 2 + 1
        point += STRIDE


@contextmanager
def _club(ground: Ground) -> Iterator[tuple[World, Digest]]:
    """A club in this process, and a digest of all rows of all its tables."""
    with ground.database() as url:
        clock = MovableClock()
        app = create_app(settings_for(url, log_level="ERROR"), clock)
        engine = create_engine(**engine_options(url), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            yield world(Maker(app, clock)), lambda: _digest(raw)
        engine.dispose()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _saboteur(here: World, rng: random.Random) -> Iterator[Saboteur]:
    saboteur = Saboteur(rng)
    with here.make.app.app_context():
        saboteur.plant(db.engine)
    yield saboteur


def _digest(raw: Any) -> str:
    digest, cursor = hashlib.sha256(), raw.cursor()
    for table in Base.metadata.sorted_tables:
        rows = cursor.execute(f'SELECT * FROM "{table.name}"').fetchall()
        digest.update(f"{table.name}: {sorted(map(repr, rows))}\n".encode())
    return digest.hexdigest()


STATEMENT_FAULTS = Proof(
    "statement faults", "faults", faults, quick=1, long={SQLITE: 40_000, POSTGRESQL: 40_000}
)
