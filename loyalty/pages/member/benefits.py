"""What the card gives: all of it in tiles, and each benefit with its terms in plain words."""

from collections.abc import Callable
from typing import Any

from loyalty.members import may
from loyalty.pages.member.blueprint import ask, here, show
from loyalty.reads.own_benefits import OneBenefit, one_benefit, own_benefits


def benefits_page() -> Any:
    """All that the card gives, what is booked, and the news that it brings."""
    found = ask(lambda rows, editions, now: own_benefits(rows, editions, here().member_id, now))
    return show("benefits", own=found)


def benefit_page(code: str) -> Any:
    """One benefit: how often, for whom, where, and what to do to use it."""
    return show("benefit", one=offered(code), may_act=may_act())


def offered(code: str) -> OneBenefit:
    """A benefit that the member's card gives. Raises NotFound."""
    return ask(lambda rows, editions, now: one_benefit(rows, editions, here().member_id, code, now))


def may_act() -> bool:
    """Whether the member may book at all; whoever is suspended may look."""
    return may(here().state, "visit")


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits", "GET", "benefits", benefits_page),
    ("/benefits/<code>", "GET", "benefit", benefit_page),
)
