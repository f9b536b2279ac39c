"""Backups: copied while tills write and restored elsewhere, the books balance and no answer is missing."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from unittest import mock

from tests.databases import path_to_tools
from tests.makers import Maker, Till
from tests.proofs.clubs import Club, found, founding, sound
from tests.proofs.proof import Ground, Proof, one
from tests.proofs.servers import Server, serving
from tests.proofs.tellers import Heard, History, Teller

TELLERS = 4
PATIENCE_SECONDS = 60.0


def backup(ground: Ground, seed: int) -> Mapping[str, int]:
    """Tills sell and redeem; meanwhile a backup is made; it is restored, and every till asks again."""
    some, folder = random.Random(seed).randrange(10, 40), ground.folder / "backup"
    history, enough = History(), threading.Event()
    with ground.database() as here, ground.database(empty=True) as there:
        club = found(here, members=3, points=100_000)
        workers = 1 if ground.kind == "sqlite" else 2
        with serving(here, ground.folder, workers=workers) as server:
            tills = [_till(server, club, history, enough, f"{seed}-{n}") for n in range(TELLERS)]
            try:
                _wait_for(lambda: len(history.acknowledged()) > some, tills)
                before = history.acknowledged()
                with founding(here) as make:
                    _run(make, "make", folder)
                told = len(history.acknowledged())
                _wait_for(lambda: len(history.acknowledged()) > told, tills)  # they wrote all the while
            finally:
                enough.set()
                for till in tills:
                    till.join()
        with founding(there) as make:
            _run(make, "restore", folder)
            _ask_again(make, club.key, history, before)
            sound(make)
    return one("backups", writes=len(before), meanwhile=told - len(before))


def _run(make: Maker, *words: object) -> None:
    with mock.patch.dict(os.environ, PATH=path_to_tools()):
        make.run("backup", *(str(word) for word in words))


def _till(
    server: Server, club: Club, history: History, enough: threading.Event, name: str
) -> threading.Thread:
    """A till that has begun to write, until it is enough; its wishes follow from its name."""
    chance, teller = random.Random(name), Teller("127.0.0.1", server.port, club.key)

    def work() -> None:
        for turn in count():
            if enough.is_set():
                return teller.hang_up()
            key, wish = f"{name}-{turn}", _wish(chance, club, f"{name}-{turn}")
            heard = teller.post(*wish, key)
            while heard.is_unknown and not enough.is_set():
                heard = teller.post(*wish, key)
            history.note(key, wish, heard)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _wish(chance: random.Random, club: Club, name: str) -> tuple[str, dict[str, Any]]:
    card = chance.choice(club.cards)
    if chance.random() < 0.3:
        return "/redemptions", {"card": card, "points": chance.randrange(1, 50), "reference": name}
    now = datetime.now(UTC)
    lines = [{"line": 1, "amount": f"{chance.randrange(1, 100)}.00"}]
    receipt = {"store": "S1", "terminal": "T1", "business_date": now.date().isoformat(), "receipt": name}
    return "/purchases", receipt | {
        "card": card, "sold_at": now.isoformat(), "currency": "EUR", "lines": lines,
    }  # fmt: skip


def _wait_for(done: Callable[[], bool], tills: list[threading.Thread]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > end or not all(till.is_alive() for till in tills):
            raise TimeoutError("the tills do not write")
        time.sleep(0.01)


def _ask_again(make: Maker, key: str, history: History, before: Mapping[str, tuple[Any, Heard]]) -> None:
    """Each wish once more: what was answered before the backup is a replay, the rest is it or is done."""
    till, told = Till(make.app, key), Counter[str]()
    for name, (path, body), heard in history.lines:
        answer = till.post(path, body, idempotency_key=name)
        replayed = answer.headers.get("Idempotency-Replayed") == "true"
        if not (heard.is_ok or heard.is_unknown):
            raise AssertionError(f"{name} was refused: {heard}")
        if answer.status_code not in (200, 201):
            raise AssertionError(f"{name} is refused now: {answer.status_code} {answer.text}")
        if name in before and not replayed:
            raise AssertionError(f"{name} was answered before the backup began, and is not in it: {body}")
        if replayed and heard.is_ok and _said(answer.json) != _said(heard.body):
            raise AssertionError(f"{name} hears another answer: {answer.json}, not {heard.body}")
        told["replayed" if replayed else "done now"] += 1
    if told["replayed"] < len(before):
        raise AssertionError(f"only {told} of {len(before)}")


def _said(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "replayed"}


BACKUP = Proof("backup", "backups", backup, quick=1, long={"sqlite": 10, "postgresql": 10})
