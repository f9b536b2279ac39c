"""The bars: each module measures some of them, and says beside each how high it lies."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal

from bench.scene import Scene

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One run of the yardstick and one of ours, in the same unit; `extra` is told beside them."""

    ours: float
    yardstick: float
    unit: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """What the bar is about; of what has no yardstick but its unit, the yardstick is 1."""
        return self.ours / self.yardstick


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured, and what its ratio must and should be; None: it is only told."""

    number: int
    name: str
    must: float | None
    aim: float | None
    better: Better
    once: bool
    measure: Callable[[Scene], Pair]

    def holds(self, ratio: float) -> bool:
        """Whether a ratio is as it must be."""
        if self.must is None:
            return True
        return ratio >= self.must if self.better == "more" else ratio <= self.must


_bars: list[Bar] = []
_drops: list[tuple[int, Callable[[], None]]] = []  #: (number of the last bar that needs them, their drop)

Measure = Callable[[Scene], Pair]
Make = Callable[[Scene], Scene]


def bar(
    number: int, name: str, *, must: float | None, aim: float | None, better: Better, once: bool = False
) -> Callable[[Measure], Measure]:
    """Register a function that measures yardstick and ours once, in turn; a number may have several.

    `once`: a second run would find the same, or takes too long; the first one is enough.
    """

    def register(measure: Measure) -> Measure:
        _bars.append(Bar(number, name, must, aim, better, once, measure))
        return measure

    return register


def kept_until(number: int) -> Callable[[Make], Make]:
    """A database that is made when a bar first asks for it, and dropped once that number was measured."""

    def keep(make: Make) -> Make:
        made: dict[Scene, Scene] = {}

        @wraps(make)
        def kept(scene: Scene) -> Scene:
            if scene not in made:
                made[scene] = make(scene)
            return made[scene]

        def drop() -> None:
            while made:
                _, ground = made.popitem()
                ground.cluster.drop(ground.name)

        _drops.append((number, drop))
        return kept

    return keep


def drop_before(number: int) -> None:
    """Drop what neither this bar nor a later one needs: copies of many members fill a disk."""
    for last, drop in _drops:
        if last < number:
            drop()


def bars(only: frozenset[int] = frozenset()) -> list[Bar]:
    """All bars, or those of some numbers, in their order."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return sorted((one for one in _bars if not only or one.number in only), key=lambda one: one.number)
