"""What the API shows of a case's member, in the words of the cases: one function for each word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.makers import wire
from tests.real.casebook import Look
from tests.real.facts import Somebody
from tests.real.published import exact


@dataclass(frozen=True)
class Shown:
    """A member as the API shows them now, or at an instant; asked only for what is looked at."""

    who: Somebody
    at: datetime | None

    @cached_property
    def balance(self) -> Any:
        """The points."""
        return self._ask("balance")

    @cached_property
    def tier(self) -> Any:
        """The tier, and why."""
        return self._ask("tier")

    @cached_property
    def benefits(self) -> Any:
        """What the card gives."""
        return self._ask("benefits")

    def _ask(self, what: str) -> Any:
        at = f"?at={wire(self.at)}" if self.at else ""
        answer = self.who.till.get(f"/members/{self.who.member_id}/{what}{at}")
        assert answer.status_code == 200, answer.json
        return answer.json


def faults(who: Somebody, look: Look, at: datetime | None = None) -> list[str]:
    """What is not as it must be: now, or at an instant that is past."""
    shown, asked = Shown(who, at), "then" if at is None else "later"
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


def _counted(shown: Shown, must: Mapping[str, Any]) -> dict[str, Fraction]:
    """What each counter of the tier that is asked for shows, in points; or in terms, which have no unit."""
    counters = {counter["code"]: counter for counter in shown.tier["counters"]}
    return {code: _points(shown, counters[code]["unit"], counters[code]["points"]) for code in must}


def _orders(shown: Shown, must: Mapping[str, Any]) -> dict[str, Fraction]:
    """How often each reward that is asked for was bought by then."""
    by = wire(shown.at) if shown.at else None
    answer = shown.who.till.get(f"/members/{shown.who.member_id}/reward-orders").json
    bought = [one["reward"] for one in answer["items"] if by is None or one["ordered_at"] <= by]
    return {reward: Fraction(bought.count(reward)) for reward in must}


def _benefits(shown: Shown, must: object) -> list[str]:
    """All that the card gives, by name."""
    return sorted(one["benefit"] for one in shown.benefits["items"])


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
    "counted": _counted,
    "orders": _orders,
    "benefits": _benefits,
    "tier": _tier,
    "first_day": _first_day,
    "last_day": _last_day,
}


def _points(shown: Shown, unit: str | None, steps: int) -> Fraction:
    return Fraction(steps, 10 ** shown.who.book.decimals(unit) if unit else 1)
