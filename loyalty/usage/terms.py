"""Limits are counted by what they limit, for whom, and in which period. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Per = Literal["day", "month", "year", "lifetime"]


class UsageKey(NamedTuple):
    """One counter: the limit's name, whose it is, and the period."""

    name: str  #: as "rule:welcome:limit"; the parts are codes, so that no two limits share a name
    subject: str  #: a member's opaque id, a terminal, or "" for the whole club
    period: str


@dataclass(frozen=True, slots=True)
class Used:
    """How often something happened, and how much it came to: points or minor units, as the limit says."""

    times: int = 0
    amount: int = 0

    def __add__(self, other: "Used") -> "Used":
        """Both together."""
        return Used(self.times + other.times, self.amount + other.amount)


NOTHING = Used()


def period_of(per: Per, day: date) -> str:
    """The name of the period that a local day lies in.

    >>> [period_of(per, date(2026, 2, 28)) for per in ("day", "month", "year", "lifetime")]
    ['2026-02-28', '2026-02', '2026', '']
    """
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4, "lifetime": 0}[per]]
