"""The sections of a programme as they are edited: their order, their tables, the fields of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _

from loyalty.pages.forms import benefits, catalogue, choices, clubs, rules, tiers, units
from loyalty.pages.forms.fields import Field
from loyalty.programme import Place, value_at

Fields = Callable[[dict[str, Any]], tuple[Field, ...]]
Holds = Literal["table", "list", "named"]  #: one table, a list of tables, or tables by their codes

_NAME = {"zh": "", "en": ""}
#: What a table says that is added, so that what has to be filled in is told.
BLANK: Mapping[str, Mapping[str, Any]] = {
    "benefit": {"code": "", "name": _NAME, "kind": "service", "tiers": []},
    "tier": {"code": "", "name": _NAME, "attain": ""},
    "rule": {"code": "", "name": _NAME, "on": "purchase", "unit": "", "earn": {"fixed": ""}},
    "factors": {},
    "unit": {"name": _NAME, "spendable": False},
    "reward": {"code": "", "name": _NAME, "price": {"unit": "", "points": ""}},
    "consent": {"code": "", "name": _NAME, "text": _NAME, "recipient": "", "data": ""},
    "example": {"say": "", "at": "", "expect": {}, "facts": [{"enrol": {"at": ""}}]},
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its name in documents, what it is called, and how one of its tables is edited."""

    name: str
    label: str
    about: str
    holds: Holds
    fields: Fields | None  #: None: a table of it is edited as text
    columns: tuple[str, ...] = ()  #: the paths that a list of its tables shows

    def keys(self, document: Mapping[str, Any]) -> Sequence[str | int]:
        """The keys of its tables in a document, in their order."""
        value = document.get(self.name)
        if self.holds == "list":
            return range(len(value)) if isinstance(value, list) else ()
        return list(value) if self.holds == "named" and isinstance(value, Mapping) else ()

    def place(self, key: str) -> Place | None:
        """The place of a table by the key in its address; None where it can be none."""
        if self.holds == "table":
            return Place(self.name)
        if self.holds == "named":
            return Place(self.name, key)
        return Place(self.name, int(key)) if key.isdecimal() and len(key) < 6 else None


def sections() -> dict[str, Section]:
    """All sections by name, benefits first: they are what is edited most."""
    return {one.name: one for one in (*_of_cards(), *_of_points(), *_of_members(), *_of_the_club())}


def title_of(document: Mapping[str, Any], place: Place) -> str:
    """What a table is called: its name, its code, its key."""
    return choices.title(value_at(document, place)) or str(place.key if isinstance(place.key, str) else "")


def path_of(place: Place) -> str:
    """How faults name a place: `benefit[3]`, `unit.reward`, `club`."""
    if place.key is None:
        return place.section
    return f"{place.section}[{place.key}]" if isinstance(place.key, int) else f"{place.section}.{place.key}"


def _of_cards() -> tuple[Section, ...]:
    given = _("What a card gives besides points.")
    ladder = _("The cards, from the lowest to the highest.")
    lasting = _("What decides the card, how long it lasts, how it goes down.")
    return (
        Section("benefit", _("Benefits"), given, "list", benefits.fields, ("kind", "tiers")),
        Section("tier", _("Tiers"), ladder, "list", tiers.fields, ("attain", "retain")),
        Section("terms", _("Terms"), lasting, "table", tiers.terms),
    )


def _of_points() -> tuple[Section, ...]:
    weighed = _("What counts more, or less, in rules.")
    return (
        Section(
            "rule", _("Rules"), _("What gives points, and how many."), "list", rules.fields, ("on", "unit")
        ),
        Section("factors", _("Factors"), weighed, "named", rules.factor_fields),
        Section("unit", _("Units"), _("The kinds of points."), "named", units.fields, ("spendable",)),
        Section("reward", _("Rewards"), _("What points buy."), "list", catalogue.reward, ("price.points",)),
    )


def _of_members() -> tuple[Section, ...]:
    asked = _("What members are asked to allow, in the words they see.")
    returning = _("Cooling-off, and policies that come back.")
    counted = _("What a policy counts, by its status.")
    shared = _("What members of one household may spend together.")
    return (
        Section("consent", _("Consents"), asked, "list", catalogue.consent, ("recipient",)),
        Section("household", _("Households"), shared, "table", clubs.household),
        Section("policies", _("Policies"), returning, "table", clubs.policies),
        Section("counts", _("Statuses of policies"), counted, "table", clubs.counts),
    )


def _of_the_club() -> tuple[Section, ...]:
    own = _("Its name, its members and its tills.")
    trust = _("How far tills and colleagues are trusted.")
    alone = _("What one person may do alone.")
    kept = _("Lives that the programme must keep; publishing runs them all.")
    return (
        Section("club", _("Club"), own, "table", clubs.club),
        Section("compliance", _("Compliance"), _("The law the club works under."), "table", clubs.compliance),
        Section("limits", _("Limits"), trust, "table", clubs.limits),
        Section("approvals", _("Second person"), alone, "table", clubs.approvals),
        Section("example", _("Examples"), kept, "list", None, ("at",)),
    )
