"""Quotes as text that only we can write: what a till was promised, kept by the till itself (P13). Pure."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from loyalty.errors import QuoteUnknown

_FORM = re.compile(r"([0-9]{1,9})-([0-9]{1,12})-([0-9a-f]{40})")


@dataclass(frozen=True, slots=True)
class Quote:
    """Until then, sales of the client who asked are judged by this edition; whole seconds."""

    edition: int
    valid_until: datetime


def seal(quote: Quote, client: str, secret: bytes) -> str:
    """The quote as text for the client who asked."""
    text = f"{quote.edition}-{int(quote.valid_until.timestamp())}"
    return f"{text}-{_mac(text, client, secret)}"


def opened(text: str, client: str, secrets: Iterable[bytes]) -> Quote:
    """A quote that was sealed for this client with one of these secrets. Raises QuoteUnknown."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise QuoteUnknown
    edition, seconds, mac = found.groups()
    told = f"{edition}-{seconds}"
    if not any(hmac.compare_digest(_mac(told, client, secret), mac) for secret in secrets):
        raise QuoteUnknown
    return Quote(int(edition), datetime.fromtimestamp(int(seconds), UTC))


def _mac(text: str, client: str, secret: bytes) -> str:
    return hmac.new(secret, f"{text}-{client}".encode(), hashlib.sha256).hexdigest()[:40]
