"""Rows 17, which no bar is about: how long tills wait when the service does half of what it can."""

from collections.abc import Callable
from functools import cache, partial

from bench.bars import Pair, bar
from bench.bars.http import ground_of, key_of, loaded, seconds_of
from bench.books import verify
from bench.load import Client, Load, load
from bench.scene import CLIENTS, Scene
from bench.server import served
from bench.tills import Tills
from loyalty.clock import SystemClock

OPEN_LINES = 4 * CLIENTS  #: more than are needed at half load, but where an answer takes long
_WISHES: dict[str, Callable[[Tills], Callable[[int], Client]]] = {
    "earn": Tills.earns,
    "redeem": Tills.redeems,
    "hold": Tills.holds,
    "capture": Tills.holds,
    "quote": Tills.quotes,
    "balance": Tills.balances,
}
_ONLY_LOOKS = (Tills.quotes, Tills.balances)


def _waited(scene: Scene, kind: str) -> Pair:
    """The 99th percentile beside the median, in milliseconds."""
    top, told = _at_half_load(ground_of(scene), _WISHES[kind])
    median, late = told.milliseconds(kind, 50), told.milliseconds(kind, 99)
    extra = {"told": f"p50 {median:,.1f} ms, p99 {late:,.1f} ms", "at_most_per_s": round(top.rate, 1)}
    return Pair(late, median, "ms", extra)


@cache
def _at_half_load(scene: Scene, wish: Callable[[Tills], Callable[[int], Client]]) -> tuple[Load, Load]:
    """Eight clients who ask as fast as they can; then requests at half that rate, whoever still waits."""
    began, key = SystemClock().now(), key_of(scene)
    with served(scene.warm().url) as server:
        top = loaded(server.url, lambda: wish(Tills.opened(scene, key)), CLIENTS, seconds_of(scene))
        asking = wish(Tills.opened(scene, key))
        told = load(server.url, asking, OPEN_LINES, 2 * seconds_of(scene), rate=top.rate / 2)
    if wish not in _ONLY_LOOKS:
        verify(scene, began)
    return top, told


for _kind in _WISHES:
    _name = f"{_kind} over HTTP at half load: p99 ÷ p50"
    bar(17, _name, must=None, aim=None, better="less", once=True)(partial(_waited, kind=_kind))
