"""The words of what-ifs: where a run stands, which facts were refused and why, what a card is judged by."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from loyalty.decide.programme import Programme
from loyalty.pages.staff.member_words import review_words
from loyalty.pages.words import day_text, language, named, number_text
from loyalty.problems import PROBLEMS
from loyalty.reads.what_if_runs import Stage


def stage_words(stage: Stage) -> tuple[str, str]:
    """Where a run stands, and how its tag looks."""
    words: dict[Stage, tuple[str, str]] = {
        "waiting": (gettext("waits its turn"), "soon"),
        "running": (gettext("running"), "soon"),
        "stopped": (gettext("stopped"), ""),
        "failed": (gettext("stopped by a fault"), "refused"),
        "done": (gettext("done"), "good"),
    }
    return words[stage]


def fact_name(fact: str) -> str:
    """What the draft refused, as a report names it."""
    names = {
        "enrolment": gettext("Joining the club"),
        "purchase": gettext("Purchase"),
        "points as payment": gettext("Paying a purchase with points"),
        "return": gettext("Return"),
        "cancellation": gettext("Cancelling a purchase"),
        "activity": gettext("Activity"),
        "occasion": gettext("Birthday or anniversary"),
        "policy": gettext("News of a policy"),
        "premium": gettext("Premium paid"),
        "redemption": gettext("Spending points"),
        "reversal": gettext("Giving points back"),
        "hold": gettext("Setting points aside"),
        "capture": gettext("Spending points set aside"),
        "adjustment": gettext("Correction"),
        "transfer": gettext("Points passed on"),
        "tier by hand": gettext("A card given by hand"),
        "erasure": gettext("Forgetting a member"),
    }
    return str(names.get(fact, fact))


def refusal_name(code: str) -> str:
    """Why it was refused, as a cashier would say it."""
    found = next((problem for kind, problem in PROBLEMS.items() if kind.code == code), None)
    return code if found is None else (found.zh if language() == "zh" else found.en)


def tier_name(programme: Programme, code: str | None) -> str:
    """What a tier is called; no tier is one, too."""
    names = {step.code: step.name for step in programme.ladder.tiers}
    if not code:
        return str(gettext("No tier"))
    return named(names[code]) if code in names else code


def rule_name(code: str, *programmes: Programme) -> str:
    """What a rule is called where it has a name, else its code."""
    names = {rule.code: rule.name for programme in programmes for rule in programme.rules if rule.name}
    return named(names[code]) if code in names else code


def term_words(term: Mapping[str, Any], programme: Programme, higher: str | None) -> str:
    """Why somebody has a card: what began its term and when, what was measured then, and the bar."""
    told = [review_words().get(term["reason"], term["reason"]), day_text(term["from"][:10])]
    counters = {one.code: one for one in programme.ladder.terms.counters}
    for code, points in sorted(term["measure"].items()):
        unit = programme.units.get(counters[code].unit or "") if code in counters else None
        decimals = unit.decimals if unit else 0
        name = named(unit.name) if unit else code
        what = f"{name} ({code})" if unit and len(counters) > 1 else name
        reached = f"{what} {number_text(points, decimals)}"
        needed = (term["attain"].get(higher) or {}).get(code)
        if needed:
            bar = {"tier": tier_name(programme, higher), "points": number_text(needed, decimals)}
            needs = gettext("%(tier)s needs %(points)s", **bar)
            reached += f" ({needs})"
        told.append(reached)
    return " · ".join(told)
