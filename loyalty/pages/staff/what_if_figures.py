"""What came of a what-if, as its page shows it: charts, who moves and why, costs side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from loyalty.decide.what_if import DRAFT, REALLY
from loyalty.decide.what_if_report import HELD, MONEY, SIDES
from loyalty.pages.staff.figure_words import heading, named_in
from loyalty.pages.staff.figures import Chart
from loyalty.pages.staff.what_if_words import rule_name, term_words, tier_name
from loyalty.pages.words import money_shown, named, number_text, signed_text
from loyalty.reads.report import Cell, Points, Report, money
from loyalty.reads.what_if_runs import Result

_DRAWN = ("issued", "redeemed")  #: of what moves in a month
Row = tuple[str, str, str, str]  #: what it is; really, under the draft, and the difference


@dataclass(frozen=True, slots=True)
class Sample:
    """One member who moves, and why."""

    member: str
    really: str
    draft: str
    rules: Sequence[str]


@dataclass(frozen=True, slots=True)
class Move:
    """Members who have another tier under the draft."""

    title: str
    members: int
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many are of which tier really (a row) and under the draft (a column)."""

    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[int, str]], int]]  #: each with how they move, and their sum
    sums: Sequence[int]


def matrix(result: Result) -> Matrix:
    """Every tier that anybody has on either side, the lowest first."""
    told = {row["tier"]: row for row in result.report["tiers"]}
    tiers = [code for code in (None, *(one.code for one in result.draft.ladder.tiers)) if code in told]
    moved = {(one["from"], one["to"]): one["members"] for one in result.report["moves"]}
    rows = []
    for place, before in enumerate(tiers):
        stay = told[before][REALLY] - sum(moved.get((before, after), 0) for after in tiers)
        cells = []
        for other, after in enumerate(tiers):
            kind = "same" if other == place else "up" if other > place else "down"
            cells.append((stay if other == place else moved.get((before, after), 0), kind))
        rows.append((tier_name(result.draft, before), cells, told[before][REALLY]))
    return Matrix([tier_name(result.draft, one) for one in tiers], rows, [told[one][DRAFT] for one in tiers])


def moves(result: Result) -> list[Move]:
    """Who moves, the largest group first, with some of each and why."""
    found = sorted(result.report["moves"], key=lambda one: -one["members"])
    return [
        Move(
            f"{tier_name(result.really, one['from'])} → {tier_name(result.draft, one['to'])}",
            one["members"],
            [_sample(result, one, sample) for sample in one["samples"]],
        )
        for one in found
    ]


def _sample(result: Result, move: Mapping[str, Any], sample: Mapping[str, Any]) -> Sample:
    ranks = [None, *(one.code for one in result.draft.ladder.tiers)]
    higher = max((move["from"], move["to"]), key=lambda code: ranks.index(code) if code in ranks else 0)
    rules = []
    for one in sample["rules"]:
        unit = result.draft.units.get(one["unit"]) or result.really.units[one["unit"]]
        both = [number_text(one[side], unit.decimals) for side in SIDES]
        name = rule_name(one["rule"], result.really, result.draft)
        rules.append(f"{name} ({named(unit.name)}): {both[0]} → {both[1]}")
    return Sample(
        sample["member"],
        term_words(sample[REALLY], result.really, higher),
        term_words(sample[DRAFT], result.draft, higher),
        rules,
    )


def tiers_chart(result: Result) -> Chart:
    """Members by tier, both sides beside each other."""
    rows = [(row["tier"] or "", row[REALLY], row[DRAFT]) for row in result.report["tiers"]]
    rows.sort(key=lambda row: [*("", *(one.code for one in result.draft.ladder.tiers))].index(row[0]))
    starts = [tier_name(result.draft, code) for code, *_ in rows]
    heads = (gettext("Tier"), *_sides())
    title, table = gettext("Members by tier"), _report(("tier", *SIDES), rows)
    return Chart("tiers", title, "", table, SIDES, "beside", heads, tuple(starts))


