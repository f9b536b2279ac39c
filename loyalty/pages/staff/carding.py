"""A member's card and tier by hand: replaced, silenced, given (M2, T8)."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, get_args

from flask import g
from flask_babel import gettext

from loyalty import calendar, members
from loyalty.actions.block_card import block_card
from loyalty.actions.hand_tier import hand_tier
from loyalty.actions.replace_card import replace_card
from loyalty.errors import Refusal
from loyalty.members import Reason
from loyalty.pages.staff.acting import WORDS_MOST, carry_act, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, look_up, show
from loyalty.pages.staff.member_words import card_words
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.words import day_text, named, said
from loyalty.reads.card import card_view
from loyalty.rooms import rooms

_REASONS: tuple[Reason, ...] = get_args(Reason)


@allowed("members:act", fresh=True)
@of_opened
def card_page(member_id: int) -> Any:
    """The card, and what can be done with it."""
    return _card(member_id)


@allowed("members:act", fresh=True)
@of_opened
def change_card(member_id: int) -> Any:
    """Replace the card, silence it, or let it speak again."""
    told = told_of("what", "reason")
    if told["what"] in ("block", "unblock"):
        blocked = told["what"] == "block"
        words = gettext("The card is blocked.") if blocked else gettext("The card works again.")
        return carry_act(
            member_id,
            lambda rows, _, asking: block_card(rows, member_id, blocked=blocked, asking=asking),
            lambda refusal: _card(member_id, refusal),
            lambda _: words,
        )
    if told["reason"] not in _REASONS:
        return _card(member_id, faults={"reason": gettext("Please choose why.")}), 422
    reason: Reason = told["reason"]
    return carry_act(
        member_id,
        lambda rows, editions, asking: replace_card(rows, editions, member_id, reason, asking=asking),
        lambda refusal: _card(member_id, refusal),
        lambda _: gettext("The member has another card; the one before works no more."),
    )


@allowed("members:act", fresh=True)
@of_opened
def tier_page(member_id: int) -> Any:
    """The form that gives a tier by hand."""
    return _tier(member_id)


@allowed("members:act", fresh=True)
@of_opened
def give_tier(member_id: int) -> Any:
    """Give a tier by hand, until the end of a day."""
    told = told_of("tier", "last_day", "reason", "protected")
    names = {tier.code: tier.name for tier in _tiers()}
    faults = dict(_faults(told, names))
    if faults:
        return _tier(member_id, told=told, faults=faults), 422
    last_day = date.fromisoformat(told["last_day"])
    until = calendar.day_after(last_day, g.club.time_zone)
    return carry_act(
        member_id,
        lambda rows, editions, asking: hand_tier(
            rows,
            editions,
            member_id,
            told["tier"],
            until,
            reason=told["reason"],
            protected=bool(told["protected"]),
            asking=asking,
        ),
        lambda refusal: _tier(member_id, refusal, told=told),
        lambda _: gettext(
            "%(card)s is given until %(day)s.", card=named(names[told["tier"]]), day=day_text(last_day)
        ),
    )


def _faults(told: dict[str, str], names: Any) -> Iterator[tuple[str, str]]:
    if told["tier"] not in names:
        yield "tier", gettext("Please choose a card.")
    try:
        last_day = date.fromisoformat(told["last_day"])
    except ValueError:
        last_day = date.min
    today = calendar.local_day(rooms().clock.now(), g.club.time_zone)
    if not today <= last_day <= calendar.add_months(today, 1200):
        yield "last_day", gettext("Please choose a day from today on.")
    if not 0 < len(told["reason"]) <= WORDS_MOST:
        yield "reason", gettext("Please say why, in a few words.")


def _card(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    card = look_up(lambda rows, _: members.active_card(rows, member_id))
    reasons = [(code, card_words()[code]) for code in _REASONS]
    shown = {"card": card, "reasons": reasons, "refused": said(refusal) if refusal else None}
    return show("members/card", member_id=member_id, **({"faults": {}} | shown | more))


def _tier(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    card = ask(lambda rows, editions, now: card_view(rows, editions, member_id, now))
    shown = {"card": card, "tiers": _tiers(), "refused": said(refusal) if refusal else None}
    return show("members/give-tier", member_id=member_id, **({"told": {}, "faults": {}} | shown | more))


def _tiers() -> Any:
    return ask(lambda _, editions, now: editions.at(now).programme.ladder.tiers)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/card", "GET", "member_card", card_page),
    ("/members/<opaque:member_id>/card", "POST", "change_card", change_card),
    ("/members/<opaque:member_id>/tier", "GET", "member_tier", tier_page),
    ("/members/<opaque:member_id>/tier", "POST", "give_tier", give_tier),
)
