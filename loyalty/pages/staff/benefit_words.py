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
    return {
        "calendar_year": gettext("%(often)s each calendar year", often=often),
        "term": gettext("%(often)s per card term", often=often),
        "policy_year": gettext("%(often)s each policy year", often=often),
        "lifetime": gettext("%(often)s in all", often=often),
    }[quota.per]
