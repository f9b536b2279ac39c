"""The chain: each line's hash covers the one before it, so that none can be changed or left out. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Line:
    """One act: who did what to which thing. Nothing personal stands in it but opaque ids (M7)."""

    seq: int
    at: datetime
    actor: str  #: the client of a key, or an operator
    kind: str  #: as "points.adjusted"
    subject: str  #: what it was done to
    content: Mapping[str, object]


def chained(before: str, line: Line) -> str:
    """The hash of a line, in hexadecimal, after the hash of the line before it; "" before the first."""
    told = [
        before,
        line.seq,
        line.at.astimezone(UTC).isoformat(),
        line.actor,
        line.kind,
        line.subject,
        line.content,
    ]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def sealed(words: str, salt: str) -> str:
    """What a line keeps of words that may be personal: a digest that shows a change of them.

    The salt is drawn for these words alone, lies beside them, and is gone with them: then it tells nothing.
    """
    return sha256(f"{salt}\n{words}".encode()).hexdigest()
