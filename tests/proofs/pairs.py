"""Pairs: any two deeds on one member at one moment come to what one of the two orders comes to."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations_with_replacement
from threading import Barrier
from typing import Any

from sqlalchemy import select

from loyalty import ids
from loyalty.app import create_app
from loyalty.db import db, reading
from loyalty.jobs.nightly import nightly
from loyalty.ledger.packing import unpacked
from loyalty.tables import Base
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker, Till
from tests.proofs import deeds
from tests.proofs.asks import Ask
from tests.proofs.clubs import sound
from tests.proofs.deeds import DEEDS, Deed, Life
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

PAIRS = tuple(combinations_with_replacement(DEEDS, 2))
A_ROUND = 16  #: pairs of one round, drawn from all of them by its seed
EACH = 100  #: how often the long column has each pair, in the mean
MOST_TURNS = 50
MADE_ANEW = {"act.seq", "act.hash", "claim.request_hash"}  #: columns that differ for each copy
_NAMES = re.compile(r"~[\w-]+")  # what tells one copy's names from another's
_MADE = re.compile(r"\b(?=[a-z]*\d)[0-9a-hjkmnp-tv-z]{13}\b|\b\d{19}\b|\b70\d{14}\b")  # ids and cards

Answers = tuple[Any, Any]  #: what the first and the second deed heard
Outcome = tuple[list[Any], list[str]]  #: what was heard, and the rows after it
Way = Callable[["Desk", Ask | None, Ask | None], Answers]  #: in which order two deeds are done


@dataclass(frozen=True, slots=True)
class Desk:
    """A club in this process, and a till for each of two people."""

    make: Maker
    tills: tuple[Till, Till]
    pool: ThreadPoolExecutor

    def do(self, ask: Ask | None, place: int) -> Any:
        """Ask until there is a verdict; the night answers nothing."""
        if ask is None:
            with self.make.app.app_context():
                nightly(self.make.app.extensions["loyalty"], self.make.clock.now())
            return None
        named = {"idempotency_key": ask.key} if ask.key else {}
        for _ in range(MOST_TURNS):
            answer = self.tills[place].send(ask.method, ask.path, ask.body, **named)
            if answer.json.get("code") not in {"busy", "in_progress"}:
                return answer.status_code, answer.json
        raise AssertionError(f"no verdict on {ask} in {MOST_TURNS} turns")


def first_then_second(desk: Desk, first: Ask | None, second: Ask | None) -> Answers:
    """In order."""
    return desk.do(first, 0), desk.do(second, 1)


def second_then_first(desk: Desk, first: Ask | None, second: Ask | None) -> Answers:
    """In the other order."""
    later = desk.do(second, 1)
    return desk.do(first, 0), later


def at_once(desk: Desk, first: Ask | None, second: Ask | None) -> Answers:
    """Released together."""
    start = Barrier(2, timeout=60)

    def do(ask: Ask | None, place: int) -> Any:
        start.wait()
        return desk.do(ask, place)

    earlier, later = desk.pool.map(do, (first, second), (0, 1))
    return earlier, later


WAYS: tuple[Way, ...] = (first_then_second, second_then_first, at_once)


def round_(ground: Ground, seed: int) -> Mapping[str, int]:
    """Some pairs, each on three copies of one member: in both orders, and at once."""
    chance, counted = random.Random(seed), Counter[str]()
    with ground.database() as url, _desk(url) as desk:
        for number, pair in enumerate(chance.sample(PAIRS, A_ROUND)):
            overnight = chance.random() < 0.5
            one, other, both = (
                outcome(desk, pair, way, f"{number}-{copy}", overnight=overnight)
                for copy, way in enumerate(WAYS)
            )
            assert both in (one, other), told(pair, one, other, both)
            counted.update(pairs=1, either=one == other)
        sound(desk.make)
    return counted


def outcome(desk: Desk, pair: Sequence[Deed], way: Way, copy: str, *, overnight: bool) -> Outcome:
    """What a fresh copy of the member comes to; without the names that tell copies apart."""
    needs = {need for deed in pair for need in deed.needs}
    life = deeds.begin(desk.make, desk.tills[0], copy, needs, overnight=overnight)
    first, second = (deed.ask(life, slot) for deed, slot in zip(pair, "ab", strict=True))
    answers = way(desk, first, second)
    return [json.loads(_text(answer)) for answer in answers], _rows(life)


def told(pair: Sequence[Deed], one: Outcome, other: Outcome, both: Outcome) -> str:
    """Where what came of both at once differs from either order."""
    lines = [" and ".join(deed.name for deed in pair)]
    for name, wanted in (("in order", one), ("in the other order", other)):
        lines += [f"{name}, answers: {wanted[0]}", f"at once, answers: {both[0]}"]
        lines += [f"{name}, only: {row}" for row in wanted[1] if row not in both[1]]
        lines += [f"at once, only: {row}" for row in both[1] if row not in wanted[1]]
    return "\n".join(lines)


def _rows(life: Life) -> list[str]:
    """Every row that is about the member or the friend, in an order that no made-up name decides."""
    owners: dict[str, list[Any]] = {"subject": life.ids, "policy_no": [life.name("P")]}
    owners["member_id"] = [ids.from_text(one) for one in life.ids]
    found: list[str] = []
    with life.make.app.app_context(), reading() as session:
        for table in Base.metadata.sorted_tables:
            kept = [column for column in table.columns if str(column) not in MADE_ANEW]
            for owner in owners.keys() & table.columns.keys():
                mine = select(*kept).where(table.columns[owner].in_(owners[owner]))
                found += [_text([table.name, _read(row)]) for row in session.execute(mine).mappings()]
    return sorted(found)


def _read(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """A row; what a claim keeps packed is told."""
    return dict(row) | ({"outcome": unpacked(row["outcome"])} if row.get("outcome") else {})


def _text(value: Any) -> str:
    """What a row or an answer says, without what is made up anew for each copy."""
    return _MADE.sub("#", _NAMES.sub("~", json.dumps(value, sort_keys=True, default=str)))


@contextmanager
def _desk(url: str) -> Iterator[Desk]:
    clock = MovableClock()
    app = create_app(settings_for(url), clock)
    make = Maker(app, clock)
    make.document(deeds.programme())
    [key] = make.keys(terminal="T1")
    with ThreadPoolExecutor(2) as pool:
        yield Desk(make, (Till(app, key), Till(app, key)), pool)
    with app.app_context():
        db.engine.dispose()


LONG = len(PAIRS) * EACH
PAIRS_AT_ONCE = Proof("pairs", "pairs", round_, quick=1, long={SQLITE: LONG, POSTGRESQL: LONG})
