"""What was published of a case, against what our file says of it: by value, and without naming any case."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.real.casebook import Case, Casebook, Look

FILE = Path(os.environ.get("LOYALTY_REAL_DATA", "/nowhere")) / "rules" / "cases.jsonl"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY_OR_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


def rows() -> dict[str, dict[str, Any]]:
    """The published cases by their id."""
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert len({line["id"] for line in lines}) == len(lines)
    return {line["id"]: line for line in lines}


def exact(value: Any) -> Any:
    """Numbers, also those in texts, as fractions; days as text; tables and lists alike inside."""
    if isinstance(value, Mapping):
        return {key: exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [exact(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    return value


def said(case: Case) -> dict[str, Any]:
    """What the looks of a case say in the source's words, put together; a list may be told in pieces."""
    whole: dict[str, Any] = {}
    for says in (*(look.says for look in case.looks), case.other_reading):
        for word, value in says.items():
            together = isinstance(value, list) and word in whole
            assert together or word not in whole, f"{case.id} says {word} twice"
            whole[word] = whole[word] + value if together else value
    return whole


def unlike(case: Case, row: Mapping[str, Any]) -> list[str]:
    """Where what we say the source says is not what it says."""
    ours, theirs = exact(said(case)), exact(row["expect"])
    return [] if ours == theirs else [f"{case.id} says {ours}, published is {theirs}"]


def unseen(book: Casebook, case: Case) -> list[str]:
    """What a look says in the source's words but does not look at in ours."""
    return [
        f"{case.id} says {leaf}, and does not look at it"
        for look in case.looks
        for leaf in _leaves(look.says)
        if not _stands(book, leaf, _shown(book, look))
    ]


def untold(book: Casebook, case: Case, row: Mapping[str, Any]) -> list[str]:
    """Numbers and days that were given, and stand nowhere in the case."""
    told = {leaf for fact in case.facts for leaf in (exact(book.day(fact.at)), *_leaves(fact.told))}
    told |= {leaf for look in case.looks for leaf in _shown(book, look)}
    return [
        f"{case.id} was given {leaf}, and nothing tells it"
        for leaf in _leaves(row["given"])
        if isinstance(leaf, Fraction) or (isinstance(leaf, str) and _DAY_OR_MONTH.fullmatch(leaf))
        if not _stands(book, leaf, told)
    ]


def _shown(book: Casebook, look: Look) -> set[Any]:
    """All that a look looks at: its day, what must be seen, and all names of a tier."""
    names = book.names(look.sees["tier"]) if look.sees.get("tier") else set()
    days = {day for lots in look.sees.get("lots", {}).values() for day in lots}
    return {exact(book.day(look.at)), *_leaves(look.sees), *names, *days}


def _stands(book: Casebook, leaf: Any, among: set[Any]) -> bool:
    """Whether a value of the source stands there: as it is, or as this book means it; a month by a day."""
    told = str(leaf).lower() if isinstance(leaf, bool) else str(leaf)
    meant = exact(book.words.get(told, leaf))
    months = {one[:7] for one in among if isinstance(one, str) and _DAY_OR_MONTH.fullmatch(one)}
    return leaf in among | months or set(meant if isinstance(meant, list) else [meant]) <= among


def _leaves(value: Any) -> Iterator[Any]:
    """The values inside, in their exact form."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield exact(value)
