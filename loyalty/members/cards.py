"""Card numbers, pure (M1): a prefix, random digits, a Damm check digit; never like a payment card."""

from collections.abc import Callable

DIGITS = 16
_PREFIX_DIGITS = 2
_RANDOM_DIGITS = DIGITS - _PREFIX_DIGITS - 1
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)  # H. M. Damm, 2004: it finds every wrong digit and every swapped neighbour


def prefix_allowed(prefix: str) -> bool:
    """Two digits outside the ranges of payment and transit cards: 2 to 6, 81 and 9.

    >>> [prefix_allowed(prefix) for prefix in ("70", "81", "62", "99", "7", "７0")]
    [True, False, False, False, False, False]
    """
    return _are_digits(prefix, _PREFIX_DIGITS) and prefix[0] in "0178" and prefix != "81"


def damm(digits: str) -> int:
    """The Damm digit; 0 over a number that carries its own.

    >>> damm("572"), damm("5724")
    (4, 0)
    """
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def passes_luhn(digits: str) -> bool:
    """Whether a payment terminal would take this for a payment card.

    >>> passes_luhn("4111111111111111"), passes_luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def fresh_number(prefix: str, random_below: Callable[[int], int]) -> str:
    """A number nobody can guess from another; `random_below(n)` gives a number from 0 to n - 1.

    Those that tills rehearse with are kept back.

    Raises ValueError for a prefix of payment or transit cards.
    """
    if not prefix_allowed(prefix):
        raise ValueError(f"{prefix!r} is not a prefix for club cards")
    while True:
        body = f"{prefix}{random_below(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}}"
        number = f"{body}{damm(body)}"
        if not passes_luhn(number) and not is_for_rehearsals(number):
            return number


def is_for_rehearsals(number: str) -> bool:
    """Whether this is a number that no member ever gets: eleven zeros after the prefix.

    >>> is_for_rehearsals("7000000000000019"), is_for_rehearsals("7000000000010013")
    (True, False)
    """
    return len(number) == DIGITS and number[_PREFIX_DIGITS:-3] == "0" * 11


def is_ours(number: str, prefix: str) -> bool:
    """Whether we could have given this number out; false for a typing error or an imported card."""
    return (
        _are_digits(number, DIGITS)
        and number.startswith(prefix)
        and damm(number) == 0
        and not passes_luhn(number)
    )


def masked(number: str) -> str:
    """A card as a screen or a log may show it: its last four."""
    return f"****{number[-4:]}"


def _are_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
