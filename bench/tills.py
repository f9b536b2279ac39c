"""What tills ask in a load: requests as they go over the wire, each with a receipt or key of its own."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, count, islice

from bench.load import Client, Request
from bench.scene import Scene
from loyalty import ids
from loyalty.clock import SystemClock

Members = Callable[[random.Random], int]  #: whose turn it is, by their number
_CATEGORIES = ("fresh", "home", "clothes")
_AHEAD = 1_000  #: so many requests a client has ready before the clock starts
_runs = count(1)


@dataclass(frozen=True, slots=True)
class Tills:
    """The tills of one run against one scene; no two runs share a receipt, a reference or a key."""

    scene: Scene
    key: str
    at: str  #: the instant at which all that they tell happened
    run: str

    @classmethod
    def opened(cls, scene: Scene, key: str) -> "Tills":
        """Tills with this API key, now."""
        now = SystemClock().now()
        return cls(scene, key, f"{now:%Y-%m-%dT%H:%M:%SZ}", f"{now:%m%d%H%M%S}-{next(_runs)}")

    def anybody(self, chance: random.Random) -> int:
        """A member at random: the load is spread."""
        return chance.randint(1, self.scene.count)

    def earns(self, members: Members | None = None) -> Callable[[int], Client]:
        """Clients that tell one finished sale after the other."""

        def client(number: int) -> Client:
            yield from _ready(
                self._post("/purchases", self._sale(name, who, chance), "earn", name)
                for name, who, chance in self._turns(number, members or self.anybody)
            )

        return client

    def redeems(self) -> Callable[[int], Client]:
        """Clients that spend a point at a time."""

        def client(number: int) -> Client:
            yield from _ready(
                self._post("/redemptions", self._spending(name, who), "redeem", name)
                for name, who, _ in self._turns(number, self.anybody)
            )

        return client

    def holds(self) -> Callable[[int], Client]:
        """Clients that set a point aside and then capture it."""

        def client(number: int) -> Client:
            for name, who, _ in self._turns(number, self.anybody):
                held = json.loads((yield self._post("/holds", self._spending(name, who), "hold", name)))
                path = f"/holds/{held['hold_id']}/capture"
                yield self._post(path, {}, "capture", f"{name}-c", expect=200)

        return client

    def quotes(self) -> Callable[[int], Client]:
        """Clients that ask what a sale would earn."""

        def client(number: int) -> Client:
            yield from _ready(
                self._post("/quotes", self._basket(name, who, chance), "quote", expect=200)
                for name, who, chance in self._turns(number, self.anybody)
            )

        return client

    def balances(self) -> Callable[[int], Client]:
        """Clients that look at members' points."""

        def client(number: int) -> Client:
            yield from _ready(
                Request(self._wire("GET", self._balance_of(who), b"", ""), "balance", 200)
                for _, who, _ in self._turns(number, self.anybody)
            )

        return client

    def batches(self, lines: int, clients: int) -> Callable[[int], Client]:
        """Clients that tell so many sales in one body; no two of them tell of the same members.

        Raises AssertionError when a line was not booked.
        """
        share = self.scene.count // clients

        def requests(number: int) -> Iterator[Request]:
            turns = self._turns(number, lambda chance: 1 + number * share + chance.randrange(share))
            while True:
                body = b"\n".join(_compact(self._sale(*turn)) for turn in islice(turns, lines))
                wire = self._wire("POST", "/purchases/batch", body, "", "application/x-ndjson")
                yield Request(wire, "batch", 200)

        def client(number: int) -> Client:
            for request in _ready(requests(number), 10):
                told = yield request
                assert told.count(b'"status":"created"') == lines, told[:2000]

        return client

    def _sale(self, receipt: str, who: int, chance: random.Random) -> dict[str, object]:
        """The body of a sale of two lines."""
        lines = (
            {
                "line": no,
                "sku": f"40063813339{no}",
                "category": chance.choice(_CATEGORIES),
                "amount": f"{chance.randrange(5, 100)}.{chance.randrange(100):02}",
            }
            for no in (1, 2)
        )
        return {
            "store": "S1",
            "terminal": "T1",
            "business_date": self.at[:10],
            "receipt": receipt,
            "card": self.scene.card(who),
            "sold_at": self.at,
            "currency": "EUR",
            "lines": list(lines),
        }

    def _basket(self, name: str, who: int, chance: random.Random) -> dict[str, object]:
        """A sale that is not finished: it has no receipt yet."""
        sale = self._sale(name, who, chance)
        del sale["receipt"], sale["business_date"]
        return sale

    def _balance_of(self, who: int) -> str:
        return f"/members/{ids.to_text(self.scene.member_id(who))}/balance"

    def _spending(self, reference: str, who: int) -> dict[str, object]:
        return {"card": self.scene.card(who), "points": 1, "reference": reference}

    def _turns(self, client: int, members: Members) -> Iterator[tuple[str, int, random.Random]]:
        """A name for each wish of a client, whom it is about, and the client's own dice."""
        chance = random.Random(f"{self.run}/{client}")
        for turn in count(1):
            yield f"{self.run}-{client}-{turn}", members(chance), chance

    def _post(self, path: str, body: object, kind: str, name: str = "", expect: int = 201) -> Request:
        return Request(self._wire("POST", path, _compact(body), name), kind, expect)

    def _wire(
        self, method: str, path: str, body: bytes, name: str, media_type: str = "application/json"
    ) -> bytes:
        head = [f"{method} /v1{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.key}"]
        head += [f'Idempotency-Key: "{name}"'] if name else []
        head += [f"Content-Type: {media_type}", f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join([*head, "", ""]).encode() + body


def _ready(requests: Iterator[Request], many: int = _AHEAD) -> Client:
    """The requests, the first of them made before one is taken."""
    told = chain(list(islice(requests, many)), requests)
    while (request := next(told, None)) is not None:
        yield request


def _compact(told: object) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()
