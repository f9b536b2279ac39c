"""Identifiers made by the application: time-ordered, 63 bits, opaque text on the wire."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SEQUENCE_BITS = 21
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  #: Crockford's base 32: no i, l, o, u
_PAIRS = [high + low for high in DIGITS for low in DIGITS]
_VALUES = {digit: value for value, digit in enumerate(DIGITS)}


_turns: list[Iterator[int]] = []  # one; its next() is atomic


def _start_elsewhere() -> None:
    """Each process draws from a place of its own: what is forked must not draw what its twins do."""
    _turns[:] = [count(secrets.randbits(_SEQUENCE_BITS))]


_start_elsewhere()
os.register_at_fork(after_in_child=_start_elsewhere)


def new_id(now: datetime) -> int:
    """A fresh identifier: milliseconds since 1970 (42 bits), a turn of this process (21 bits).

    Should two processes draw the same number in one millisecond, the primary key refuses the second.
    """
    milliseconds = (now - _EPOCH) // _MILLISECOND
    return milliseconds << _SEQUENCE_BITS | next(_turns[0]) % (1 << _SEQUENCE_BITS)


def first_of(size: int, now: datetime) -> int:
    """The first of so many fresh identifiers in a row, at most two million."""
    while True:
        turns = [next(_turns[0]) for _ in range(size)]
        first = turns[0] % (1 << _SEQUENCE_BITS)
        if turns[-1] - turns[0] == size - 1 and first + size <= 1 << _SEQUENCE_BITS:
            return (now - _EPOCH) // _MILLISECOND << _SEQUENCE_BITS | first


@lru_cache(maxsize=4096)
def to_text(number: int) -> str:
    """The opaque form that outsiders see.

    >>> to_text(0), to_text(33), from_text(to_text(1 << 62)) == 1 << 62
    ('0', '11', True)
    """
    digits = ""
    while number:
        digits = _PAIRS[number & 1023] + digits
        number >>= 10
    return digits.lstrip("0") or "0"


def from_text(text: str) -> int | None:
    """The number behind an opaque id; None for anything we never gave out."""
    if not text or len(text) > 13 or (text[0] == "0" and text != "0"):
        return None
    number = 0
    for letter in text:
        if (digit := _VALUES.get(letter)) is None:
            return None
        number = number << 5 | digit
    return number if number < 1 << 63 else None


def pair_to_text(member_id: int, other_id: int) -> str:
    """A public id that carries its member, so that its row is found by a member-led key."""
    return f"{to_text(member_id)}-{to_text(other_id)}"


def pair_from_text(text: str) -> tuple[int, int] | None:
    """The two numbers behind `pair_to_text`; None for anything we never gave out."""
    left, _, right = text.partition("-")
    member_id, other_id = from_text(left), from_text(right)
    return None if member_id is None or other_id is None else (member_id, other_id)
