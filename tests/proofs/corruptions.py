"""Tests of the tests: random corruptions of a good book, every one of which the judge must find."""

import random
from collections import Counter
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty import acts
from loyalty.app import create_app
from loyalty.db import db
from loyalty.errors import ProgrammeFaulty
from loyalty.reads.audit import audit
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker
from tests.proofs.judge import judge
from tests.proofs.pasts import PASTS
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.spoiling import spoilt, unguarded

EACH_ROUND = 25  #: corruptions of one past, one after the other


def spoil(ground: Ground, seed: int) -> Counter[str]:
    """A club lives; then its rows are spoilt, one thing at a time, and made good again.

    Ids are drawn anew each time: a seed finds the same rows by their order, not by their numbers.
    """
    rng = random.Random(seed)
    counted = Counter({"corruptions": 0, "found by verify": 0})
    live, zone = rng.choice(PASTS)
    with ground.database() as url:
        app = create_app(settings_for(url), MovableClock())
        live(Maker(app, app.extensions["loyalty"].clock))
        with app.app_context():
            db.engine.dispose()
        with unguarded(url) as engine:
            assert judge(url) == [], "the judge finds nothing in a good book"
            for _ in range(EACH_ROUND):
                with spoilt(engine, rng) as done:
                    assert judge(url), f"not found: {done.what}"
                    counted["found by verify"] += _is_seen_by_verify(engine, zone)
                counted["corruptions"] += 1
            assert judge(url) == [], "all was taken back"
    return counted


def _is_seen_by_verify(engine: Engine, zone: ZoneInfo) -> bool:
    """Whether `flask ledger verify` or `flask audit verify` would name a fault."""
    with Session(engine) as session:
        try:
            return any(True for _ in audit(session, zone)) or acts.first_broken(session) is not None
        except (LookupError, TypeError, ValueError, ProgrammeFaulty):
            return False  # it stumbles, and names nothing


CORRUPTIONS = Proof("corruptions", "corruptions", spoil, quick=1, long={SQLITE: 250, POSTGRESQL: 250})