def held_chart(result: Result, unit: str) -> Chart:
    """What members hold at each month's end, and what it is worth."""
    months, points = result.report["units"][unit]["months"], _points(result)
    currency = result.draft.club.currency
    worth = [side for side in SIDES if any(MONEY in month[side] for month in months)]
    rows = []
    for month in months:
        held = [points.tell(unit, month[side].get(HELD, 0)) for side in SIDES]
        money_held = [money(month[side].get(MONEY, 0), currency) for side in worth]
        rows.append((month["month"], *held, held[1] - held[0], *money_held))
    columns = ("month", *SIDES, "difference", *(f"worth_{side}" for side in worth))
    names = dict(zip(SIDES, _sides(), strict=True))
    heads = [gettext("Month"), *names.values(), gettext("Difference")]
    heads += [gettext("%(side)s, in %(currency)s", side=names[side], currency=currency) for side in worth]
    title = gettext("What members hold at each month's end")
    return Chart(
        "held", title, "", _report(columns, rows), SIDES, "beside", tuple(heads), _months(result, rows)
    )


def moved_chart(result: Result, unit: str) -> Chart:
    """What is given, spent and lost in each month."""
    months, points = result.report["units"][unit]["months"], _points(result)
    kinds = sorted({kind for month in months for side in SIDES for kind in month[side]} - {HELD, MONEY})
    kinds.sort(key=lambda kind: kind not in _DRAWN)
    keys = [(kind, side) for kind in kinds for side in SIDES]
    rows = [
        (month["month"], *(points.tell(unit, month[side].get(kind, 0)) for kind, side in keys))
        for month in months
    ]
    names = dict(zip(SIDES, _sides(), strict=True))
    heads = [gettext("Month"), *(f"{heading(kind, result.draft)}: {names[side]}" for kind, side in keys)]
    drawn = tuple(f"{kind}_{side}" for kind, side in keys if kind in _DRAWN)
    columns = ("month", *(f"{kind}_{side}" for kind, side in keys))
    title, help = gettext("What moves in each month"), gettext("Signed, as members see it.")
    return Chart(
        "moved", title, help, _report(columns, rows), drawn, "beside", tuple(heads), _months(result, rows)
    )


def rules(result: Result) -> tuple[list[tuple[str, str, Row, Row | None]], int]:
    """What each rule gives and costs: those that differ, the largest difference first; how many do not."""
    found = [one for one in result.report["rules"] if one[REALLY] != one[DRAFT]]
    found.sort(key=lambda one: -abs(one[DRAFT]["points"] - one[REALLY]["points"]))
    told = []
    for one in found:
        unit = result.draft.units.get(one["unit"]) or result.really.units[one["unit"]]
        name = rule_name(one["rule"], result.really, result.draft)
        points = _both(one[REALLY]["points"], one[DRAFT]["points"], unit.decimals)
        minor = _money_row(result, one, "minor") if "minor" in {*one[REALLY], *one[DRAFT]} else None
        told.append((name, named(unit.name), points, minor))
    return told, len(result.report["rules"]) - len(found)


def costs(result: Result, kind: str, count: str) -> list[tuple[str, Row, Row]]:
    """Benefits or rewards: how often each is had, and what that costs."""
    names = dict[str, Mapping[str, str]]()
    for programme in (result.really, result.draft):
        names |= {one.code: one.name for one in programme.benefits}
        names |= {one.code: one.name for one in programme.rewards}
    return [
        (
            named(names[one["code"]]) if one["code"] in names else one["code"],
            _both(one[REALLY].get(count, 0), one[DRAFT].get(count, 0)),
            _money_row(result, one, "cost_minor"),
        )
        for one in result.report[kind]
    ]


def extremes(result: Result, unit: str, kind: str) -> list[tuple[str, Row]]:
    """Who wins or loses most points of a unit."""
    decimals = result.draft.units[unit].decimals
    told = result.report["units"][unit][kind]
    return [(one["member"], _both(one[REALLY], one[DRAFT], decimals)) for one in told]


def _both(really: int, draft: int, decimals: int = 0) -> Row:
    difference = signed_text(draft - really, decimals) if draft != really else number_text(0, decimals)
    return "", number_text(really, decimals), number_text(draft, decimals), difference


def _money_row(result: Result, one: Mapping[str, Any], name: str) -> Row:
    currency = result.draft.club.currency
    really, draft = (one[side].get(name, 0) for side in SIDES)
    shown = [money_shown(minor, currency) for minor in (really, draft, abs(draft - really))]
    sign = "+" if draft > really else "\u2212" if draft < really else ""
    return "", shown[0], shown[1], sign + shown[2]


def _sides() -> tuple[str, str]:
    return gettext("Really"), gettext("Under the draft")


def _points(result: Result) -> Points:
    return Points({code: unit.decimals for code, unit in result.draft.units.items()})


def _report(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Report:
    return Report(tuple(columns), tuple(tuple(row) for row in rows))


def _months(result: Result, rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    return tuple(named_in(str(row[0]), result.draft) for row in rows)
