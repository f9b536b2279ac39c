"""Why my card is what it is: what counts and where from, what the review will go by, how it came (T9)."""

from collections.abc import Callable
from typing import Any

from loyalty.pages.member.blueprint import ask, here, show
from loyalty.pages.member.faces import face_of
from loyalty.pages.member.measures import bar_of, rest_of, share_of, step_text, when_earned
from loyalty.reads.own_tier import own_tier

MOST_AT_ONCE = 8  #: of a list's lines; the rest is folded


def why() -> Any:
    """The evidence, in plain words."""
    own = ask(lambda rows, editions, now: own_tier(rows, editions, here().member_id, now))
    return show(
        "why",
        own=own,
        bar_of=bar_of,
        share_of=share_of,
        rest_of=rest_of,
        when_earned=when_earned,
        step_text=step_text,
        face_of=lambda tier: face_of(tier, len(own.ladder)),
        most=MOST_AT_ONCE,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (("/why", "GET", "why", why),)
