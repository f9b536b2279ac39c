"""Who may do what, written down once more: roles and scopes as the club means them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tests.makers import receipt

DESK = {
    "members:see", "members:open", "members:act", "points:correct", "benefits:see", "benefits:act",
    "approvals:see",
}  # fmt: skip
MARKETING = {
    "members:see", "approvals:see", "programme:see", "programme:edit", "catalogue:keep", "club:see",
    "benefits:see",
}  # fmt: skip
CONFIGURATION = {
    "approvals:see", "files:approve", "programme:see", "programme:edit", "programme:approve",
    "catalogue:keep", "imports:act", "club:see", "benefits:see",
}  # fmt: skip
FINANCE = {
    "members:see", "members:open", "points:correct", "approvals:see", "corrections:approve", "files:approve",
    "programme:see", "programme:approve", "imports:act", "books:see", "books:export", "club:see",
    "benefits:see",
}  # fmt: skip
AUDITOR = {
    "members:see", "members:open", "approvals:see", "programme:see", "books:see", "books:export", "club:see",
    "benefits:see", "people:see", "jobs:see", "audit:see",
}  # fmt: skip
ADMINISTRATOR = {"people:see", "people:keep", "keys:keep", "jobs:see", "audit:see"}
MAY = {
    "desk": DESK, "marketing": MARKETING, "configuration": CONFIGURATION, "finance": FINANCE,
    "auditor": AUDITOR, "administrator": ADMINISTRATOR,
}  # fmt: skip
DECIDED_BY = {
    "adjustment": "corrections:approve",
    "publication": "programme:approve",
    "bulk_file": "files:approve",
    "contact": "members:act",
    "unfreeze": "members:act",
    "merge": "corrections:approve",
    "unmerge": "corrections:approve",
}  #: by the kind of what is asked


def permissions(roles: Collection[str]) -> set[str]:
    """All that somebody with these roles may."""
    return set().union(*(MAY[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a wish is about."""

    member_id: str
    card: str
    number: str  #: of this wish: its keys are taken from it


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API, and the scopes one of which it needs."""

    scopes: frozenset[str]
    method: str
    path: Callable[[Target], str]
    body: Callable[[Target], Any] = lambda _: None


def _call(scopes: str, line: str, body: Callable[[Target], Any] = lambda _: None) -> Call:
    method, path = line.split()
    return Call(
        frozenset(scopes.split()), method, lambda on: path.format(member=on.member_id, number=on.number), body
    )


def _spends(on: Target) -> Any:
    return {"card": on.card, "points": 1, "reference": on.number}


def _corrects(on: Target) -> Any:
    why = {"reason_code": "goodwill", "note": "-", "reference": on.number}
    return {"member_id": on.member_id, "unit": "reward", "points": 3} | why


def _passes_on(on: Target) -> Any:
    return {"from": on.member_id, "to": on.member_id, "unit": "reward", "points": 1, "reference": on.number}


def _sells(on: Target) -> Any:
    sold = {"card": on.card, "sold_at": "2026-01-05T10:00:00Z", "currency": "EUR"}
    return receipt(on.number) | sold | {"lines": [{"line": 1, "amount": "3.00"}]}


def _orders(on: Target) -> Any:
    return {"card": on.card, "reward": "mug", "reference": on.number}


def _merges(on: Target) -> Any:
    why = {"reason_code": "same_person", "note": "-", "reference": on.number}
    return {"into": on.member_id} | why


READ = "members:read"
CALLS = (
    _call(READ, "GET /members/{member}"),
    _call(READ, "GET /members/{member}/export"),
    _call(READ, "GET /members/{member}/entries"),
    _call(f"{READ} points:earn points:spend", "GET /members/{member}/balance"),
    _call(f"{READ} points:earn", "POST /members/lookup", lambda on: {"card": on.card}),
    _call("members:write", "POST /members/{member}/block"),
    _call("members:write", "POST /members/{member}/cards", lambda _: {"reason": "lost"}),
    _call("members:write", "POST /members/{member}/tier",
          lambda _: {"tier": "gold", "until": "2027-01-01T00:00:00Z", "reason": "-"}),
    _call("members:write", "DELETE /members/{member}"),
    _call("members:write", "PATCH /members/{member}", lambda _: {"name": "Taken"}),
    _call("members:write", "POST /adjustments", _corrects),
    _call("points:earn", "POST /purchases", _sells),
    _call("points:earn", "POST /quotes", _sells),
    _call("points:spend", "POST /redemptions", _spends),
    _call("points:spend", "POST /holds", _spends),
    _call("points:spend", "POST /transfers", _passes_on),
    _call("rewards:use", "POST /reward-orders", _orders),
    _call("events:manage", "GET /events"),
    _call("policies:write", "PUT /customers/{number}", lambda on: {"version": 1, "name": "Taken"}),
    _call("approvals:decide", "POST /approvals/{number}/approve", lambda _: {"digest": "0" * 64}),
)  # fmt: skip
SCOPES = ("members:read", "members:write", "points:earn", "points:spend", "points:return", "policies:write",
          "rewards:use", "events:manage", "programme:read", "benefits:use")  # fmt: skip
