"""The programme as documents: published editions, the draft of the next, and what differs between two.

What the sections mean is for others to know.
"""

from loyalty.programme.canonical import as_json, canonical, sha256_of
from loyalty.programme.diff import Change, differences
from loyalty.programme.drafts import at_revision, begin, end, open_draft, revisions, save
from loyalty.programme.merging import Conflict, merged
from loyalty.programme.models import Draft, DraftRevision, StoredEdition
from loyalty.programme.places import Place, moved, value_at, with_value
from loyalty.programme.store import (
    NOTICE,
    Heading,
    add,
    after,
    by_number,
    headings,
    latest,
    latest_number,
    number_in_force,
)
from loyalty.programme.toml import from_toml, to_toml

__all__ = [
    "NOTICE",
    "Change",
    "Conflict",
    "Draft",
    "DraftRevision",
    "Heading",
    "Place",
    "StoredEdition",
    "add",
    "after",
    "as_json",
    "at_revision",
    "begin",
    "by_number",
    "canonical",
    "differences",
    "end",
    "from_toml",
    "headings",
    "latest",
    "latest_number",
    "merged",
    "moved",
    "number_in_force",
    "open_draft",
    "revisions",
    "save",
    "sha256_of",
    "to_toml",
    "value_at",
    "with_value",
]
