"""What points buy: the catalogue, one reward, and buying it: looked at first, then wished for once."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids, problems
from loyalty.actions.buy_reward import buy_reward
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, Refusal, RewardUnknown
from loyalty.pages.member.blueprint import ask, carry, form_key, here, show
from loyalty.pages.member.why_not import guarded, refused, why_not
from loyalty.pages.words import named
from loyalty.reads.offers import Offer, offer, shelf


def rewards() -> Any:
    """The catalogue: what can be had now, what points are short for, and the rest with its reason."""
    shown = ask(lambda rows, editions, now: shelf(rows, editions, here().member_id, now))
    return show("rewards", shelf=shown, why_not=why_not, guarded=guarded())


def reward(code: str) -> Any:
    """One reward: what it is, what it costs, and what it leaves."""
    return _page("reward", code)


def buying(code: str) -> Any:
    """The last look before it is bought."""
    return _page("buying", code)


def buy(code: str) -> Any:
    """Buy it, once for the form that was sent, at the price that was shown."""
    key, shown = form_key(), request.form.get("points", "")
    if key is None:
        return _page("buying", code, fault=gettext("Please press the button once more.")), 422

    def wish(rows: Session, editions: Editions, asking: Asking) -> str | None:
        if str(editions.at(asking.now).programme.reward(code).points) != shown:
            return None
        bearer = Bearer(member_id=here().member_id, signed_in=True)
        told, _ = buy_reward(rows, editions, bearer, code, reference=key, asking=asking)
        return str(told["order_id"])

    try:
        order_id = carry(wish)  # by its reference: what was refused may be tried again from the same form
    except RewardUnknown:
        raise NotFound from None
    except Refusal as refusal:
        if problems.problem_of(refusal).status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise  # nobody knows whether it was bought: the whole page says so
        return _page("buying", code, refusal=refusal), 422
    if order_id is None:
        fault = gettext("The price has changed meanwhile. This is the new one.")
        return _page("buying", code, fault=fault), 422
    flash(gettext("It is yours."))
    return redirect(url_for("me.voucher", order_id=ids.pair_from_text(order_id)), 303)


def _page(template: str, code: str, *, fault: str | None = None, refusal: Refusal | None = None) -> str:
    found = _offer(code)
    why = why_not(found)
    if refusal is not None:
        fault = guarded() or why or refused(refusal)
    return show(
        template,
        offer=found,
        name=named(found.terms.name),
        why=why,
        guarded=guarded(),
        fault=fault,
    )


def _offer(code: str) -> Offer:
    try:
        return ask(lambda rows, editions, now: offer(rows, editions, here().member_id, code, now))
    except RewardUnknown:
        raise NotFound from None


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/rewards", "GET", "rewards", rewards),
    ("/rewards/<code>", "GET", "reward", reward),
    ("/rewards/<code>/buy", "GET", "buying", buying),
    ("/rewards/<code>/buy", "POST", "buy", buy),
)
