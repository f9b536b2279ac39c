"""What staff read of benefits: kinds, how often, why a booking ended."""

from flask_babel import gettext, ngettext

from loyalty.benefits import Quota


def kind_words() -> dict[str, str]:
    """The kinds of benefits."""
    return {
        "service": gettext("Service"),
        "discount": gettext("Discount"),
        "mailing": gettext("Post"),
        "event": gettext("Club event"),
        "person": gettext("Service manager"),
        "feed": gettext("News"),
    }


def quota_text(quota: Quota | None) -> str:
    """How often a card gives something."""
    if quota is None:
        return str(gettext("without a limit"))
    often = ngettext("%(num)s time", "%(num)s times", quota.count)
    if isinstance(quota.per, int):
        words = ("%(often)s in any %(num)s month", "%(often)s in any %(num)s months")
        return str(ngettext(*words, quota.per, often=often))
    periods: dict[str, str] = {
        "calendar_year": gettext("%(often)s each calendar year", often=often),
        "term": gettext("%(often)s per card term", often=often),
        "policy_year": gettext("%(often)s each policy year", often=often),
        "lifetime": gettext("%(often)s in all", often=often),
    }
    return periods[quota.per]


def reason_words() -> dict[str, str]:
    """Why a visit was cancelled by somebody else than the member, by the codes that the books keep."""
    return closing_words() | {
        "card_lower": gettext("The card does not give it any more"),
        "event_cancelled": gettext("The event was cancelled"),
        "left": gettext("The member left the club"),
        "deceased": gettext("The member has died"),
        "erased": gettext("The member was forgotten"),
    }


def closing_words() -> dict[str, str]:
    """Why a colleague cancels a booking."""
    return {
        "own_wish": gettext("Their own wish"),
        "not_given": gettext("The place cannot give it"),
        "error": gettext("It was booked by mistake"),
        "other": gettext("Something else"),
    }
