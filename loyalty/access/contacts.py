"""One-time codes, pure: how long they live, how often they may be asked for and told, and their digests."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

Kind = Literal["phone", "email"]
CONTACTS: tuple[Kind, ...] = get_args(Kind)
CODE_LASTS, MOST_TRIES = timedelta(minutes=10), 5
AGAIN_WITHIN = timedelta(minutes=1)  #: so long the answer to a use of a proof may be given once more
PROOF_LASTS = timedelta(minutes=30)  #: so long a proven contact may be used: to join, or to be a new contact
COUNTED = timedelta(hours=1)  #: codes asked for since then make the next one wait
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=10)
_AFTER_OTHERS = timedelta(minutes=1)  #: the wait that an asking from another address brings
_FREE_OF_ADDRESS = 10  #: a household, or an office, behind one address
_MOST_OF_CODE = 10**6


def fresh_digits(random_below: Callable[[int], int]) -> str:
    """Six digits; `random_below(n)` gives a number from 0 to n - 1.

    >>> fresh_digits(lambda n: 7)
    '000007'
    """
    return f"{random_below(_MOST_OF_CODE):06}"


def keyed(key: bytes, *parts: str) -> str:
    """What is kept of a contact, an address or a code: a keyed digest, in hexadecimal."""
    return hmac.new(key, "\n".join(parts).encode(), sha256).hexdigest()


def free_at(
    here: Sequence[datetime], elsewhere: Sequence[datetime], of_address: Sequence[datetime]
) -> datetime | None:
    """From when on another code may be asked for; None: at once.

    `here` are the askings of the hour for this contact from this address, `elsewhere` those from others,
    `of_address` all from this address. The wait doubles with every code asked for here, from half a minute
    to ten, and so for an address after its first ten. Others make a contact wait for a minute, however often
    they ask: a stranger never locks a member out.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> str(free_at([noon], [], [noon])), str(free_at([], [noon] * 9, [])), free_at([], [], [noon] * 10)
    ('2026-01-01 12:00:30', '2026-01-01 12:01:00', None)
    """
    waits = [
        max(sent) + min(_FIRST_WAIT * 2 ** (over - 1), _LONGEST_WAIT)
        for sent, over in ((here, len(here)), (of_address, len(of_address) - _FREE_OF_ADDRESS))
        if over > 0
    ]
    return max([*waits, *(sent + _AFTER_OTHERS for sent in elsewhere)], default=None)
