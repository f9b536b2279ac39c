"""What a colleague may do: roles are given to people, permissions to roles. Pure."""

from collections.abc import Collection, Mapping
from typing import Literal, get_args

Role = Literal["desk", "marketing", "configuration", "finance", "auditor", "administrator"]
Permission = Literal[
    "members:see",
    "members:open",
    "members:act",
    "points:correct",
    "benefits:see",
    "benefits:act",
    "approvals:see",
    "corrections:approve",
    "files:approve",
    "programme:see",
    "programme:edit",
    "programme:approve",
    "catalogue:keep",
    "imports:act",
    "books:see",
    "books:export",
    "club:see",
    "people:see",
    "people:keep",
    "keys:keep",
    "jobs:see",
    "audit:see",
]

ROLES: tuple[Role, ...] = get_args(Role)
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
ADMINISTRATOR: Role = "administrator"

GIVEN: Mapping[Role, frozenset[Permission]] = {
    "desk": frozenset({
        "members:see", "members:open", "members:act", "points:correct", "benefits:see", "benefits:act",
        "approvals:see",
    }),
    "marketing": frozenset({
        "members:see", "approvals:see", "programme:see", "programme:edit", "catalogue:keep", "club:see",
        "benefits:see",
    }),
    "configuration": frozenset({
        "approvals:see", "files:approve", "programme:see", "programme:edit", "programme:approve",
        "catalogue:keep", "imports:act", "club:see", "benefits:see",
    }),
    "finance": frozenset({
        "members:see", "members:open", "points:correct", "approvals:see", "corrections:approve",
        "files:approve", "programme:see", "programme:approve", "imports:act", "books:see", "books:export",
        "club:see", "benefits:see",
    }),
    "auditor": frozenset({
        "members:see", "members:open", "approvals:see", "programme:see", "books:see", "books:export",
        "club:see", "benefits:see", "people:see", "jobs:see", "audit:see",
    }),
    "administrator": frozenset({"people:see", "people:keep", "keys:keep", "jobs:see", "audit:see"}),
}  # fmt: skip


def permissions_of(roles: Collection[Role]) -> frozenset[Permission]:
    """All that somebody with these roles may do."""
    return frozenset().union(*(GIVEN[role] for role in roles))


def known_roles(told: Collection[str]) -> tuple[Role, ...]:
    """The roles among what was told, each once, in their own order; anything else is left out."""
    return tuple(role for role in ROLES if role in told)
