"""Whether the books still keep every law after a load: the reads of `flask ledger verify`."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from bench.scene import Scene
from loyalty import ledger
from loyalty.db import engine_options
from loyalty.law import Law
from loyalty.reads.audit import LAWS, audit, touched
from loyalty.reads.programme import Shelf

LEDGER = ledger.LAWS  #: what a script of SQL can keep that writes the ledger's rows alone
MOST = 2_000  #: members looked at, evenly taken from those that were touched
SHOWN = 5


class Disturbed(AssertionError):
    """A load left books that break a law."""


def verify(scene: Scene, since: datetime, laws: Sequence[Law] = LAWS) -> int:
    """Look at the members of whom anything was booked since an instant; how many were looked at.

    Of many, some are looked at. Raises Disturbed when there was nobody, or when any law is broken.
    """
    engine = engine_of(scene)
    try:
        with Session(engine) as session:
            zone = Shelf().editions(session, since).zone
            found = touched(session, since)
            looked = found[:: -(-len(found) // MOST)] if found else []
            faults = list(islice(audit(session, zone, looked, laws), SHOWN))
    finally:
        engine.dispose()
    if faults or not looked:
        raise Disturbed(f"of {len(looked)} members: {faults or 'nothing was booked'}")
    return len(looked)


def engine_of(scene: Scene) -> Engine:
    """An engine as the application makes it."""
    return create_engine(**engine_options(scene.url))
