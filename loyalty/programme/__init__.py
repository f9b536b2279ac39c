"""The programme as documents: published editions, and what differs between two.

What the sections mean is for others to know.
"""

from loyalty.programme.canonical import as_json, canonical, sha256_of
from loyalty.programme.diff import Change, differences
from loyalty.programme.models import StoredEdition
from loyalty.programme.store import NOTICE, add, after, by_number, latest, latest_number
from loyalty.programme.toml import to_toml

__all__ = [
    "NOTICE",
    "Change",
    "StoredEdition",
    "add",
    "after",
    "as_json",
    "by_number",
    "canonical",
    "differences",
    "latest",
    "latest_number",
    "sha256_of",
    "to_toml",
]
