"""Stretches of time as a programme writes them: windows, lengths, the day a review measures. Pure."""

from collections.abc import Mapping
from typing import get_args

from loyalty.document import Section
from loyalty.tiers.terms import Alignment, Length, Window

MOST_MONTHS = 1_200
MOST_DAYS = 36_500


def window(section: Section) -> Window:
    """The window of a counter."""
    if not isinstance(section.peek("window"), Mapping):
        return Window(section.choice("window", ("calendar_year", "membership_year")))
    table = section.table("window")
    if table is None or table.has("months") == table.has("days"):
        section.note("window", "must be of months or of days")
        return Window("days", 1)
    if table.has("months"):
        return _months_window(table)
    return Window("days", table.whole("days", least=1, most=MOST_DAYS))


def _months_window(table: Section) -> Window:
    """Rolling months, or whole ones: `{ months = 12, whole = true, ends_before = { months = 1 } }`."""
    months, whole = table.whole("months", least=1, most=MOST_MONTHS), table.truth("whole", False)
    before = table.table("ends_before") if table.has("ends_before") else None
    if before is not None and not whole:
        table.note("ends_before", "needs whole months")
    ends_before = before.whole("months", least=1, most=MOST_MONTHS) if before else 0
    return Window("whole_months" if whole else "months", months, ends_before)


def length(terms: Section, key: str) -> Length:
    """How long a term lasts."""
    table = terms.table(key)
    if table is None:
        return Length(days=1)
    forms = [form for form in ("months", "days", "month_end", "year_end", "until") if table.has(form)]
    if len(forms) != 1:
        table.skip()
        terms.note(key, "must say one of months, days, month_end, year_end, until")
        return Length(days=1)
    [form] = forms
    if form == "until":
        return Length(until=table.day_of_year("until"))
    if form == "days":
        days = table.whole("days", least=1, most=MOST_DAYS)
        return Length(days=days, less_a_day=table.truth("less_a_day", False))
    if form == "months":
        return _months(table)
    align: Alignment = "month_end" if form == "month_end" else "year_end"
    return Length(align=align, plus=table.whole(form, most=MOST_MONTHS if form == "month_end" else 100))


def _months(table: Section) -> Length:
    lasts = Length(
        months=table.whole("months", least=1, most=MOST_MONTHS),
        align=table.choice("align", get_args(Alignment), "exact"),
        plus=table.whole("plus", 0, most=100),
        less_a_day=table.truth("less_a_day", False),
    )
    if lasts.align == "exact" and lasts.plus:
        table.note("plus", "needs an alignment")
    if lasts.align != "exact" and lasts.less_a_day:
        table.note("less_a_day", "does not go with an alignment")
    return lasts


def measured_on(terms: Section) -> tuple[int, int] | None:
    """The yearly day of the review's measure; None for the term's own end."""
    review = terms.table("review") if terms.has("review") else None
    if review is None:
        terms.skip("review")
        return None
    if review.peek("measured_on") == "term_end":
        review.skip("measured_on")
        return None
    return review.day_of_year("measured_on")
