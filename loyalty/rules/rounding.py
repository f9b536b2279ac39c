"""Exact points made whole: rounded, mirrored, split into parts that add up to them (N4). Pure."""

from fractions import Fraction
from math import floor

from loyalty.rules.terms import Promise, Ratio, Rounding

_AT_ONCE = Promise(Fraction(1))


def rounded(points: Fraction, rounding: Rounding) -> int:
    """As the rule rounds."""
    return whole(points.numerator, points.denominator, rounding)


def whole(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A ratio as the rule rounds; the denominator is above 0, and may share factors with the numerator.

    >>> [whole(-5, 2, rounding) for rounding in ("down", "half_up", "up")]
    [-3, -2, -2]
    """
    if rounding == "down":
        return numerator // denominator
    if rounding == "up":
        return -(-numerator // denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def mirrored(exact: Ratio, sign_of: int | Fraction, rounding: Rounding) -> int:
    """Rounded; negative if `sign_of` is."""
    points = whole(*exact, rounding)
    return -points if sign_of < 0 else points


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
