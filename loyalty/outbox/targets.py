"""Where a webhook may go: https, to a public address, under a secret of its own. Pure."""

import hmac
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

OVERLAP = timedelta(hours=24)  #: so long after a rotation the old secret signs too
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
MOST_FAILURES = 20  #: in a row, over some four days; then the endpoint is given up
_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")  #: all that is given out; what lies outside is somebody's own
_EXAMPLES = IPv6Network("3fff::/20")


def fault_of(url: str) -> str | None:
    """Why a URL can be no webhook's, before anything is resolved; None when it can."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is none is told by asking for it
    except ValueError:
        return "is not a URL"
    if parts.scheme != "https" or not parts.hostname:
        return "must begin with https:// and a host"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "must hold no user, password or fragment"
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return None if "." in parts.hostname else "must name a public host"
    return "must not lead to a private address" if is_inside(str(literal)) else None


def is_inside(address: str) -> bool:
    """Whether an IP address lies inside somebody's network, in whatever clothes (v4-mapped, 6to4, NAT64).

    >>> [is_inside(a) for a in ("127.0.0.1", "::ffff:10.0.0.1", "100.64.0.1", "169.254.169.254", "8.8.8.8")]
    [True, True, True, True, False]
    """
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found in _NAT64:
            return is_inside(str(IPv4Address(int(found) & 0xFFFFFFFF)))
        if (inner := found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]) is not None:
            return is_inside(str(inner))
        if found not in _UNICAST or found in _EXAMPLES:
            return True
    return not found.is_global or found.is_multicast


def secret_of(key: bytes, endpoint_id: int, generation: int) -> str:
    """The secret of an endpoint in the form of Standard Webhooks, drawn from a key of ours."""
    drawn = hmac.digest(key, f"webhook {endpoint_id} {generation}".encode(), sha256)
    return "whsec_" + b64encode(drawn).decode()


def generations(generation: int, rotated_at: datetime | None, now: datetime) -> list[int]:
    """Which secrets sign now, the newest first."""
    overlapping = rotated_at is not None and now < rotated_at + OVERLAP
    return [generation, generation - 1] if overlapping and generation > 1 else [generation]


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row.

    >>> [pause_after(n).total_seconds() for n in (1, 2, 3, 30)]
    [30.0, 60.0, 120.0, 21600.0]
    """
    doublings = min(failures - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
