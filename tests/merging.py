"""Merging members in tests, and parting them."""

from typing import Any

from tests.makers import Shopper

#: A rule that is earned in status and reward alike, so that windows measure what is bought.
LADDER: dict[str, Any] = {
    "rule": [
        {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
        {"code": "status", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    ]
}


def merge(gone: Shopper, stays: Shopper, expect: int = 201, reference: str = "m-1", **more: Any) -> Any:
    """Let one member be another."""
    body = {"into": stays.member_id, "reason": "same_person", "note": "told at the counter"}
    body |= {"reference": reference} | more
    return gone.tell(f"/members/{gone.member_id}/merge", body, expect)


def part(gone: Shopper, expect: int = 201, reference: str = "u-1") -> Any:
    """Let a member who was merged be themselves again."""
    body = {"reason": "two_persons", "note": "it was a mistake", "reference": reference}
    return gone.tell(f"/members/{gone.member_id}/unmerge", body, expect)
