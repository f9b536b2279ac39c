"""Nothing that anybody sends is a fault of ours: every field of every call, made nasty one at a time (G6)."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from loyalty.app import create_app
from loyalty.db import db
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker
from tests.proofs.clubs import sound
from tests.proofs.fuzzing.aiming import aimed, granted, odd
from tests.proofs.fuzzing.asking import Sent, judge, send
from tests.proofs.fuzzing.contract import Operation, operations
from tests.proofs.fuzzing.walk import contract, walk
from tests.proofs.fuzzing.wishes import WISHES
from tests.proofs.fuzzing.world import World
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

TIMES = 1  #: how often a round aims at each spot
ODDITIES = 3  #: and how often it makes something odd of each call
_DAY = timedelta(days=1)


def fuzz(ground: Ground, seed: int) -> Mapping[str, int]:
    """One club, at which everybody throws what they have."""
    rng = random.Random(seed)
    with ground.database() as url:
        clock = MovableClock()
        app = create_app(settings_for(url), clock)
        try:
            return Attack(app, World(Maker(app, clock), clock, rng), rng).carry_out()
        finally:
            with app.app_context():
                db.engine.dispose()


class Attack:
    """One round: what is granted, then everything that is nasty, then what is granted again."""

    def __init__(self, app: Flask, world: World, rng: random.Random) -> None:
        self.app, self.world, self.rng = app, world, rng
        self.document = app.test_client().get("/openapi.json").text
        self.calls = operations(app.test_client().get("/openapi.json").json)
        self.counted = Counter[str]()
        told = {call.name for call in self.calls}
        assert told == WISHES.keys(), "each call of the contract has requests that are granted"

    def carry_out(self) -> Counter[str]:
        """Raises AssertionError for the first fault, with the request that led to it."""
        self.hear_yes()
        aims = [(call, spot) for call in self.calls for spot in call.spots for _ in range(TIMES)]
        aims += [(call, None) for call in self.calls for _ in range(ODDITIES)]
        self.rng.shuffle(aims)
        for number, (call, spot) in enumerate(aims):
            if spot is None:
                self.ask(odd(call, self.world, self.rng))
            else:
                self.ask(aimed(call, spot, self.world, self.rng), call)
            if number % 10 == 0:
                self.world.clock.move(timedelta(minutes=self.rng.randint(0, 600)))
        self.counted.update(walk(self.app, self.document, self.world, self.rng))
        self.world.clock.move(_DAY)
        self.world.renew_key()
        self.hear_yes()
        sound(self.world.make)
        return self.counted

    def ask(self, sent: Sent, call: Operation | None = None) -> TestResponse:
        """Send one request and hear its answer, which is as documented where the call is known."""
        answer = send(self.app, sent)
        judge(sent, answer)
        if call is not None:
            assert answer.status_code in call.statuses, f"not documented: {answer.status_code} to {sent}"
            contract(self.document)[call.path][call.method].validate_response(answer)
        if answer.status_code == 429:
            self.world.renew_key()
        self.counted.update({"requests": 1, f"{answer.status_code // 100}xx": 1})
        return answer

    def hear_yes(self) -> None:
        """Each call is granted as it stands: so much was still reached."""
        for call in self.calls:
            for make in WISHES[call.name]:
                sent = granted(call, make(self.world), self.world)
                answer = self.ask(sent, call)
                assert answer.status_code < 300, f"not granted: {answer.text} to {sent}"


FUZZ = Proof("fuzz", "requests", fuzz, quick=1, long={SQLITE: 250_000, POSTGRESQL: 250_000})
