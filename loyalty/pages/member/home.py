"""The first page: the card, ready to be scanned; what there is, what expires, what can be done now."""

from collections.abc import Callable
from typing import Any

from loyalty.pages.member.blueprint import ask, here, show
from loyalty.reads.card import card_view


def home() -> Any:
    """The member's card."""
    return show(
        "home", card=ask(lambda rows, editions, now: card_view(rows, editions, here().member_id, now))
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (("/", "GET", "home", home),)
