"""How long points live, as a unit or a rule of the programme says. Pure."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from loyalty.calendar import FOREVER, add_months, month_end, quarter_end, year_end
from loyalty.document import Section

Alignment = Literal["exact", "month_end", "quarter_end", "year_end"]

MOST_MONTHS = 1_200
MOST_DAYS = 36_500
_ENDS = {"month_end": (month_end, 1), "quarter_end": (quarter_end, 3), "year_end": (year_end, 12)}


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long a lot lives: months then aligned to an end, or days, or for ever.

    With `inactive_months` no lot has a day of its own: all die together, so long after the member last acted.
    """

    months: int = 0
    days: int = 0
    align: Alignment = "exact"
    plus: int = 0  #: that many more months, quarters or years, by the alignment
    never: bool = False
    inactive_months: int = 0

    def last_day(self, anchor: date) -> date:
        """The last local day on which points earned on `anchor` can be used (N5, N6)."""
        if self.never or self.inactive_months:
            return FOREVER
        if self.days:
            return anchor + timedelta(days=self.days)
        if self.align == "exact":
            return add_months(anchor, self.months)
        end, months_each = _ENDS[self.align]
        return end(add_months(anchor, self.months + self.plus * months_each))

    @property
    def kept(self) -> dict[str, Any]:
        """As a row of JSON keeps it; `Expiry(**kept)` reads it."""
        return {name: value for name, value in asdict(self).items() if value and value != "exact"}


def parse(section: Section) -> Expiry:
    """The key `expiry` of a section: a length, or "never", which is what leaving it out says."""
    if isinstance(section.peek("expiry"), str | None):
        section.choice("expiry", ("never",), "never")
        return Expiry(never=True)
    table = section.table("expiry")
    if table is None:
        return Expiry(never=True)
    expiry = Expiry(
        months=table.whole("months", 0, most=MOST_MONTHS),
        days=table.whole("days", 0, most=MOST_DAYS),
        align=table.choice("align", get_args(Alignment), "exact"),
        plus=table.whole("plus", 0, most=100),
        inactive_months=table.whole("inactive_months", 0, most=MOST_MONTHS),
    )
    aligned = expiry.align != "exact"
    if expiry.days and (expiry.months or aligned):
        section.note("expiry", "days stand alone, without months or an alignment")
    if expiry.plus and not aligned:
        section.note("expiry", "plus needs an alignment")
    if expiry.inactive_months and (expiry.days or expiry.months or aligned):
        section.note("expiry", "inactive_months stand alone: points have no day of their own then")
    if not (expiry.days or expiry.months or expiry.inactive_months or aligned) and section.sound("expiry"):
        section.note("expiry", 'says no length; points that never expire are "never"')
    return expiry
