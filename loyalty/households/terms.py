"""The section `household` of a programme: what members of one household may spend together. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty.document import Section

MOST_MEMBERS = 20
_MOST_UNITS = 100


@dataclass(frozen=True, slots=True)
class HouseholdTerms:
    """How households pool (M8)."""

    most: int  #: members of one household, those who have not agreed yet included
    others_month: Mapping[str, int]  #: unit → most points of one member that the others spend in a month


def parse(document: Section, decimals: Mapping[str, int]) -> HouseholdTerms | None:
    """The section `household`; None without it: nobody pools. Units have these decimals."""
    section = document.table("household") if document.has("household") else None
    if section is None:
        return None
    most = section.whole("most", least=2, most=MOST_MEMBERS)
    units = section.named("unit", most=_MOST_UNITS)
    for code in units:
        if code not in decimals:
            section.note(f"unit.{code}", f'there is no unit "{code}"')
    months = {
        code: table.steps("others_month", decimals.get(code, 0), least=1) for code, table in units.items()
    }
    return HouseholdTerms(most, months)
