"""Second factors: codes of an app (TOTP, RFC 6238), and recovery codes for when it is lost. No database."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from passlib.exc import TokenError
from passlib.totp import TOTP

RECOVERY_CODES = 10
SECRET_BYTES = 32
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_SLACK_SECONDS = 30  #: a clock may be so far off, either way


def digest(secret: str) -> str:
    """What is kept of a secret that only its holder knows."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def fresh_app_key(keys: Sequence[bytes]) -> str:
    """The key of an app that is to be set up, sealed: it may travel, and be kept, as it is."""
    return _box(keys).encrypt(str(TOTP.new().base32_key).encode()).decode()


def app_key(app: str, keys: Sequence[bytes]) -> str:
    """A sealed key as it is typed into an app, in fours."""
    plain = _opened(app, keys)
    return " ".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def app_address(app: str, keys: Sequence[bytes], email: str, issuer: str) -> str:
    """A sealed key as an app scans it: an otpauth address."""
    return str(TOTP(_opened(app, keys)).to_uri(email, issuer.replace(":", " ")))


def turn_of(code: str, app: str, keys: Sequence[bytes], now: datetime, last: int) -> int | None:
    """The turn of the clock that a code is of; None for a wrong one, and for any not after `last`."""
    try:
        found = TOTP(_opened(app, keys)).match(code, time=now, window=_SLACK_SECONDS, last_counter=last)
    except (TokenError, InvalidToken):
        return None
    return int(found.counter) if found.counter > last else None


def fresh_recovery_codes() -> list[str]:
    """Codes that each stand in for the app once, in fours: 78 bits."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
        for _ in range(RECOVERY_CODES)
    ]


def plain_code(text: str) -> str:
    """A code as it was typed, in its one form: without what stands between its letters."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _opened(app: str, keys: Sequence[bytes]) -> str:
    return _box(keys).decrypt(app.encode()).decode()


def _box(keys: Sequence[bytes]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])
