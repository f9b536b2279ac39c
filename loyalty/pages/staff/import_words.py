"""What kinds of files are called, which columns they have, and what stands in the form that hands one in."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from loyalty.ledger import Unit
from loyalty.pages.words import money_shown, named, number_text
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
        "corrections": KindWords(gettext("Corrections"), gettext("Points given or taken by hand.")),
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
    unit, _, way = (name, "", "") if name in units else name.rpartition(" ")
    unit = named(units[unit].name) if unit in units else unit
    names: dict[str, str] = {
        "added": gettext("%(unit)s added", unit=unit),
        "taken": gettext("%(unit)s taken", unit=unit),
        "amount": gettext("Amount"),
        "premium": gettext("Premium"),
    }
    return names.get(way, unit or name)


def sum_text(name: str, steps: int, units: Mapping[str, Unit], currency: str) -> str:
    """Such a sum in the smallest steps of its unit, or of money, as people write it."""
    if name in ("amount", "premium"):
        return money_shown(steps, currency)
    unit = units.get(name.partition(" ")[0])
    return number_text(steps, unit.decimals if unit else 0)


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
