"""Tellers at work on a few members: wishes of many kinds, each under its key until there is a verdict."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.makers import receipt, wire
from tests.proofs.clubs import Club
from tests.proofs.tellers import Heard, History, Teller

UNIT = "reward"
PROGRAMME = {"terms.measure.earned": UNIT, f"unit.{UNIT}.transfer": {"member_day": 10**9, "least": 1}}
MEMBERS, POINTS = 6, 1_000
VERDICT_SECONDS = 60.0
UNKNOWN_PAUSE_SECONDS = 0.2  #: what a teller who heard nothing waits before its next wish


@dataclass(frozen=True, slots=True)
class Wish:
    """One operation, always asked for in the same words; what it does to members' points once it is done."""

    key: str
    kind: str  #: of the operation in the books
    path: str
    body: Any
    has_header: bool  #: under an Idempotency-Key, beside the business key in its body
    totals: tuple[tuple[int, int], ...]  #: which member's points change by how many, held ones included
    held: int = 0  #: by how many the first member's held points change
    points: int = 0  #: what later wishes may undo of it


@dataclass(slots=True)
class Load:
    """Wishes of many kinds from several tellers at once, from a seed; every answer is noted."""

    club: Club
    port: int
    seed: int
    history: History = field(default_factory=History)
    wishes: dict[str, Wish] = field(default_factory=dict)
    unknown: dict[str, Wish] = field(default_factory=dict)
    done: dict[str, list[tuple[Wish, str]]] = field(default_factory=dict)  #: what may be undone, with its id
    faults: list[BaseException] = field(default_factory=list)  #: what tellers met that nobody should
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _runs: int = 0

    @contextmanager
    def running(self, tellers: int = 4, *, insist: bool = False) -> Iterator[None]:
        """Tellers send wish after wish until the end of the block; raises what they met.

        Each is sent once, or, where they `insist`, until its verdict.
        """
        over = threading.Event()
        self._runs += 1
        names = [f"{self._runs}-{number}" for number in range(tellers)]
        threads = [threading.Thread(target=self._work, args=(name, over, insist)) for name in names]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()
        if self.faults:
            raise self.faults[0]

    def teller(self) -> Teller:
        """A client of this load's server."""
        return Teller("127.0.0.1", self.port, self.club.key)

    def acknowledged(self) -> int:
        """How many wishes were told to be done so far."""
        return len(self.history.acknowledged())

    def wish(self, name: str, rng: random.Random) -> Wish:
        """A new wish under this name."""
        member = rng.randrange(len(self.club.members))
        points = rng.randint(1, 60)
        kinds = ("earn", "earn", "redeem", "hold", "hold", "adjust", "transfer_out", "capture", "void",
                 "capture", "reverse", "return")  # fmt: skip
        kind = rng.choice(kinds)
        before = self._take(_UNDOES[kind], rng) if kind in _UNDOES else None
        if kind in _UNDOES and before is None:
            kind = "hold" if kind in {"capture", "void"} else "earn"
        wish = (
            self._undoing(name, kind, *before, rng) if before else self._new(name, kind, member, points, rng)
        )
        with self._lock:
            self.wishes[wish.key] = wish
        return wish

    def ask(self, wish: Wish, teller: Teller) -> Heard:
        """Send a wish once, and keep what was heard. Raises AssertionError on what nobody should hear."""
        heard = teller.post(wish.path, wish.body, wish.key if wish.has_header else None)
        self.history.note(wish.key, wish, heard)
        open_still = heard.is_unknown or heard.status == 409  # a twin at work: to be sent again too
        assert open_still or heard.is_ok or heard.status == 422, (wish, heard)
        with self._lock:
            if open_still:
                self.unknown[wish.key] = wish
                return heard
            self.unknown.pop(wish.key, None)
            if heard.is_ok and wish.kind in _NAMES:
                self.done.setdefault(wish.kind, []).append((wish, heard.body[_NAMES[wish.kind]]))
        return heard

    def insist(self, wish: Wish, teller: Teller) -> Heard:
        """Send a wish under its key until there is a verdict."""
        end = time.monotonic() + VERDICT_SECONDS
        while True:
            heard = self.ask(wish, teller)
            if wish.key not in self.unknown:
                return heard
            assert time.monotonic() < end, f"no verdict: {wish}, {heard}"
            time.sleep(0.02)

    def resolve(self) -> None:
        """Every wish of unknown fate is sent again until its verdict, in another order than before."""
        teller, waiting = self.teller(), list(self.unknown.values())
        random.Random(f"{self.seed}/{len(self.wishes)}").shuffle(waiting)
        for wish in waiting:
            self.insist(wish, teller)
        teller.hang_up()

    def _work(self, name: str, over: threading.Event, insist: bool) -> None:
        rng, teller, number = random.Random(f"{self.seed}/{name}"), self.teller(), 0
        try:
            while not over.is_set():
                number += 1
                wish = self.wish(f"w-{name}-{number}", rng)
                if insist:
                    self.insist(wish, teller)
                elif self.ask(wish, teller).is_unknown:
                    time.sleep(UNKNOWN_PAUSE_SECONDS)
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            teller.hang_up()

    def _take(self, kinds: Sequence[str], rng: random.Random) -> tuple[Wish, str] | None:
        with self._lock:
            found = [kind for kind in kinds if self.done.get(kind)]
            if not found:
                return None
            left = self.done[rng.choice(found)]
            return left.pop(rng.randrange(len(left)))

    def _new(self, name: str, kind: str, member: int, points: int, rng: random.Random) -> Wish:
        card, header = {"card": self.club.cards[member]}, rng.random() < 0.5
        spent = card | {"points": points, "reference": name}
        if kind == "earn":
            sale = receipt(name) | card | {"sold_at": wire(datetime.now(UTC)), "currency": "EUR",
                                           "lines": [{"line": 1, "amount": f"{points}.00"}]}  # fmt: skip
            return Wish(name, kind, "/purchases", sale, header, ((member, points),), points=points)
        if kind == "redeem":
            return Wish(name, kind, "/redemptions", spent, header, ((member, -points),), points=points)
        if kind == "hold":
            return Wish(name, kind, "/holds", spent, header, ((member, 0),), points, points)
        if kind == "adjust":
            signed = points if rng.random() < 0.7 else -points
            body = {"member_id": self.club.members[member], "unit": UNIT, "points": signed,
                    "reason_code": "goodwill", "note": "load", "reference": name}  # fmt: skip
            return Wish(name, kind, "/adjustments", body, header, ((member, signed),))
        to = (member + rng.randrange(1, len(self.club.members))) % len(self.club.members)
        body = {"from": self.club.members[member], "to": self.club.members[to], "unit": UNIT,
                "points": points, "reference": name}  # fmt: skip
        return Wish(name, kind, "/transfers", body, header, ((member, -points), (to, points)))

    def _undoing(self, name: str, kind: str, before: Wish, made: str, rng: random.Random) -> Wish:
        member, points, header = before.totals[0][0], rng.randint(1, before.points), rng.random() < 0.5
        if kind == "capture":
            path, taken = f"/holds/{made}/capture", ((member, -points),)
            return Wish(name, kind, path, {"points": points}, header, taken, -before.points, points)
        if kind == "void":
            return Wish(name, kind, f"/holds/{made}/void", None, header, ((member, 0),), -before.points)
        if kind == "reverse":
            body = {"points": points, "reference": name}
            return Wish(name, kind, f"/redemptions/{made}/reverse", body, header, ((member, points),))
        back = receipt(name, "return_ref") | {
            "returned_at": wire(datetime.now(UTC)),
            "amount": f"{points}.00",
        }
        return Wish(name, kind, f"/purchases/{made}/returns", back, header, ((member, -points),))


_UNDOES = {"capture": ("hold",), "void": ("hold",), "reverse": ("redeem", "capture"), "return": ("earn",)}
_NAMES = {"earn": "purchase_id", "redeem": "redemption_id", "capture": "redemption_id", "hold": "hold_id"}
