"""The sections `rule` of a programme, read and checked against each other. Pure."""

from collections.abc import Mapping
from typing import get_args

from loyalty import conditions, expiry
from loyalty.document import Section
from loyalty.expiry import Expiry
from loyalty.rules import earning, marks, promises
from loyalty.rules import factors as factor_sections
from loyalty.rules.factors import Factors
from loyalty.rules.marks import TELLING
from loyalty.rules.terms import (
    At,
    Budget,
    Counted,
    Limit,
    On,
    PaidWithPoints,
    Per,
    Phase,
    Rate,
    Rounding,
    Rule,
    Times,
)

MOST_RULES = 500
MOST_TIMES = 1_000_000
_OF_GIVING = ("from", "parts", "group", "limit", "budget", "milestone", "expiry")  #: keys of rules that give


def parse(document: Section, decimals: Mapping[str, int], currency: str) -> tuple[Rule, ...]:
    """The rules in their order; `decimals` names the units there are, and how finely each is counted."""
    tables = factor_sections.parse(document)
    sections = document.tables("rule", most=MOST_RULES)
    rules = tuple(_rule(section, decimals, currency, tables) for section in sections)
    for place, (rule, section) in enumerate(zip(rules, sections, strict=True)):
        if rule.code and rule.code in {earlier.code for earlier in rules[:place]}:
            section.note("code", "is taken by an earlier rule")
        if isinstance(rule.earn, Times) and section.sound("earn", "unit"):
            _check_target(rule, rule.earn, rules, section)
        if rule.group and section.sound("group", "unit", "on", "phase"):
            _check_group(rule, rules[:place], section)
    return rules


def _check_group(rule: Rule, earlier: tuple[Rule, ...], section: Section) -> None:
    """What is compared must be alike: points of one unit, for one kind of fact, in one phase."""
    for other in earlier:
        if other.group == rule.group and (other.unit, other.on, other.phase) != (
            rule.unit,
            rule.on,
            rule.phase,
        ):
            section.note("group", f'"{rule.group}" holds rules of another unit, kind of fact or phase')
            return


def _check_target(rule: Rule, earn: Times, rules: tuple[Rule, ...], section: Section) -> None:
    """A multiplier names "base", or a base or bonus rule of its own unit and kind of fact."""
    targets = [other for other in rules if other.code == earn.of]
    if earn.of != "base" and not targets:
        section.note("earn.of", f'there is no rule "{earn.of}"')
    for other in targets:
        if other.phase not in ("base", "bonus"):
            section.note("earn.of", f'"{earn.of}" is neither a base nor a bonus rule')
        elif (other.unit, other.on) != (rule.unit, rule.on):
            section.note("earn.of", f'"{earn.of}" gives another unit, or is for another kind of fact')
    named = targets or [
        other for other in rules if (other.phase, other.unit, other.on) == ("base", rule.unit, rule.on)
    ]
    if rule.at == "line" and any(other.at != "line" for other in named):
        section.note("at", "a multiplier goes by line only where all it multiplies does")
    if rule.at == "line" and any(_trimmed_in_points(other) for other in named):
        section.note("at", "a multiplier goes by line only where nothing it multiplies is limited in points")


def _trimmed_in_points(rule: Rule) -> bool:
    return rule.budget is not None or (rule.limit is not None and rule.limit.points is not None)


