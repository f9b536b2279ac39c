"""The sections `tier` and `terms` of a programme, read into a ladder. Pure."""

from collections.abc import Mapping
from typing import get_args

from loyalty.document import Section
from loyalty.tiers.terms import (
    Alignment,
    Bars,
    Counter,
    Downgrade,
    Falls,
    Ladder,
    Length,
    OnReversal,
    OnUpgrade,
    Terms,
    Tier,
    Window,
)

MOST_TIERS = 50
MOST_COUNTERS = 10
MOST_MONTHS = 1_200
MOST_DAYS = 36_500
ALONE = "points"  #: the code of a counter that is the only one
_NO_TERMS = Terms((), Length(days=1), None, "restart", "to_measure", "attain", "term_end")


def parse(document: Section, decimals: Mapping[str, int]) -> Ladder:
    """The ladder; `decimals` names the units there are, and how finely each is counted."""
    table = document.table("terms")
    terms = _terms(table, decimals) if table else _NO_TERMS
    sections = document.tables("tier", least=1, most=MOST_TIERS)
    tiers = tuple(_tier(section, rank, terms, decimals) for rank, section in enumerate(sections, start=1))
    for place, (tier, section) in enumerate(zip(tiers, sections, strict=True)):
        if tier.code and tier.code in {lower.code for lower in tiers[:place]}:
            section.note("code", "is taken by a lower tier")
        if section.sound("attain"):
            _check_rising(tier, tiers[:place], section)
    return Ladder(tiers, terms)


def _check_rising(tier: Tier, lower: tuple[Tier, ...], section: Section) -> None:
    """Each bar lies above those of all lower tiers for the same counter (T1)."""
    for counter, bar in tier.attain.items():
        if any(bar <= below.attain[counter] for below in lower if counter in below.attain):
            section.note("attain", "must rise from tier to tier")


def _tier(section: Section, rank: int, terms: Terms, decimals: Mapping[str, int]) -> Tier:
    code, name = section.code("code"), section.names("name")
    attain = _bars(section, "attain", terms.counters, decimals)
    retain = _bars(section, "retain", terms.counters, decimals) if section.has("retain") else {}
    if not attain and section.sound("attain") and terms.counters:
        section.note("attain", "must name at least one counter")
    for counter, bar in retain.items():
        if counter not in attain:
            section.note("retain", f'has a bar for "{counter}", attain has none')
        elif bar > attain[counter] and section.sound("attain", "retain"):
            section.note("retain", "must not be above attain")
    return Tier(code, name, rank, attain, attain | retain)


def _bars(
    section: Section, key: str, counters: tuple[Counter, ...], decimals: Mapping[str, int]
) -> dict[str, int]:
    """Bars by counter: a plain number where there is one counter alone, a table where there are several."""
    if not counters:  # the measure is faulty: nobody can say what form the bars have
        section.skip(key)
        return {}
    if counters[0].code == ALONE:
        return {ALONE: section.steps(key, decimals.get(counters[0].unit, 0))}
    table = section.table(key)
    if table is None:
        return {}
    return {
        counter.code: table.steps(counter.code, decimals.get(counter.unit, 0))
        for counter in counters
        if table.has(counter.code)
    }


def _terms(section: Section, decimals: Mapping[str, int]) -> Terms:
    counters = _counters(section, decimals)
    falls = section.choice("when", get_args(Falls), "term_end")
    if falls == "at_once" and any(counter.window for counter in counters):
        section.note("when", '"at_once" needs a measure of balances: what was earned fades by itself')
    return Terms(
        counters=counters,
        length=_length(section),
        measured_on=_measured_on(section),
        on_upgrade=section.choice("on_upgrade", get_args(OnUpgrade), "restart"),
        downgrade=section.choice("downgrade", get_args(Downgrade), "to_measure"),
        downgrade_bars=section.choice("downgrade_bars", get_args(Bars), "attain"),
        falls=falls,
        on_reversal=section.choice("on_reversal", get_args(OnReversal), "keep"),
    )


def _counters(terms: Section, decimals: Mapping[str, int]) -> tuple[Counter, ...]:
    measure = terms.table("measure")
    if measure is None:
        return ()
    if not measure.has("any"):
        return (_counter(measure, ALONE, decimals),)
    counters: list[Counter] = []
    for section in measure.tables("any", least=1, most=MOST_COUNTERS):
        code = section.code("code")
        if code == ALONE or code in {counter.code for counter in counters}:
            section.note("code", "is taken")
        counters.append(_counter(section, code, decimals))
    return tuple(counters)


def _counter(section: Section, code: str, decimals: Mapping[str, int]) -> Counter:
    if section.has("balance") == section.has("earned"):
        section.note("balance", "a counter is either a balance or what was earned")
    key = "balance" if section.has("balance") else "earned"
    unit = section.code(key)
    if section.sound(key) and unit not in decimals:
        section.note(key, f'there is no unit "{unit}"')
    return Counter(code, unit, None if key == "balance" else _window(section))


def _window(section: Section) -> Window:
    if not isinstance(section.peek("window"), Mapping):
        return Window(section.choice("window", ("calendar_year", "membership_year")))
    table = section.table("window")
    if table is None or table.has("months") == table.has("days"):
        section.note("window", "must be of months or of days")
        return Window("days", 1)
    if table.has("months"):
        return Window("months", table.whole("months", least=1, most=MOST_MONTHS))
    return Window("days", table.whole("days", least=1, most=MOST_DAYS))


def _length(terms: Section) -> Length:
    table = terms.table("length")
    if table is None:
        return Length(days=1)
    forms = [key for key in ("months", "days", "month_end", "year_end", "until") if table.has(key)]
    if len(forms) != 1:
        table.skip()
        terms.note("length", "must say one of months, days, month_end, year_end, until")
        return Length(days=1)
    form = forms[0]
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
    length = Length(
        months=table.whole("months", least=1, most=MOST_MONTHS),
        align=table.choice("align", get_args(Alignment), "exact"),
        plus=table.whole("plus", 0, most=100),
        less_a_day=table.truth("less_a_day", False),
    )
    if length.align == "exact" and length.plus:
        table.note("plus", "needs an alignment")
    if length.align != "exact" and length.less_a_day:
        table.note("less_a_day", "does not go with an alignment")
    return length


def _measured_on(terms: Section) -> tuple[int, int] | None:
    """The yearly day of the review's measure; None for the term's own end."""
    review = terms.table("review") if terms.has("review") else None
    if review is None:
        terms.skip("review")
        return None
    if review.peek("measured_on") == "term_end":
        review.skip("measured_on")
        return None
    return review.day_of_year("measured_on")
