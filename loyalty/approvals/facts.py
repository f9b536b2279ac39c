"""The kinds and states of approval requests, and the digest of what is asked. Pure."""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Literal, get_args

Kind = Literal["adjustment", "publication", "bulk_file", "contact", "unfreeze", "merge", "unmerge"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OF_MEMBERS: tuple[Kind, ...] = ("adjustment", "contact", "unfreeze", "merge", "unmerge")  #: about one member
BOOKED: tuple[Kind, ...] = ("adjustment", "merge", "unmerge")  #: what leads to an operation of that member
PERSONAL = ("note", "value", "salt")  #: of a content: what forgetting a person empties
State = Literal["waiting", "approved", "refused", "withdrawn", "void"]
STATES: tuple[State, ...] = get_args(State)
Void = Literal[
    "too_old", "too_late", "another_edition", "member_erased"
]  #: why nobody can decide it any more
VOID: tuple[Void, ...] = get_args(Void)
Reason = Literal["wrong", "unproven", "not_allowed", "not_needed"]  #: why a checker refuses it
REASONS: tuple[Reason, ...] = get_args(Reason)
LASTS = timedelta(hours=72)  #: so long a request waits; at this instant and after it is void


def digest_of(kind: Kind, content: Mapping[str, object]) -> str:
    """The SHA-256 of the canonical JSON of what is asked, as 64 hexadecimal digits.

    >>> digest_of("bulk_file", {"rows": 1, "name": "a"}) == digest_of("bulk_file", {"name": "a", "rows": 1})
    True
    """
    text = json.dumps([kind, content], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
