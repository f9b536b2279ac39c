"""The bars: each module measures some of them, and says beside each how high it lies."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
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
    """What is measured, and what its ratio must and should be."""

    number: int
    name: str
    must: float
    aim: float
    better: Better
    once: bool
    measure: Callable[[Scene], Pair]

    def holds(self, ratio: float) -> bool:
        """Whether a ratio is as it must be."""
        return ratio >= self.must if self.better == "more" else ratio <= self.must


_bars: list[Bar] = []

Measure = Callable[[Scene], Pair]


def bar(
    number: int, name: str, *, must: float, aim: float, better: Better, once: bool = False
) -> Callable[[Measure], Measure]:
    """Register a function that measures yardstick and ours once, in turn; a number may have several.

    `once`: a second run would find the same, or takes too long; the first one is enough.
    """

    def register(measure: Measure) -> Measure:
        _bars.append(Bar(number, name, must, aim, better, once, measure))
        return measure

    return register


def bars(only: frozenset[int] = frozenset()) -> list[Bar]:
    """All bars, or those of some numbers, in their order."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return sorted((one for one in _bars if not only or one.number in only), key=lambda one: one.number)
