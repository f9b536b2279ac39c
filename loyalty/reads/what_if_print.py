"""The report of a what-if as lines that an operator reads."""

from collections.abc import Iterator, Mapping
from typing import Any

Report = Mapping[str, Any]

_NO_TIER = "no tier"


def lines(report: Report) -> Iterator[str]:
    """Tiers, points and costs: what really is → what it would be. Points are in smallest steps."""
    members = report["members"]
    since = f"in force from {report['since']}" if report["since"] else "in force ever"
    yield f"as of {report['as_of']}; the draft {since}"
    yield f"members {members['members']}, of whom {members['changed']} differ in tier or points"
    if members["merged"]:
        yield f"left out are {members['merged']} who were ever merged, or took somebody in"
    yield from _proof(report)
    yield from _tiers(report)
    for unit, told in report["units"].items():
        yield from _unit(unit, told)
    for row in report["rules"]:
        times = _both(row["really"]["times"], row["draft"]["times"])
        yield f"rule {row['rule']} ({row['unit']}): {_sides(row, 'points')}; {times} times{_money(row)}"
    for kind in ("benefits", "rewards"):
        for row in report[kind]:
            names = sorted({*row["really"], *row["draft"]})
            told = "; ".join(f"{name} {_sides(row, name)}" for name in names)
            yield f"{kind.removesuffix('s')} {row['code']}: {told}"
    for row in report["refused"]:
        yield f"refused: {row['fact']}, {row['code']}: {_both(row['really'], row['draft'])}"
    for row in report["over_budget"]:
        period = row["period"] or "ever"
        yield f"over budget ({row['side']}): {row['rule']} gave {row['given']} of {row['budget']}, {period}"


def _proof(report: Report) -> Iterator[str]:
    unlike = report["members"]["unlike"]
    if not unlike:
        yield "carried out again under the editions as they were, every member comes to what is booked"
        return
    yield f"carried out again under the editions as they were, {unlike} do not come to what is booked:"
    for sample in report["unlike"]:
        yield f"  {sample['member']}  {'; '.join(sample['differs'])}"


def _tiers(report: Report) -> Iterator[str]:
    for row in report["tiers"]:
        yield f"tier {row['tier'] or _NO_TIER}: {_both(row['really'], row['draft'])}"
    for move in report["moves"]:
        yield f"from {move['from'] or _NO_TIER} to {move['to'] or _NO_TIER}: {move['members']}"
        for sample in move["samples"]:
            rules = ", ".join(
                f"{one['rule']} {_both(one['really'], one['draft'])}" for one in sample["rules"]
            )
            measures = _both(_measure(sample["really"]), _measure(sample["draft"]))
            reasons = _both(sample["really"]["reason"], sample["draft"]["reason"])
            yield f"  {sample['member']}  {reasons}; measure {measures}{'; ' if rules else ''}{rules}"


def _unit(unit: str, told: Mapping[str, Any]) -> Iterator[str]:
    for month in told["months"]:
        moved = sorted({*month["really"], *month["draft"]} - {"held", "held_minor"})
        parts = "; ".join(f"{name} {_sides(month, name)}" for name in moved)
        yield f"{unit} {month['month']}: {parts}; held {_sides(month, 'held')}"
    for kind in ("winners", "losers"):
        for one in told[kind]:
            yield f"{unit} {kind.removesuffix('s')} {one['member']}: {_both(one['really'], one['draft'])}"


def _money(row: Mapping[str, Any]) -> str:
    return f", worth {_sides(row, 'minor')}" if "minor" in {*row["really"], *row["draft"]} else ""


def _measure(term: Mapping[str, Any]) -> str:
    return ", ".join(f"{code} {points}" for code, points in sorted(term["measure"].items())) or "nothing"


def _sides(row: Mapping[str, Any], name: str) -> str:
    return _both(row["really"].get(name, 0), row["draft"].get(name, 0))


def _both(really: object, draft: object) -> str:
    return f"{really} → {draft}"
