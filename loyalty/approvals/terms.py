"""The section `approvals` of a programme: what one person may do alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty.document import Section

_MOST_UNITS = 100


@dataclass(frozen=True, slots=True)
class Alone:
    """The most points of a unit that one person corrects alone, in its smallest steps; None: no limit.

    Points given and points taken count alike.
    """

    single: int | None  #: of one correction
    maker_day: int | None  #: of all that one maker corrects on a local day
    member_day: int | None  #: of all that one member is corrected by on a local day


NO_LIMITS = Alone(None, None, None)


@dataclass(frozen=True, slots=True)
class ApprovalTerms:
    """What needs a second person."""

    adjustment: Mapping[str, Alone]  #: by unit; corrections of one that is not named need none


def parse(document: Section, decimals: Mapping[str, int]) -> ApprovalTerms:
    """The section `approvals`; without it nobody is needed but who asks. Units have these decimals."""
    section = document.table("approvals") if document.has("approvals") else None
    if section is None:
        return ApprovalTerms({})
    units = section.named("adjustment", most=_MOST_UNITS)
    for code in units:
        if code not in decimals:
            section.note(f"adjustment.{code}", f'there is no unit "{code}"')
    return ApprovalTerms({code: _alone(table, decimals.get(code, 0)) for code, table in units.items()})


def _alone(table: Section, decimals: int) -> Alone:
    single, maker_day, member_day = (
        table.steps(key, decimals) if table.has(key) else None
        for key in ("single", "maker_day", "member_day")
    )
    return Alone(single, maker_day, member_day)
