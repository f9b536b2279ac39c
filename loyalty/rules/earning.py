"""How much a rule gives, as its `earn` says. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from loyalty.conditions import attributes_of
from loyalty.document import Section
from loyalty.rules import marks
from loyalty.rules.factors import Factors
from loyalty.rules.terms import All, AtMost, Counted, Earn, Fixed, Of, Phase, Rate, Times

#: Which amounts points are given for, by kind of fact; the first is meant where the rule names none.
OF: Mapping[object, tuple[Of, ...]] = {
    "purchase": ("amount",),
    "premium": ("amount",),
    "policy": ("annual_premium", "premium"),
}
_NOTHING = Fixed(1)  #: stands in for a faulty `earn`
_FORMS = ("points", "fixed", "all", "times", "at_most")
_PHASE_FORMS: dict[Phase, tuple[str, ...]] = {
    "take": ("points", "fixed", "all"),
    "base": ("points", "fixed"),
    "bonus": ("points", "fixed"),
    "multiplier": ("times",),
    "cap": ("at_most",),
}


def parse(
    section: Section, phase: Phase, decimals: int, currency: str, tables: Mapping[str, Factors]
) -> Earn:
    """What a rule gives or takes, by its phase; `tables` are the programme's factors.

    Base and bonus: `{ points, per }` for money, `{ points, per_count, of }` for a number told, `{ fixed }`.
    Take: `{ fixed }`, a number told, `{ all = true }`. Multiplier: `{ times, of }`. Cap: `{ at_most }`.
    """
    table = section.table("earn")
    if table is None:
        section.skip("step")
        return _NOTHING
    forms = [form for form in _FORMS if table.has(form)]
    if len(forms) != 1 or forms[0] not in _PHASE_FORMS[phase]:
        table.skip()
        section.skip("step")
        section.note("earn", f"of a {phase} rule must say " + " or ".join(_PHASE_FORMS[phase]))
        return _NOTHING
    if table.has("per_count"):
        return _counted(table, section.truth("step", False), decimals)
    if forms[0] == "points":
        of = OF.get(section.peek("on"), ("amount",))
        return replace(
            _rate(table, section.truth("step", False), decimals, currency),
            of=table.choice("of", of, of[0]),
            factors=_factors(table, tables, section.peek("on")),
        )
    if forms[0] == "fixed":
        return Fixed(table.steps("fixed", decimals, least=1))
    if forms[0] == "all":
        table.read("all", _true, None, True)
        return All()
    if forms[0] == "at_most":
        return AtMost(table.steps("at_most", decimals))
    factor = table.decimal("times")
    if not 1 <= factor <= 1_000:
        table.note("times", "must be from 1 to 1000: a multiplier only adds")
    return Times(factor, table.code("of") if table.has("of") else "base")


def _true(value: object) -> bool:
    if value is not True:
        raise ValueError("must be true")
    return True


def _rate(table: Section, step: bool, decimals: int, currency: str) -> Rate:
    points, per_minor = table.decimal("points") * 10**decimals, table.minor("per", currency)
    if points <= 0 or per_minor <= 0:
        table.note("points", "points and the money they are for must be above 0")
        return Rate(Fraction(1), Fraction(1), step)
    return Rate(points, Fraction(per_minor), step)


def _counted(table: Section, step: bool, decimals: int) -> Counted:
    """Points for a number told: `earn = { points = 1, per_count = 100, of = "attributes.steps" }` (N3)."""
    points, each = table.decimal("points") * 10**decimals, table.decimal("per_count")
    of = table.read("of", marks.attribute, None, "")
    if points <= 0 or each <= 0:
        table.note("points", "points and the count they are for must be above 0")
        return Counted(Fraction(1), Fraction(1), step, of)
    return Counted(points, each, step, of)


def _factors(table: Section, tables: Mapping[str, Factors], on: object) -> tuple[Factors, ...]:
    """The tables that weigh an amount: `factors = "pay_years"`, or a list of names."""
    if not table.has("factors"):
        return ()
    nobody: tuple[str, ...] = ()
    names = table.read("factors", _table_names, None, nobody)
    for name in names:
        if name not in tables:
            table.note("factors", f'there is no table "factors.{name}"')
        elif on in OF and tables[name].attribute not in attributes_of(str(on)):
            table.note("factors", f'goes by "{tables[name].attribute}", which no {on} has')
    return tuple(tables[name] for name in names if name in tables)


def _table_names(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError('must name tables of factors, as "pay_years" or ["pay_years", "channel"]')
    return tuple(names)
