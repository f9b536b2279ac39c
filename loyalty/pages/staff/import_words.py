"""What kinds of files are called, which columns they have, and what stands in the form that hands one in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from loyalty.ledger import Unit
from loyalty.pages.words import named
from loyalty.reads.imports import ImportView, Stage

#: kind → the columns it must have (one of those joined by |), and the others that people fill most
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "members": (
        ("reference", "name"),
        ("phone", "email", "birth_date", "card", "tier", "tier_last_day", "unit", "points", "last_day"),
    ),
    "purchases": (
        ("reference|card|member_id", "store", "terminal", "receipt", "sold_at", "amount|unit_price"),
        ("line", "sku", "category", "quantity", "cashier", "currency"),
    ),
    "policies": (
        (
            *("policy_no", "version", "effective_at", "status", "reference|member_id"),
            *("issued_on", "product", "premium", "pay_mode"),
        ),
        ("coverage", "paid_to", "years_paid", "pay_years", "cover_years", "channel", "service_agent"),
    ),
    "corrections": (
        ("reference|card|member_id", "unit", "points", "reason_code", "note", "correction"),
        (),
    ),
}
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")


@dataclass(frozen=True, slots=True)
class KindWords:
    """One kind of file, in words."""

    name: str
    purpose: str


def kind_words(kind: str) -> KindWords:
    """What a kind is called, and what it is for."""
    told: dict[str, KindWords] = {
        "members": KindWords(gettext("Members"), gettext("Take members over, with the points they had.")),
        "purchases": KindWords(gettext("Purchases"), gettext("Sales and returns, a row a line.")),
        "policies": KindWords(gettext("Policies"), gettext("States of policies, a row a coverage.")),
        "corrections": KindWords(
            gettext("Corrections"), gettext("Points given or taken by hand; a second person approves them.")
        ),
    }
    return told[kind]


def stage_words(one: ImportView) -> tuple[str, str]:
    """How far a file is, in words, and the look of its tag."""
    told: dict[Stage, tuple[str, str]] = {
        "waiting": (gettext("being checked"), "soon"),
        "faulty": (gettext("has faults"), "refused"),
        "ready": (gettext("checked, may begin"), "good"),
        "asked": (gettext("waits for a second person"), "soon"),
        "stopped": (gettext("stopped"), "soon"),
        "begun": (gettext("being carried in"), "soon"),
        "done": (gettext("done"), "good"),
    }
    return told[one.stage]


def count_name(count: str) -> str:
    """What came of some rows."""
    names: dict[str, str] = {
        "booked": gettext("Booked"),
        "known": gettext("Known before"),
        "held": gettext("Held for review"),
        "refused": gettext("Refused"),
    }
    return names[count]


def sum_name(name: str, units: Mapping[str, Unit]) -> str:
    """What a sum is of: money, or a unit by its name, by its code where the programme has it no more."""
    unit, _, way = name.rpartition(" ")
    unit = named(units[unit].name) if unit in units else unit
    names: dict[str, str] = {
        "added": gettext("%(unit)s added", unit=unit),
        "taken": gettext("%(unit)s taken", unit=unit),
        "amount": gettext("Amount"),
        "premium": gettext("Premium"),
    }
    return names.get(way, name)


def fault_words(says: str) -> str:
    """A fault of a cell in the reader's language; empty for one that is told as it is."""
    found = ((words, re.fullmatch(pattern, says)) for pattern, words in _FAULTS.items())
    return next((str(words(told)) for words, told in found if told), "")


_FAULTS: Mapping[str, Callable[[re.Match[str]], str]] = {
    "is missing": lambda _: gettext("is missing"),
    "is over": lambda _: gettext("is over"),
    "is too large": lambda _: gettext("is too large"),
    "lies in the future": lambda _: gettext("lies in the future"),
    "must not be 0": lambda _: gettext("must not be 0"),
    "is on line (.+) too": lambda told: gettext("is on line %(num)s too", num=told[1]),
    "is longer than (.+)": lambda told: gettext("is longer than %(num)s letters", num=told[1]),
    "has more than (.+) decimals": lambda told: gettext("has more than %(num)s decimals", num=told[1]),
    r"must be from (\S+) to ([^\s,]+)": lambda told: gettext(
        "must be from %(least)s to %(most)s", least=told[1], most=told[2]
    ),
    "'(.*)' is none of (.+)": lambda told: gettext(
        "%(text)s is none of these: %(known)s", text=told[1], known=told[2]
    ),
    "'(.*)' is not a (day|time|number) such as (.+)": lambda told: gettext(
        "%(text)s cannot be read; write it as %(example)s", text=told[1], example=told[3]
    ),
    "'(.*)' is not a phone number": lambda told: gettext("%(text)s is not a phone number", text=told[1]),
    "'(.*)' is no member": lambda told: gettext("%(text)s is no member", text=told[1]),
    "'(.*)' has not the right form": lambda told: gettext("%(text)s has not the right form", text=told[1]),
}


def pairs_of(text: str) -> tuple[dict[str, str], str]:
    """Lines of `field = text` by field; with what is wrong, empty where nothing is."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, _, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not name or not value or name in found:
            return {}, gettext("Line %(num)s: write one field, an equals sign, and what it is.", num=number)
        found[name] = value
    return found, ""
