"""Requests as tills send them: a path, a body and perhaps an Idempotency-Key."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tests.makers import receipt, wire


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `key` becomes its Idempotency-Key."""

    path: str
    body: Any = None
    key: str | None = None
    method: str = "POST"

    def under(self, key: str) -> "Ask":
        """The same under an Idempotency-Key."""
        return replace(self, key=key)

    def other(self, **more: Any) -> "Ask":
        """Another content under the same keys."""
        return replace(self, body=(self.body or {}) | more)


def redeem(card: str, points: int, reference: str, **more: Any) -> Ask:
    """Spend at once."""
    return Ask("/redemptions", {"card": card, "points": points, "reference": reference} | more)


def hold(card: str, points: int, reference: str) -> Ask:
    """Set aside."""
    return Ask("/holds", {"card": card, "points": points, "reference": reference})


def capture(hold_id: str, points: int | None, key: str) -> Ask:
    """Spend what is held; all of it when no number is said."""
    return Ask(f"/holds/{hold_id}/capture", {} if points is None else {"points": points}, key)


def void(hold_id: str, key: str) -> Ask:
    """Let go of what is held."""
    return Ask(f"/holds/{hold_id}/void", None, key)


def reverse(redemption_id: str, points: int, reference: str) -> Ask:
    """Give spent points back."""
    return Ask(f"/redemptions/{redemption_id}/reverse", {"points": points, "reference": reference})


def transfer(giver: str, receiver: str, points: int, reference: str) -> Ask:
    """Pass reward points on."""
    ends = {"from": giver, "to": receiver}
    return Ask("/transfers", ends | {"unit": "reward", "points": points, "reference": reference})


def adjust(member_id: str, points: int, reference: str) -> Ask:
    """Correct reward points by hand."""
    why = {"reason_code": "goodwill", "note": "a proof", "reference": reference}
    return Ask("/adjustments", {"member_id": member_id, "unit": "reward", "points": points} | why)


def buy(card: str, amount: str, number: str, category: str = "home", **more: Any) -> Ask:
    """A sale of one line, just now in euros unless `more` says else; the receipt is its key."""
    body = receipt(number) | {"card": card, "sold_at": wire(datetime.now(UTC)), "currency": "EUR"}
    return Ask("/purchases", body | {"lines": [{"line": 1, "category": category, "amount": amount}]} | more)


def give_back(purchase_id: str, amount: str, number: str, **more: Any) -> Ask:
    """Goods of a sale come back."""
    body = receipt(number, "return_ref") | {"returned_at": wire(datetime.now(UTC)), "amount": amount}
    return Ask(f"/purchases/{purchase_id}/returns", body | more)


def cancel_sale(number: str, cancel_ref: str) -> Ask:
    """The sale of a receipt is void."""
    return Ask("/purchases/cancel", receipt(number) | {"cancel_ref": cancel_ref})


def cancel(kind: str, reference: str, key: str | None = None) -> Ask:
    """A redemption or a hold is void; `kind` is where it was told."""
    return Ask(f"/{kind}/cancel", {"reference": reference}, key)


def enrol(name: str, key: str) -> Ask:
    """Somebody joins."""
    return Ask("/members", {"name": name}, key)
