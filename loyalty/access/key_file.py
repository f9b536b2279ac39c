"""What keys are asked for, by options or by a file: checked before any of them is made."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from loyalty.access.secrets import DECIDE, MODES, PLACE, SCOPES, Grant

COLUMNS = ("client", "store", "terminals", "scopes", "mode", "language", "expires_on", "signed", "place")
LANGUAGES = ("zh", "en")
_LONGEST_NAME = 40
NAMES_HAVE = f"a name has 1 to {_LONGEST_NAME} printable characters, no blanks around it"
_TRUE, _FALSE = ("yes", "true", "1"), ("", "no", "false", "0")


class KeysFaulty(Exception):
    """What is asked for cannot be; the text says why, by line where it comes from a file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to make."""

    grant: Grant
    expires_at: datetime | None


def wanted(grant: Grant, expires_on: date | None) -> Wanted:
    """A key whose names, scopes and words can be; it dies with its last day, in UTC. Raises KeysFaulty."""
    names = [name for name in (grant.client, *grant.terminals, grant.store, grant.place) if name is not None]
    for name in names:
        if not is_name(name):
            raise KeysFaulty(f"{name!r}: {NAMES_HAVE}")
    if (grant.place is not None) != (PLACE in grant.scopes) or (grant.place and len(grant.scopes) > 1):
        raise KeysFaulty(f"the key of a place names it and has the scope {PLACE} alone")
    if DECIDE in grant.scopes and (grant.store or grant.terminals):
        raise KeysFaulty(f"a key with the scope {DECIDE} is one person's: it names no store and no terminal")
    unknown = sorted(set(grant.scopes) - set(SCOPES))
    if unknown or not grant.scopes:
        told = f"no such scope: {', '.join(unknown)}" if unknown else "a key needs a scope"
        raise KeysFaulty(f"{told}; there are {', '.join(SCOPES)}")
    for word, words in ((grant.mode, MODES), (grant.language, LANGUAGES)):
        if word not in words:
            raise KeysFaulty(f"{word!r} is none of {', '.join(words)}")
    if expires_on is None:
        return Wanted(grant, None)
    return Wanted(grant, datetime(*expires_on.timetuple()[:3], tzinfo=UTC) + timedelta(days=1))


def is_name(text: str) -> bool:
    """Whether a client, a store, a terminal or a cashier may be called so."""
    return text.isprintable() and text.strip() == text and 1 <= len(text) <= _LONGEST_NAME


def wanted_by_file(file: Path) -> list[Wanted]:
    """Every key that a CSV file asks for; several terminals or scopes are separated by semicolons.

    Columns may stand in any order, and all but client and scopes may be missing. Raises KeysFaulty with
    every fault by its line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text, restkey="", restval="", strict=True))
            named = set(rows[0]) - {""} if rows else set()
    except (UnicodeDecodeError, csv.Error) as fault:
        raise KeysFaulty(f"{file.name} is not CSV in UTF-8: {fault}") from None
    if not rows:
        raise KeysFaulty(f"{file.name} asks for no key")
    if strange := sorted(str(name) for name in named - set(COLUMNS)):
        raise KeysFaulty(f"no such column: {', '.join(strange)}; there are {', '.join(COLUMNS)}")
    found, faults = [], []
    for line, row in enumerate(rows, start=2):
        try:
            found.append(_of_row(row))
        except KeysFaulty as fault:
            faults.append(f"line {line}: {fault}")
    if faults:
        raise KeysFaulty("\n".join(faults))
    return found


def split(texts: Iterable[str], mark: str) -> tuple[str, ...]:
    """What is separated by a mark, without blanks around it, once each."""
    told = (one.strip() for text in texts for one in text.split(mark))
    return tuple(sorted({one for one in told if one}))


def _of_row(row: Mapping[str, str]) -> Wanted:
    if "" in row:
        raise KeysFaulty("has more fields than the first line")
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        expires_on = date.fromisoformat(told["expires_on"]) if told["expires_on"] else None
    except ValueError:
        raise KeysFaulty(f"{told['expires_on']!r} is not a day, such as 2026-12-31") from None
    if told["signed"] not in _TRUE + _FALSE:
        raise KeysFaulty(f"{told['signed']!r}: signed is yes or no")
    grant = Grant(
        client=told["client"],
        store=told["store"] or None,
        terminals=split([told["terminals"]], ";"),
        scopes=split([told["scopes"]], ";"),
        mode=told["mode"] or "live",
        language=told["language"] or "zh",
        signed=told["signed"] in _TRUE,
        place=told["place"] or None,
    )
    return wanted(grant, expires_on)