def _rule(
    section: Section, decimals: Mapping[str, int], currency: str, tables: Mapping[str, Factors]
) -> Rule:
    code, unit = section.code("code"), section.code("unit")
    if code == "base":
        section.note("code", '"base" means all base rules, no rule can have it')
    if section.sound("unit") and unit not in decimals:
        section.note("unit", f'there is no unit "{unit}"')
    on = section.choice("on", get_args(On))
    phase: Phase = section.choice("phase", get_args(Phase), "base")
    rule = Rule(
        code=code,
        on=on,
        unit=unit,
        phase=phase,
        when=conditions.when(section, on),
        earn=earning.parse(section, phase, decimals.get(unit, 0), currency, tables),
        round=section.choice("round", get_args(Rounding), "down"),
        at=section.choice("at", get_args(At), "fact"),
        opens=promises.parse(section, on),
        paid_with_points=section.choice("paid_with_points", get_args(PaidWithPoints), "earns_nothing"),
        group=section.code("group") if section.has("group") else None,
        limit=_limit(section, decimals.get(unit, 0)),
        budget=_budget(section, decimals.get(unit, 0)),
        milestone=marks.parse(section, on, currency),
        expiry=_expiry(section) if section.has("expiry") else None,
        name=section.names("name") if section.has("name") else {},
    )
    _check_use(rule, section)
    return rule


def _check_use(rule: Rule, section: Section) -> None:
    """What makes no sense for this kind of fact, or in this phase."""
    if rule.on not in earning.OF and isinstance(rule.earn, Rate):
        section.note("earn", "points for money need a purchase, a policy or a premium")
    if rule.on not in ("purchase", "policy") and rule.at == "line":
        section.note("at", "only a purchase has lines, and a policy coverages")
    if rule.on == "policy":
        for key in ("limit", "budget", "group", "milestone", "expiry"):
            if section.has(key):
                section.note(key, "a policy gives what it gives, whatever was given before")
        if rule.phase == "take":
            section.note("phase", "a policy takes nothing: it gives less")
    if isinstance(rule.earn, Counted):
        if rule.on not in TELLING:
            section.note("earn.of", "only activities and purchases have attributes")
        if rule.at == "line":
            section.note("at", "what a fact tells is for the whole fact")
    if rule.on == "purchase" and any(promise.within_days for promise in rule.opens):
        key = "from" if section.has("from") else "parts"
        section.note(key, "within_days is for gifts: what lapsed could not come back with the goods")
    if rule.phase == "take":
        _check_taking(rule, section)
    if rule.phase == "cap":
        if rule.at == "line":
            section.note("at", "a cap is for the whole fact")
        if rule.when is not None and rule.when.per_line:
            section.note("when", "a cap is for the whole fact: it cannot depend on a line")
        for key in _OF_GIVING:
            if section.has(key):
                section.note(key, "a cap gives no points")
    if section.has("paid_with_points") and (rule.on != "purchase" or rule.phase not in ("base", "bonus")):
        section.note("paid_with_points", "is for base and bonus rules of a purchase")


def _check_taking(rule: Rule, section: Section) -> None:
    if rule.on == "purchase":
        section.note("phase", "what a purchase took could not come back with the goods")
    if isinstance(rule.earn, Rate):
        section.note("earn", "what is taken is no money's worth")
    for key in _OF_GIVING:
        if section.has(key):
            section.note(key, "what is taken is not given")


def _limit(section: Section, decimals: int) -> Limit | None:
    """How much of the rule each member gets: `limit = { times = 1, per = "lifetime" }`."""
    table = section.table("limit") if section.has("limit") else None
    if table is None:
        return None
    if not (table.has("times") or table.has("points")):
        section.note("limit", "must say times, points or both")
    return Limit(
        times=table.whole("times", least=1, most=MOST_TIMES) if table.has("times") else None,
        points=table.steps("points", decimals, least=1) if table.has("points") else None,
        per=table.choice("per", get_args(Per)),
    )


def _budget(section: Section, decimals: int) -> Budget | None:
    """How much of the rule the whole club gets: `budget = { points = 100_000, per = "day" }` (P15)."""
    table = section.table("budget") if section.has("budget") else None
    if table is None:
        return None
    return Budget(table.steps("points", decimals, least=1), table.choice("per", get_args(Per)))


def _expiry(section: Section) -> Expiry:
    """How long the rule's points live, where their unit says otherwise of the rest."""
    said = expiry.parse(section)
    if said.inactive_months:
        section.note("expiry", "inactive_months are for all points of a unit")
    return said
