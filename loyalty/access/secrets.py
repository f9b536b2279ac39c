"""Keys, pure: their form, their digest, and the scopes they may carry."""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

Scope = Literal[
    "members:read",
    "members:write",
    "points:earn",
    "points:spend",
    "points:return",
    "policies:write",
    "benefits:use",
    "rewards:use",
    "place:use",
    "programme:read",
    "events:manage",
    "approvals:decide",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PLACE: Scope = "place:use"  #: what a place does, for itself alone; no other scope goes with it
DECIDE: Scope = "approvals:decide"  #: what one person does whose key it is, for no store and no terminal
TILL_SCOPES = tuple(one for one in SCOPES if one not in (PLACE, DECIDE))
Mode = Literal["live", "training", "test"]
MODES: tuple[Mode, ...] = get_args(Mode)
PREFIX_BYTES = 5  #: eight letters: what a key is looked up by, and known by in lists
SECRET_BYTES = 32  #: 256 random bits; no password, so a plain digest keeps it
_MARK = "lk"


@dataclass(frozen=True, slots=True)
class Presented:
    """A key as a caller sends it: what it is looked up by, and the whole, which alone proves it."""

    prefix: str
    whole: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key may do, and for whom it speaks."""

    client: str
    store: str | None
    terminals: tuple[str, ...]  #: empty: any
    scopes: tuple[str, ...]
    mode: str = "live"
    language: str = "zh"
    signed: bool = False
    place: str | None = None  #: the only one it speaks for, a counter or a lounge; none: no place's key


def fresh_key(random: bytes) -> Presented:
    """A key from `PREFIX_BYTES + SECRET_BYTES` random bytes; only its digest may be kept.

    >>> fresh_key(bytes(37)).prefix, len(fresh_key(bytes(37)).whole)
    ('aaaaaaaa', 64)
    """
    if len(random) != PREFIX_BYTES + SECRET_BYTES:
        raise ValueError(f"a key takes {PREFIX_BYTES + SECRET_BYTES} random bytes")
    prefix, secret = _letters(random[:PREFIX_BYTES]), _letters(random[PREFIX_BYTES:])
    return Presented(prefix, f"{_MARK}_{prefix}_{secret}")


def split_key(text: str) -> Presented | None:
    """The parts of a key as a caller sent it; None for what never was one.

    >>> split_key("lk_aaaaaaaa_secret"), split_key("sk_a_b"), split_key("lk_a")
    (Presented(prefix='aaaaaaaa', whole='lk_aaaaaaaa_secret'), None, None)
    """
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if (
        mark != _MARK
        or not prefix
        or not secret
        or len(text) > 100
        or not (text.isascii() and text.isprintable())
    ):
        return None
    return Presented(prefix, text)


def digest(key: str) -> str:
    """What is kept of a key: SHA-256, in hexadecimal."""
    return sha256(key.encode()).hexdigest()


def matches(key: str, kept_digest: str) -> bool:
    """Whether this is the key of that digest, in constant time."""
    return hmac.compare_digest(digest(key), kept_digest)


def _letters(some: bytes) -> str:
    return b32encode(some).decode().rstrip("=").lower()
