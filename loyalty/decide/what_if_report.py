"""What is told of a what-if: its figures side by side, as they really are and under the draft. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.decide.figures import Figures, Key
from loyalty.decide.programme import Programme
from loyalty.decide.what_if import DRAFT, REALLY

SIDES = (REALLY, DRAFT)
HELD, MONEY = "held", "held_minor"  #: what members hold at a month's end, and what it is worth

Programmes = Mapping[str, Programme]  #: by side


def report(figures: Figures, really: Programme, draft: Programme) -> dict[str, Any]:
    """The figures as a document; `really` is the edition in force at the end.

    Points are in smallest steps, money in minor units; where a unit is worth none, no money is told.
    """
    programmes = {REALLY: really, DRAFT: draft}
    return {
        "members": {kind: figures.counts[kind,] for kind in ("members", "merged", "changed", "unlike")},
        "tiers": [{"tier": key[0] or None, **both} for key, both in _pairs(figures, "tier")],
        "moves": _moves(figures),
        "units": {unit: _unit(figures, programmes, unit) for unit in draft.units},
        "rules": _rules(figures, programmes),
        "benefits": _tables(figures, "benefit"),
        "rewards": _tables(figures, "reward"),
        "refused": _refused(figures),
        "over_budget": _over_budget(figures, programmes),
        "unlike": figures.shown("unlike"),
    }


def _pairs(figures: Figures, kind: str) -> Iterator[tuple[Key, dict[str, int]]]:
    """What is counted of a kind on both sides, in the order of its keys."""
    keys = sorted({key[1:] for key, _ in figures.of(kind)})
    for key in keys:
        yield key, {side: figures.counts[kind, side, *key] for side in SIDES}


def _moves(figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "from": before or None,
            "to": after or None,
            "members": number,
            "samples": figures.shown("move", before, after),
        }
        for (before, after), number in figures.of("move")
        if before != after
    ]


def _unit(figures: Figures, programmes: Programmes, unit: str) -> dict[str, Any]:
    """A unit's movements month by month, what members hold after each, and who wins and loses most."""
    months: dict[str, dict[str, Any]] = {}
    for (of, month, contra), both in _pairs(figures, "points"):
        if of == unit:
            row = months.setdefault(month, {"month": month, REALLY: {}, DRAFT: {}})
            for side in SIDES:
                if both[side]:
                    row[side][contra] = both[side]
    for side in SIDES:
        held = 0
        for _, row in sorted(months.items()):
            held += sum(row[side].values())
            row[side] |= {HELD: held} | _money(programmes[side], unit, held, MONEY)
    return {
        "months": [row for _, row in sorted(months.items())],
        "pending": {side: figures.counts["pending", side, unit] for side in SIDES},
        "winners": figures.shown("winner", unit),
        "losers": figures.shown("loser", unit),
    }


def _rules(figures: Figures, programmes: Programmes) -> list[dict[str, Any]]:
    """What each rule gives: of a policy, what it gives at the end; of all else, before what came back."""
    told = []
    for (rule, unit), both in _pairs(figures, "rule"):
        row: dict[str, Any] = {"rule": rule, "unit": unit}
        for side in SIDES:
            times, money = (
                figures.counts["times", side, rule, unit],
                _money(programmes[side], unit, both[side]),
            )
            row[side] = {"points": both[side], "times": times} | money
        told.append(row)
    return told


def _money(programme: Programme, unit: str, points: int, name: str = "minor") -> dict[str, int]:
    terms = programme.units.get(unit)
    worth = terms.worth if terms is not None else None
    return {} if worth is None else {name: points * worth.money_minor // worth.points}


def _refused(figures: Figures) -> list[dict[str, Any]]:
    return [{"fact": fact, "code": code, **both} for (fact, code), both in _pairs(figures, "refused")]


def _tables(figures: Figures, kind: str) -> list[dict[str, Any]]:
    """What is counted of each code, under several names."""
    rows: dict[str, dict[str, Any]] = {}
    for (code, name), both in _pairs(figures, kind):
        row = rows.setdefault(code, {"code": code, REALLY: {}, DRAFT: {}})
        for side in SIDES:
            row[side][name] = both[side]
    return list(rows.values())


def _over_budget(figures: Figures, programmes: Programmes) -> list[dict[str, Any]]:
    """Where rules gave all members together more than their budgets: each was judged as if alone."""
    budgets = {
        (side, rule.code): rule.budget.points
        for side in SIDES
        for rule in programmes[side].rules
        if rule.budget is not None
    }
    return [
        {"side": side, "rule": rule, "period": period, "budget": budgets[side, rule], "given": given}
        for (side, rule, period), given in figures.of("budget")
        if (side, rule) in budgets and given > budgets[side, rule]
    ]
