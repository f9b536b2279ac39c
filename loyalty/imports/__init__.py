"""Files handed in to be imported: what each one asks for, what was found in it, how far it is."""

from loyalty.imports.models import KINDS, ImportFile
from loyalty.imports.store import (
    MOST_FAULTS,
    Found,
    HandedIn,
    begin,
    check,
    content,
    drop_old,
    finish,
    hand_in,
    let_go,
    of_id,
    progress,
    recent,
    result,
    stop,
    take_next,
)

__all__ = [
    "KINDS",
    "MOST_FAULTS",
    "Found",
    "HandedIn",
    "ImportFile",
    "begin",
    "check",
    "content",
    "drop_old",
    "finish",
    "hand_in",
    "let_go",
    "of_id",
    "progress",
    "recent",
    "result",
    "stop",
    "take_next",
]
