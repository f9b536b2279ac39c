"""Why a reward cannot be had now, in the reader's words, with what changes it."""

from typing import Any

from flask import g
from flask_babel import gettext

from loyalty.errors import CardBlocked, CeilingExceeded, KeyReused, Refusal, SpendLocked, ValueCap
from loyalty.pages.member.blueprint import here
from loyalty.pages.words import day_text, language, moment_text, named, number_text, said
from loyalty.reads.offers import Offer
from loyalty.rooms import rooms


def why_not(offer: Offer) -> str | None:
    """What stands in the way of an offer; None where nothing does."""
    terms, decimals = offer.terms, offer.purse.unit.decimals
    said_by: dict[str | None, Any] = {
        "points": lambda: _short(offer),
        "debt": lambda: gettext(
            "You owe %(debt)s points. New points pay them first; after that you can redeem again.",
            debt=number_text(offer.purse.debt, decimals),
        ),
        "sold_out": lambda: gettext("None is left. If one is given back, it is here again."),
        "limit": lambda: _limit(offer),
        "tier": lambda: gettext(
            "It is for these cards: %(cards)s.", cards=_listed([named(one) for one in offer.tiers])
        ),
        "early": lambda: gettext("It can be had from %(day)s on.", day=day_text(terms.from_day or "")),
        "late": lambda: gettext("It could be had until %(day)s.", day=day_text(terms.last_day or "")),
        "condition": lambda: gettext(
            "It is not for your account at present. The service desk can tell you why."
        ),
    }
    if offer.obstacle is None:
        return None
    return str(said_by[offer.obstacle]())


def guarded() -> str | None:
    """Why the reader's points stay where they are at present; None where they may be spent."""
    guard, now = here().guard, rooms().clock.now()
    if not guard.is_shut(now):
        return None
    if guard.frozen_at is not None:
        return str(
            gettext("Your points are frozen, because somebody told us of a change that was not theirs. ")
            + gettext("Please come to the service desk with your identity document.")
        )
    if guard.locked_at is not None:
        return str(gettext("You have locked your points. They can be spent once you unlock them."))
    return str(
        gettext(
            "Your contact was changed a short while ago. Your points can be spent again from %(moment)s on.",
            moment=moment_text((guard.paused_until or now).astimezone(g.club.time_zone)),
        )
    )


def refused(refusal: Refusal) -> str:
    """A refusal to buy that the offer itself does not explain."""
    if isinstance(refusal, SpendLocked):
        return guarded() or said(refusal)
    if isinstance(refusal, CardBlocked):
        return str(gettext("Your card is blocked, and with it your points. Please call the service desk."))
    if isinstance(refusal, ValueCap):
        return str(
            gettext("What the club may give one member in a year is reached. On 1 January it counts anew.")
        )
    if isinstance(refusal, CeilingExceeded) and "day" in str(refusal.facts.get("ceiling")):
        return str(gettext("That is more than can be spent in one day. Please try again tomorrow."))
    if isinstance(refusal, CeilingExceeded):
        return str(gettext("That is more than can be spent at once. The service desk can help."))
    if isinstance(refusal, KeyReused):
        return str(gettext("This form was sent before. Please look under My rewards."))
    return said(refusal)


def _short(offer: Offer) -> str:
    """How many points it costs; how many are missing, unless the programme keeps that to itself (T9)."""
    cost, held, decimals = offer.terms.points, offer.purse.available, offer.purse.unit.decimals
    told = gettext(
        "This costs %(cost)s points; you have %(held)s.",
        cost=number_text(cost, decimals),
        held=number_text(held, decimals),
    )
    if g.club.show_missing == "none":
        return str(told)
    more = gettext("%(points)s more to go.", points=number_text(cost - held, decimals))
    return f"{told}{'' if language() == 'zh' else ' '}{more}"


def _limit(offer: Offer) -> str:
    limit = offer.terms.limit
    if limit is None:
        raise ValueError("an offer without a limit")
    times = number_text(limit.times)
    text = {
        "day": lambda: gettext("A member can have %(num)s of it a day, and you have had that.", num=times),
        "month": lambda: gettext(
            "A member can have %(num)s of it a month, and you have had that.", num=times
        ),
        "year": lambda: gettext("A member can have %(num)s of it a year, and you have had that.", num=times),
        "lifetime": lambda: gettext("A member can have %(num)s of it, and you have had that.", num=times),
    }[limit.per]()
    if offer.again_on is None:
        return str(text)
    again = gettext("You can have it again from %(day)s on.", day=day_text(offer.again_on))
    return f"{text}{'' if language() == 'zh' else ' '}{again}"


def _listed(names: list[str]) -> str:
    return str(gettext(", ")).join(names)
