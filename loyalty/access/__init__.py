"""Who may ask: keys of tills and systems, what they may do, how their requests are signed."""

from loyalty.access.key_file import LANGUAGES, KeysFaulty, Wanted, split, wanted, wanted_by_file
from loyalty.access.models import ApiKey, Nonce
from loyalty.access.secrets import MODES, SCOPES, Grant, Mode, Scope, digest, fresh_key, matches, split_key
from loyalty.access.signing import SIGNING, Signed, is_signed, read_signature, signing_secret
from loyalty.access.store import (
    GUESSING_LASTS,
    MOST_GUESSES,
    add_key,
    all_keys,
    count_guess,
    forget_nonces,
    grant_of,
    key_by_prefix,
    mark_used,
    revoke_key,
    rotate_key,
    take_nonce,
)

__all__ = [
    "GUESSING_LASTS",
    "LANGUAGES",
    "MODES",
    "MOST_GUESSES",
    "SCOPES",
    "SIGNING",
    "ApiKey",
    "Grant",
    "KeysFaulty",
    "Mode",
    "Nonce",
    "Scope",
    "Signed",
    "Wanted",
    "add_key",
    "all_keys",
    "count_guess",
    "digest",
    "forget_nonces",
    "fresh_key",
    "grant_of",
    "is_signed",
    "key_by_prefix",
    "mark_used",
    "matches",
    "read_signature",
    "revoke_key",
    "rotate_key",
    "signing_secret",
    "split",
    "split_key",
    "take_nonce",
    "wanted",
    "wanted_by_file",
]
