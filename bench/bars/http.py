"""Bars 1, 2, 3, 7 and 13: sales told over HTTP to the service as it ships."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from bench.bars import Pair, bar, kept_until
from bench.bars.statements import booked_a_second
from bench.baseline import filling
from bench.books import Disturbed, verify
from bench.load import Client, Load, Request, load
from bench.scene import CLIENTS, Scene
from bench.server import BASELINE, TRIVIAL, WORKERS, served, till_key
from bench.tills import Members, Tills
from loyalty.clock import SystemClock
from loyalty.tables import Base

LINES = 1_000  #: of a batch
_HOT = 1  #: the number of the member for whom everybody buys
_TRIVIAL = Request(b"POST /trivial HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n", "trivial", 201)


@bar(1, "HTTP earn ÷ pgbench with our own earn statement, 8 clients", must=0.25, aim=0.40, better="more")
def beside_statement(scene: Scene) -> Pair:
    """Sales of random members, each with a receipt and an Idempotency-Key of its own."""
    yardstick, _ = booked_a_second(scene, "earn.sql")
    return _beside(scene, yardstick)


@bar(2, "HTTP earn ÷ a trivial JSON view on the same server", must=0.20, aim=0.30, better="more")
def beside_trivial(scene: Scene) -> Pair:
    """What gunicorn and Flask give at the most."""
    with served(scene.url, TRIVIAL) as server:
        told = loaded(server.url, lambda: always_trivial, CLIENTS, seconds_of(scene))
    return _beside(scene, told.rate)


@bar(3, "HTTP earn ÷ an ordinary ORM endpoint that does the same", must=3, aim=5, better="more")
def beside_baseline(scene: Scene) -> Pair:
    """The same requests, sent to the baseline with as many members and as much history."""
    ground, began = _baseline(scene), SystemClock().now()
    with served(ground.warm().url, BASELINE) as server:
        told = loaded(
            server.url, lambda: Tills.opened(ground, filling.KEY).earns(), CLIENTS, seconds_of(scene)
        )
    ((unsound,),) = ground.sql(filling.UNSOUND, began)
    if unsound:
        raise Disturbed(f"{unsound} accounts of the baseline differ from their last entry")
    return _beside(scene, told.rate)


@bar(7, "batch purchases/s ÷ single earns/s over HTTP", must=6, aim=10, better="more")
def beside_singles(scene: Scene) -> Pair:
    """As many clients with batches as there are workers, beside eight that tell sale by sale."""
    ground, clients = ground_of(scene), WORKERS["postgresql"]
    singles, _ = earned(ground)
    began = SystemClock().now()
    with warm_server(ground) as url:
        batches = told_in_batches(url, ground, clients)
    looked = verify(ground, began)
    return Pair(batches.rate * LINES, singles.rate, "purchases/s", _extra(batches, looked))


@bar(13, "HTTP earns of one hot account ÷ spread, 16 clients", must=0.25, aim=0.5, better="more")
def beside_spread(scene: Scene) -> Pair:
    """Everybody tells sales of one member, beside sales of all."""
    ground = ground_of(scene)
    spread, _ = earned(ground, clients=2 * CLIENTS)
    hot, looked = earned(ground, lambda _: _HOT, clients=2 * CLIENTS)
    return Pair(hot.rate, spread.rate, "earns/s", _extra(hot, looked))


def _beside(scene: Scene, yardstick: float) -> Pair:
    told, looked = earned(ground_of(scene))
    return Pair(told.rate, yardstick, "requests/s", _extra(told, looked))


def _extra(told: Load, looked: int) -> dict[str, Any]:
    (kind,) = told.latencies
    latencies = {f"p{percent}_ms": round(told.milliseconds(kind, percent), 1) for percent in (50, 99)}
    return latencies | {"generator_us": round(told.own_microseconds, 1), "members_verified": looked}


def earned(scene: Scene, members: Members | None = None, clients: int = CLIENTS) -> tuple[Load, int]:
    """Single sales told to a server of their own; how many members of those touched were verified."""
    began, key = SystemClock().now(), key_of(scene)
    with served(scene.warm().url) as server:
        told = loaded(server.url, lambda: Tills.opened(scene, key).earns(members), clients, seconds_of(scene))
    return told, verify(scene, began)


@contextmanager
def warm_server(scene: Scene) -> Iterator[str]:
    """The URL of a server that has booked some sales."""
    with served(scene.warm().url) as server:
        load(server.url, Tills.opened(scene, key_of(scene)).earns(), CLIENTS, seconds_of(scene) / 4)
        yield server.url


def told_in_batches(url: str, scene: Scene, clients: int) -> Load:
    """Sales in batches, one after the other from each client."""
    tills = Tills.opened(scene, key_of(scene))
    return load(url, tills.batches(LINES, clients), clients, seconds_of(scene))


def loaded(url: str, asking: Callable[[], Callable[[int], Client]], clients: int, seconds: float) -> Load:
    """Clients ask for a while, so that the server is warm, and are measured then."""
    load(url, asking(), clients, seconds / 4)
    return load(url, asking(), clients, seconds)


def seconds_of(scene: Scene) -> float:
    """How long a load over HTTP is: half as long as others, for there are many."""
    return scene.size.seconds / 2


@kept_until(17)
def ground_of(scene: Scene) -> Scene:
    """The copy of the books that loads over HTTP are booked in."""
    return scene.copy()


@cache
def key_of(scene: Scene) -> str:
    """The key of all tills there."""
    return till_key(scene.url)


@kept_until(3)
def _baseline(scene: Scene) -> Scene:
    """A copy of the books, of which only the baseline's tables are left."""
    ground = scene.copy()
    for table in set(Base.metadata.tables) - filling.READ:
        ground.sql(f'DROP TABLE "{table}" CASCADE')
    filling.fill(ground.url)
    for table in filling.READ:
        ground.sql(f'DROP TABLE "{table}" CASCADE')
    return ground


def always_trivial(_: int) -> Client:
    """A client that asks the trivial view."""
    while True:
        yield _TRIVIAL
