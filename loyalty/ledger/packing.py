"""What a claim keeps of an answer: JSON, deflated against the words that answers share, as a short text.

The answer to a sale of two units is 470 letters of JSON, and 84 of these.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, cast

import orjson

_WINDOW, _MEMORY = -10, 5  #: raw, within the last 1,024 letters: all of the words, and what they are put to
#: What answers say alike, the most frequent last. Never changed: what was packed is unpacked by them.
_WORDS = (
    b'{"answer":{"member_id":"","card":"","reference":"","name":"","status":"","points":,"hold_id":"",'
    b'"redemption_id":"","return_id":"","expires_at":"","taken":{"shortfall":0,"refund":null,"lines":[],'
    b'"promise":[{"opens_at":"","opens_on":null,"value_minor":,"cut":["award","balance","tier","tier_change"]},'
    b'"refusal":{"code":"not_enough_points","facts":{"asked":,"held":}}'
    b'"tier_change":{"before":"standard","after":"silver","until":"T00:00:00Z","last_day":"20"},'
    b'{"answer":{"purchase_id":"","award":{"units":{"reward":0,"status":0},"because":[{"rule":"status",'
    b'"unit":"status","points":0},{"rule":"points","unit":"reward","points":0}],"pending":[]},'
    b'"paid_with_points":null,"balance":{"reward":{"available":0,"held":0,"pending":0,"debt":0},'
    b'"status":{"available":0,"held":0,"pending":0,"debt":0}},"tier":"standard","tier_change":null,'
    b'"edition":1,"quote":null,"flags":[],"late":false,"clock_ahead":false}}'
)


def packed(outcome: Mapping[str, Any]) -> str:
    """An outcome as a claim keeps it."""
    try:
        words = orjson.dumps(outcome)
    except TypeError:  # a key that is no text, a tuple with names, a number beyond 64 bits
        words = json.dumps(outcome, ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _WORDS)
    return b64encode(packer.compress(words) + packer.flush()).decode()


def unpacked(text: str) -> dict[str, Any]:
    """The outcome that a claim keeps. Raises zlib.error, or ValueError, for what nobody packed."""
    words = zlib.decompressobj(_WINDOW, _WORDS).decompress(b64decode(text))
    return cast(dict[str, Any], json.loads(words))
