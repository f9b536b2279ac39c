"""The sections `tier` and `terms` of a programme, read into a ladder. Pure."""

from collections.abc import Collection, Mapping
from typing import get_args

from loyalty.document import Section
from loyalty.document.values import code as unit_code
from loyalty.tiers import spans
from loyalty.tiers.terms import (
    Bars,
    Counter,
    Downgrade,
    Falls,
    KeepCosts,
    Ladder,
    Length,
    LiftCosts,
    OnReversal,
    OnUpgrade,
    Rollover,
    Starts,
    Terms,
    TermsFollow,
    Tier,
)

MOST_TIERS = 50
MOST_COUNTERS = 10
MOST_TERMS = 100  #: running, that a counter may ask for
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
    if table and document.sound("tier"):
        _check_terms_held(table, terms, {tier.code for tier in tiers})
    return Ladder(tiers, terms)


def _check_rising(tier: Tier, lower: tuple[Tier, ...], section: Section) -> None:
    """Each bar lies above those of all lower tiers for the same counter (T1)."""
    for counter, bar in tier.attain.items():
        if any(bar <= below.attain[counter] for below in lower if counter in below.attain):
            section.note("attain", "must rise from tier to tier")


def _check_terms_held(section: Section, terms: Terms, tiers: set[str]) -> None:
    """Terms are counted of a tier that there is."""
    for counter in terms.counters:
        if counter.terms_held and counter.terms_held not in tiers and section.sound("measure"):
            section.note("measure", f'there is no tier "{counter.terms_held}"')


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
    void_below = _bars(section, "void_below", terms.counters, decimals) if section.has("void_below") else {}
    if void_below and terms.falls == "at_once":
        section.note("void_below", 'speaks of a term\'s end, and tiers fall "at_once"')
    return Tier(code, name, rank, attain, attain | retain, void_below)


def _bars(
    section: Section, key: str, counters: tuple[Counter, ...], decimals: Mapping[str, int]
) -> dict[str, int]:
    """Bars by counter: a plain number where there is one counter alone, a table where there are several."""
    if not counters:  # the measure is faulty: nobody can say what form the bars have
        section.skip(key)
        return {}
    if counters[0].code == ALONE:
        return {ALONE: _bar(section, key, counters[0], decimals)}
    table = section.table(key)
    if table is None:
        return {}
    return {
        counter.code: _bar(table, counter.code, counter, decimals)
        for counter in counters
        if table.has(counter.code)
    }


def _bar(section: Section, key: str, counter: Counter, decimals: Mapping[str, int]) -> int:
    if counter.unit is None:
        return section.whole(key, least=1, most=MOST_TERMS)
    return section.steps(key, decimals.get(counter.unit, 0))


def _terms(section: Section, decimals: Mapping[str, int]) -> Terms:
    counters = _counters(section, decimals)
    terms = Terms(
        counters=counters,
        length=spans.length(section, "length"),
        measured_on=spans.measured_on(section),
        on_upgrade=section.choice("on_upgrade", get_args(OnUpgrade), "restart"),
        downgrade=section.choice("downgrade", get_args(Downgrade), "to_measure"),
        downgrade_bars=section.choice("downgrade_bars", get_args(Bars), "attain"),
        falls=section.choice("when", get_args(Falls), "term_end"),
        on_reversal=section.choice("on_reversal", get_args(OnReversal), "keep"),
        starts=section.choice("starts", get_args(Starts), "at_once"),
        length_after_review=(
            spans.length(section, "length_after_review") if section.has("length_after_review") else None
        ),
        lift_costs=section.choice("lift_costs", get_args(LiftCosts), "nothing"),
        keep_costs=section.choice("keep_costs", get_args(KeepCosts), "nothing"),
        rollover=_rollover(section, counters, decimals),
        void_forfeits=section.read("void_forfeits", lambda value: _units(value, decimals), (), ()),
        terms_follow=section.choice("terms_follow", get_args(TermsFollow), "term"),
    )
    if section.sound("measure"):
        _check_together(section, terms)
    return terms


def _check_together(section: Section, terms: Terms) -> None:
    """Points are paid and forfeited from balances; and a fall at once would follow each such loss."""
    windows = [counter for counter in terms.counters if counter.window]
    costs = {"lift_costs": terms.lift_costs, "keep_costs": terms.keep_costs}
    paid = [key for key, price in costs.items() if price != "nothing"]
    for key in paid:
        if len(terms.balances) != 1 or len(terms.counters) != 1:
            section.note(key, "needs a measure of one balance alone, to be paid from it")
    if terms.rollover and not terms.balances:
        section.note("rollover", "needs a measure of balances: windows begin anew by themselves")
    if terms.falls == "at_once" and windows:
        section.note("when", '"at_once" needs a measure of balances: what was earned fades by itself')
    elif terms.falls == "at_once" and (paid or terms.rollover):
        section.note("when", '"at_once" does not go with tiers that take points')


def _rollover(
    section: Section, counters: tuple[Counter, ...], decimals: Mapping[str, int]
) -> Rollover | None:
    """`"none"`, `"once"`, `{ cap = 300 }` or `{ percent = 10 }`; without it the points stay as they are."""
    if not section.has("rollover"):
        return None
    if not isinstance(section.peek("rollover"), Mapping):
        return Rollover(section.choice("rollover", ("none", "once")))
    table = section.table("rollover")
    if table is None or table.has("cap") == table.has("percent"):
        section.note("rollover", "must say cap or percent")
        return None
    if table.has("percent"):
        share = table.decimal("percent") / 100
        if not 0 < share < 1:
            table.note("percent", "must be above 0 and below 100")
        return Rollover("percent", share=share)
    units = sorted({counter.unit for counter in counters if counter.unit and counter.window is None})
    if len(units) > 1:
        table.note("cap", "needs a balance of one unit")
    return Rollover("cap", most=table.steps("cap", decimals.get(units[0], 0) if units else 0, least=1))


def _units(value: object, known: Collection[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of units")
    codes = tuple(unit_code(one) for one in value)
    for code in codes:
        if code not in known:
            raise ValueError(f'there is no unit "{code}"')
    return tuple(dict.fromkeys(codes))


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
        held = section.has("terms_held")
        counters.append(_terms_held(section, code) if held else _counter(section, code, decimals))
    if measure.sound("any") and all(counter.terms_held for counter in counters):
        measure.note("any", "needs a counter of points: terms are held by one")
    return tuple(counters)


def _terms_held(section: Section, code: str) -> Counter:
    """A counter whose bars are numbers of terms: `{ code = "years", terms_held = "gold" }`."""
    if section.has("balance") or section.has("earned"):
        section.skip("balance", "earned", "window")
        section.note("terms_held", "a counter is of terms or of points")
    return Counter(code, None, None, section.code("terms_held"))


def _counter(section: Section, code: str, decimals: Mapping[str, int]) -> Counter:
    if section.has("balance") == section.has("earned"):
        section.note("balance", "a counter is either a balance or what was earned")
    key = "balance" if section.has("balance") else "earned"
    unit = section.code(key)
    if section.sound(key) and unit not in decimals:
        section.note(key, f'there is no unit "{unit}"')
    return Counter(code, unit, None if key == "balance" else spans.window(section))
