"""The token of a freeze link: whose points, and when it was issued, under a signature of ours. Pure."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

LIFE = timedelta(days=7)  #: so long a link works; at its end it does not
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = 8  #: bytes
_SIGNATURE = 32


def freeze_token(key: bytes, member_id: int, issued_at: datetime) -> str:
    """The token of a member's freeze link, good for seven days from `issued_at`, to the second."""
    seconds = (issued_at - _EPOCH) // timedelta(seconds=1)
    told = member_id.to_bytes(_NUMBER) + seconds.to_bytes(_NUMBER)
    return urlsafe_b64encode(told + _signature(key, told)).decode().rstrip("=")


def frozen_by(keys: Sequence[bytes], token: str, now: datetime) -> tuple[int, datetime] | None:
    """The member whose points a link freezes, and when its notice was written, to the second.

    None for a link that is forged, over, or no token at all.

    >>> token = freeze_token(b"k", 7, _EPOCH)
    >>> frozen_by([b"k"], token, _EPOCH) == (7, _EPOCH)
    True
    >>> [frozen_by([key], token, at) for key, at in ((b"x", _EPOCH), (b"k", _EPOCH + LIFE))]
    [None, None]
    """
    try:
        whole = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    told, signature = whole[:-_SIGNATURE], whole[-_SIGNATURE:]
    # Every key is compared, so that the time it takes tells nothing of which one it was.
    genuine = [hmac.compare_digest(_signature(key, told), signature) for key in keys]
    if len(told) != 2 * _NUMBER or not any(genuine):
        return None
    issued_at = _EPOCH + timedelta(seconds=int.from_bytes(told[_NUMBER:]))
    return (int.from_bytes(told[:_NUMBER]), issued_at) if issued_at <= now < issued_at + LIFE else None


def _signature(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, b"freeze link " + told, sha256)
