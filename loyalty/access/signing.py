"""Signed requests, pure: their secret, their header, and what is signed."""

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256

SIGNING = "secrets of signed requests"  #: the purpose of the server's keys that secrets are drawn from
_HEADER = re.compile(r"t=([0-9]{1,12}), ?nonce=([A-Za-z0-9._~+/=-]{16,64}), ?v1=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature speaks of: the request, the key, and when and how often it may be heard."""

    method: str
    target: str  #: path and query as they were sent
    body_sha256: str
    prefix: str
    stamp: int  #: seconds since 1970
    nonce: str

    def signature(self, secret: str) -> str:
        """HMAC-SHA256 over the six, a line each, in hexadecimal."""
        lines = (self.method, self.target, self.body_sha256, self.prefix, str(self.stamp), self.nonce)
        return hmac.new(secret.encode(), "\n".join(lines).encode(), sha256).hexdigest()


def signing_secret(server_key: bytes, prefix: str) -> str:
    """The secret of one key: drawn from the server's, so that it is kept nowhere.

    >>> len(signing_secret(b"server", "aaaaaaaa")), signing_secret(b"server", "aaaaaaaa")[:3]
    (55, 'ls_')
    """
    drawn = hmac.digest(server_key, prefix.encode(), sha256)
    return "ls_" + b32encode(drawn).decode().rstrip("=").lower()


def read_signature(header: str) -> tuple[int, str, str] | None:
    """Stamp, nonce and signature of a header; None for anything of another form.

    >>> read_signature("t=1, nonce=" + "n" * 16 + ", v1=" + "0" * 64)[:2]
    (1, 'nnnnnnnnnnnnnnnn')
    >>> read_signature("t=1, v1=00")
    """
    parts = _HEADER.fullmatch(header.strip())
    return (int(parts[1]), parts[2], parts[3]) if parts else None


def is_signed(request: Signed, signature: str, secrets: list[str]) -> bool:
    """Whether one of these secrets made the signature, in constant time for each."""
    return any(hmac.compare_digest(request.signature(secret), signature) for secret in secrets)
