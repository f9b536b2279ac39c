"""Exact points made whole: rounded, mirrored, split into parts that add up to them (N4). Pure."""

from fractions import Fraction
from math import ceil, floor

from loyalty.rules.terms import Promise, Rounding

_AT_ONCE = Promise(Fraction(1))


def rounded(points: Fraction, rounding: Rounding) -> int:
    """As the rule rounds."""
    if rounding == "down":
        return floor(points)
    return ceil(points) if rounding == "up" else floor(points + Fraction(1, 2))


def mirrored(points: Fraction, sign_of: int | Fraction, rounding: Rounding) -> int:
    """Rounded; negative if `sign_of` is."""
    whole = rounded(points, rounding)
    return -whole if sign_of < 0 else whole


def split(points: int, opens: tuple[Promise, ...]) -> list[tuple[Promise, int]]:
    """Points by when they become usable (P11): rounded down, each from what is due so far.

    >>> [part for _, part in split(10, (Promise(Fraction(1, 3)),) * 3)]
    [3, 3, 4]
    """
    if not opens:
        return [(_AT_ONCE, points)] if points else []
    parts, due, before = [], Fraction(0), 0
    for promise in opens:
        due += promise.share
        so_far = floor(points * due)
        parts.append((promise, so_far - before))
        before = so_far
    return [(promise, part) for promise, part in parts if part]
