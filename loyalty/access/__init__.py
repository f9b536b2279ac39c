"""Who may ask: keys of tills and systems, with their scopes, terminal and expiry."""

from loyalty.access.models import ApiKey
from loyalty.access.secrets import SCOPES, Scope, digest, fresh_key, matches, split_key
from loyalty.access.store import add_key, all_keys, key_by_prefix, mark_used, revoke_key

__all__ = [
    "SCOPES",
    "ApiKey",
    "Scope",
    "add_key",
    "all_keys",
    "digest",
    "fresh_key",
    "key_by_prefix",
    "mark_used",
    "matches",
    "revoke_key",
    "split_key",
]
