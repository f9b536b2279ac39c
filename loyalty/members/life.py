"""A member's states, and what each of them allows: the one table that every door asks (M9). Pure."""

from collections.abc import Mapping
from typing import Literal

from loyalty.errors import CardBlocked, StateForbids

ENROLLED, ACTIVE, SUSPENDED, LEFT, DECEASED = "enrolled", "active", "suspended", "left", "deceased"
STATES = (ENROLLED, ACTIVE, SUSPENDED, LEFT, DECEASED)  #: M9
SETTLED = "settled"  #: how somebody deceased stands whose estate was settled
MERGED = "merged"  #: how whoever was merged into another stands: nothing is done by them, or with them (M6)

Act = Literal[
    "earn", "spend", "visit", "show_code", "replace_card",
    "look", "lock", "give_back", "change", "erase",
    "serve", "warn", "correct",
    "suspend", "resume", "leave", "come_back", "die", "restore", "settle", "merge",
]  # fmt: skip

_ACTING = frozenset({ENROLLED, ACTIVE})
_HERE = _ACTING | {SUSPENDED}

#: Where a member stands → whether that may be done. What no row names asks nothing: goods come back, what was
#: set aside or booked before is ended as it was begun, the core system and the clock go on.
ALLOWED: Mapping[Act, frozenset[str]] = {
    # what a card, a code or the member's page speaks for
    "earn": _ACTING,  # sales, activities, premiums; points that somebody passes on to them
    "spend": _ACTING,  # at a till or a page: redeem, hold, pay, pass on, buy; vouchers and orders
    "visit": _ACTING,  # book or have a benefit, or move up from a waiting list
    "show_code": _ACTING,
    "replace_card": _ACTING,
    # what a member does on their own page
    "look": _HERE,  # sign in, see, take data along, choose letters and language, cancel a visit
    "lock": _HERE,
    "give_back": _ACTING,  # an order, for its points
    "change": _ACTING,  # where they are written to: phone, e-mail, address
    "erase": _ACTING,  # by themselves; the counter may in any state
    # what the club does for them
    "serve": _ACTING,  # points of birthdays, post, letters, grants, a manager
    "warn": _HERE,  # notices of security
    # what staff do
    "correct": frozenset(STATES),  # points and tiers by hand; not once an estate is settled
    # from state to state
    "suspend": _ACTING,
    "resume": frozenset({SUSPENDED}),
    "leave": _HERE,
    "come_back": frozenset({LEFT}),
    "die": _HERE | {LEFT},
    "restore": frozenset({DECEASED, SETTLED}),
    "settle": frozenset({DECEASED}),
    "merge": _ACTING,  # both of the two: a merge ends no suspension, and brings nobody back
}
_OF_A_CARD = frozenset({"earn", "spend", "visit", "show_code", "replace_card"})  #: tills learn no more (M2)


def may(stands: str, act: Act) -> bool:
    """Whether that may be done by, for or with a member who stands so."""
    return stands in ALLOWED[act]


def who_may(act: Act) -> frozenset[str]:
    """The states that allow it."""
    return ALLOWED[act]


def check(stands: str, act: Act) -> None:
    """Raises CardBlocked where a card speaks, else StateForbids with the state and the act."""
    if stands not in ALLOWED[act]:
        raise CardBlocked if act in _OF_A_CARD else StateForbids(state=stands, act=act)
