"""Passwords of staff: which will do, and how they are kept (argon2id). No database."""

from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
Weakness = Literal["short", "long", "simple", "personal"]

_FEWEST_LETTERS = 6  #: different ones
_FAMILIAR = ("password", "passwort", "qwerty", "letmein", "welcome", "admin", "123456", "abcdef", "iloveyou")
# OWASP's second choice for argon2id: 19 MiB, so that a small server can check several at once.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$QnfN1IOeRdd9stX/Lojc0A$jOK+OYykCa7Dj4LKFsfVncMkCnkK5AGti/TldMlH1eI"
)


def weakness(password: str, *about: str) -> Weakness | None:
    """What is wrong with a password; `about` is what its owner is known by, which must not be in it."""
    low = password.casefold()
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    left = low
    for word in _FAMILIAR:
        left = left.replace(word, "")
    if len(set(low)) < _FEWEST_LETTERS or len(left) < SHORTEST // 2:
        return "simple"
    words = (word for one in about for word in one.casefold().replace("@", " ").split())
    return "personal" if any(len(word) >= 4 and word in low for word in words) else None


def sealed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Whether that was sealed; for nobody's, the same is done, which takes the same time."""
    try:
        return _HASHER.verify(kept or _NOBODYS, password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
