"""What a claim keeps of an answer, read by the judge's own means: text, inflated from the words all share."""

import json
import zlib
from base64 import b64decode
from typing import Any

WORDS = (
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


def outcome(text: str) -> dict[str, Any]:
    """What a claim's holder was told; what cannot be read is no outcome."""
    try:
        told = json.loads(zlib.decompressobj(-10, WORDS).decompress(b64decode(text)))
    except (ValueError, zlib.error):
        return {"unreadable": text}
    return told if isinstance(told, dict) else {"unreadable": text}
