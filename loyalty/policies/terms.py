"""The sections `policies` and `counts` of a programme: what counts, and when cooling-off ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from loyalty.document import Section
from loyalty.policies.facts import STATUSES, Status

REDUCED = "reduced"
MOST_COOLING_OFF_DAYS = 366
MOST_REINSTATEMENT_MONTHS = 120
#: What a status counts unless the club says otherwise (I3); what is not named counts nothing.
USUAL: Mapping[Status, Fraction | None] = {
    "in_force": Fraction(1),
    "grace": Fraction(1),
    "paid_up": Fraction(1),
    "premium_waived": Fraction(1),
    "reduced_paid_up": None,
}


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """How policies count. A status not named counts nothing; None counts by the reduced premium (I3)."""

    counts: Mapping[Status, Fraction | None] = field(default_factory=lambda: dict(USUAL))
    cooling_off_days: int | None = None  #: after the signed receipt, where the state names no last day (I4)
    reinstatement_months: int = 24  #: so long after a lapse the original rating comes back (I3)


def parse(document: Section) -> PolicyTerms:
    """The sections `policies` and `counts`; both may be absent."""
    table = document.table("policies") if document.has("policies") else None
    counts = document.table("counts") if document.has("counts") else None
    usual = PolicyTerms(_counts(counts) if counts else dict(USUAL))
    if table is None:
        return usual
    days = None
    if table.has("cooling_off_days"):
        days = table.whole("cooling_off_days", most=MOST_COOLING_OFF_DAYS)
    months = table.whole(
        "reinstatement_months", usual.reinstatement_months, least=1, most=MOST_REINSTATEMENT_MONTHS
    )
    return PolicyTerms(usual.counts, days, months)


def _counts(section: Section) -> dict[Status, Fraction | None]:
    counts: dict[Status, Fraction | None] = {}
    for status in STATUSES:
        if not section.has(status):
            continue
        if section.peek(status) == REDUCED:
            section.skip(status)
            counts[status] = None
            continue
        share = section.decimal(status)
        if not 0 <= share <= 1:
            section.note(status, 'must be from 0 to 1, or "reduced"')
        counts[status] = share
    return counts
