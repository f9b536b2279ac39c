"""The units of points as the programme declares them, and how long their lots live. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from loyalty.calendar import FOREVER, add_months, month_end, quarter_end, year_end
from loyalty.document import Section

Alignment = Literal["exact", "month_end", "quarter_end", "year_end"]
OnReturn = Literal["debt", "clamp", "pending_only"]

MOST_UNITS = 50
MOST_DECIMALS = 6
MOST_MONTHS = 1_200
MOST_DAYS = 36_500
_ENDS = {"month_end": (month_end, 1), "quarter_end": (quarter_end, 3), "year_end": (year_end, 12)}


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long a lot lives: months then aligned to an end, or days, or for ever."""

    months: int = 0
    days: int = 0
    align: Alignment = "exact"
    plus: int = 0  #: that many more months, quarters or years, by the alignment
    never: bool = False

    def last_day(self, anchor: date) -> date:
        """The last local day on which points earned on `anchor` can be used (N5, N6)."""
        if self.never:
            return FOREVER
        if self.days:
            return anchor + timedelta(days=self.days)
        if self.align == "exact":
            return add_months(anchor, self.months)
        end, months_each = _ENDS[self.align]
        return end(add_months(anchor, self.months + self.plus * months_each))


@dataclass(frozen=True, slots=True)
class Unit:
    """A kind of points. All amounts of it are integers in its smallest step: 10 ** -decimals (N1)."""

    code: str
    name: Mapping[str, str]
    spendable: bool
    decimals: int
    expiry: Expiry
    on_return: OnReturn
    give_back_days: int


def parse(document: Section) -> dict[str, Unit]:
    """The section `unit`, by code."""
    return {code: _unit(code, section) for code, section in document.named("unit", most=MOST_UNITS).items()}


def _unit(code: str, section: Section) -> Unit:
    return Unit(
        code=code,
        name=section.names("name"),
        spendable=section.truth("spendable"),
        decimals=section.whole("decimals", 0, most=MOST_DECIMALS),
        expiry=_expiry(section),
        on_return=section.choice("on_return", get_args(OnReturn), "debt"),
        give_back_days=section.whole("give_back_days", 30, most=MOST_DAYS),
    )


def _expiry(unit: Section) -> Expiry:
    if isinstance(unit.peek("expiry"), str | None):
        unit.choice("expiry", ("never",), "never")
        return Expiry(never=True)
    table = unit.table("expiry")
    if table is None:
        return Expiry(never=True)
    expiry = Expiry(
        months=table.whole("months", 0, most=MOST_MONTHS),
        days=table.whole("days", 0, most=MOST_DAYS),
        align=table.choice("align", get_args(Alignment), "exact"),
        plus=table.whole("plus", 0, most=100),
    )
    aligned = expiry.align != "exact"
    if expiry.days and (expiry.months or aligned):
        unit.note("expiry", "days stand alone, without months or an alignment")
    if expiry.plus and not aligned:
        unit.note("expiry", "plus needs an alignment")
    if not (expiry.days or expiry.months or aligned) and unit.sound("expiry"):
        unit.note("expiry", 'says no length; points that never expire are "never"')
    return expiry
