"""A request that is granted, so that what is made nasty is reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.proofs.fuzzing.world import World

Place = tuple[str | int, ...]  #: a way into a body; a number is a place in an array

BEARER = frozenset({("card",), ("token",), ("member_id",)})  #: who a till names


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that is granted: what stands in its path, query, headers and body.

    Of the places in one group of `one_of` only one may be told.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    one_of: tuple[frozenset[Place], ...] = ()


#: Operation → requests that are granted, each made anew.
Wishes = Mapping[str, tuple[Callable[[World], Wish], ...]]


def member(who: str = "ana") -> Callable[[World], Wish]:
    return lambda world: Wish({"member_id": getattr(world, who).member_id})


def of(name: str, value: Callable[[World], str]) -> Callable[[World], Wish]:
    """A request that only its path says something in."""
    return lambda world: Wish({name: value(world)})


def says(body: Callable[[World], dict[str, Any]], *one_of: frozenset[Place]) -> Callable[[World], Wish]:
    """A request that only its body says something in."""
    return lambda world: Wish(body=body(world), one_of=one_of)
