"""What the API shows of a case's member, in the words of the cases: one function for each word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.makers import wire
from tests.real.casebook import Look
from tests.real.facts import Somebody
from tests.real.published import exact


@dataclass(frozen=True, slots=True)
class Shown:
    """A member as the API shows them at one instant."""

    who: Somebody
    balance: Mapping[str, Any]
    tier: Mapping[str, Any]


def faults(who: Somebody, look: Look, at: datetime | None = None) -> list[str]:
    """What is not as it must be: now, or at an instant that is past."""
    shown = Shown(who, _ask(who, "balance", at), _ask(who, "tier", at))
    asked = "then" if at is None else "later"
    return [
        f"{who.case} at {look.at}, asked {asked}: {word} is {seen}, not {exact(must)}"
        for word, must in look.sees.items()
        if (seen := WORDS[word](shown, must)) != exact(must)
    ]


def refusal_faults(who: Somebody, look: Look) -> list[str]:
    """Whether the last fact was refused as a look says, or not at all; heard once."""
    heard, who.refused = who.refused, None
    if heard == look.refusal:
        return []
    return [f"{who.case} at {look.at}: refused as {heard}, not {look.refusal}"]


def _ask(who: Somebody, what: str, at: datetime | None) -> Mapping[str, Any]:
    answer = who.till.get(f"/members/{who.member_id}/{what}" + (f"?at={wire(at)}" if at else ""))
    assert answer.status_code == 200, answer.json
    return answer.json  # type: ignore[return-value]


def _figure(name: str) -> Callable[[Shown, Any], Any]:
    """One figure of each unit that is asked for, in points."""

    def seen(shown: Shown, must: Mapping[str, Any]) -> dict[str, Fraction]:
        return {unit: _points(shown, unit, shown.balance["units"][unit][name]) for unit in must}

    return seen


def _lots(shown: Shown, must: Mapping[str, Any]) -> dict[str, dict[str, Fraction]]:
    """All that is left of each unit that is asked for, by its last day; nothing is left of days not shown."""
    seen = {}
    for unit, days in must.items():
        left = {lot["last_day"]: lot["points"] for lot in shown.balance["units"][unit]["expiring"]}
        seen[unit] = {day: _points(shown, unit, left.get(day, 0)) for day in {*days, *left}}
    return seen


def _tier(shown: Shown, must: object) -> str:
    return shown.tier["tier"] or ""


def _first_day(shown: Shown, must: object) -> str:
    begun = datetime.fromisoformat(shown.tier["from"])
    return begun.astimezone(shown.who.book.zone).date().isoformat()


def _last_day(shown: Shown, must: object) -> str | None:
    return shown.tier["last_day"]  # type: ignore[no-any-return]


WORDS: Mapping[str, Callable[[Shown, Any], Any]] = {
    "points": _figure("available"),
    "pending": _figure("pending"),
    "debt": _figure("debt"),
    "lots": _lots,
    "tier": _tier,
    "first_day": _first_day,
    "last_day": _last_day,
}


def _points(shown: Shown, unit: str, steps: int) -> Fraction:
    return Fraction(steps, 10 ** shown.who.book.decimals(unit))
