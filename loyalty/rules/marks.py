"""The key `milestone` of a rule, and the attributes that rules count. Pure."""

import re

from loyalty.document import Section
from loyalty.rules.terms import Milestone, On

MOST_REACHED = 10**15
TELLING = ("purchase", "activity")  #: kinds of fact that have attributes
_ATTRIBUTE = re.compile(r"attributes\.[a-z][a-z0-9_]{0,39}")
_SUMMED = 'must be "times", "amount", or an attribute as "attributes.steps"'


def attribute(value: object) -> str:
    """An attribute of the fact, as `attributes.steps`."""
    if not isinstance(value, str) or not _ATTRIBUTE.fullmatch(value):
        raise ValueError('must name an attribute of the fact, as "attributes.steps"')
    return value


def parse(section: Section, on: On, currency: str) -> Milestone | None:
    """The mark at which a rule gives, once: `milestone = { reaches = 10, of = "times" }`.

    Of a purchase `of = "amount"` adds up its lines, and `reaches` is money.
    """
    table = section.table("milestone") if section.has("milestone") else None
    if table is None:
        return None
    of = table.read("of", _summed, None, "times")
    if of == "amount":
        reaches = table.minor("reaches", currency)
        if reaches <= 0 and table.sound("reaches"):
            table.note("reaches", "must be above 0")
    else:
        reaches = table.whole("reaches", least=1, most=MOST_REACHED)
    each = table.read("each", attribute, None, "") if table.has("each") else None
    if of == "amount" and on != "purchase":
        table.note("of", "only a purchase has an amount")
    if on not in TELLING and (each is not None or of != "times"):
        table.note("of", "only activities and purchases have attributes")
    return Milestone(reaches, of, each)


def _summed(value: object) -> str:
    if not isinstance(value, str) or not (value in ("times", "amount") or _ATTRIBUTE.fullmatch(value)):
        raise ValueError(_SUMMED)
    return value
