"""The codes of members' pages, pure (M4): a prefix of their own, 18 random digits; a minute, once."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Literal, get_args

Purpose = Literal["earn", "spend"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
CODE_LASTS = timedelta(seconds=60)
CODE_PREFIX = "71"  #: scanners tell a code from a card by it and by its length
_RANDOM_DIGITS = 18


def fresh_code(random_below: Callable[[int], int]) -> str:
    """Twenty digits that nobody can guess; `random_below(n)` gives a number from 0 to n - 1.

    >>> fresh_code(lambda n: 7)
    '71000000000000000007'
    """
    return f"{CODE_PREFIX}{random_below(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}}"


def code_digest(code: str) -> str:
    """What is kept of a code: SHA-256, in hexadecimal."""
    return sha256(code.encode()).hexdigest()
