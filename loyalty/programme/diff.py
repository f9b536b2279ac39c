"""What differs between two documents, told by path. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loyalty.programme.merging import by_code, coded


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two documents differ; None where there is nothing."""

    path: str
    before: object
    after: object


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """The changes that lead from one JSON document to the other, by path.

    Tables of a list are matched by their `code` (`tier[gold].attain`), others by their place; a new order of
    coded tables is a change of `tier.order`.
    """
    return list(_tables("", before, after))


def _tables(path: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        yield from _values(f"{path}.{key}" if path else key, before.get(key), after.get(key))


def _values(path: str, before: object, after: object) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _tables(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(path, before, after)
    elif before != after or type(before) is not type(after):  # true is 1 to Python, not to a reader
        yield Change(path, before, after)


def _lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    old, new = _by_name(before), _by_name(after)
    for name in [*old, *(name for name in new if name not in old)]:
        yield from _values(f"{path}[{name}]", old.get(name), new.get(name))
    if coded(before) and coded(after):
        stayed = [name for name in old if name in new]
        order = [name for name in new if name in old]
        if stayed != order:
            yield Change(f"{path}.order", stayed, order)


def _by_name(items: list[Any]) -> dict[str, object]:
    if coded(items):
        return by_code(items)
    return {str(place): item for place, item in enumerate(items)}
