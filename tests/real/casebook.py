"""Published programmes as files: the editions of a programme, and the cases that must come out as published.

`programmes/README.md` says how such a file is written. A day without a time is its noon in the club, and a
time without an offset is the club's.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.calendar import local_day

PROGRAMMES = Path(__file__).parent / "programmes"
FILES = sorted(PROGRAMMES.glob("*.toml"))
_OURS = {"case", "edition", "words"}  #: what a file holds beside the programme's own sections


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happens."""

    at: datetime
    kind: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What must be seen at an instant, in our words, and what the source says of it, in its own."""

    at: datetime
    sees: Mapping[str, Any]
    says: Mapping[str, Any]
    refusal: str | None  #: the code with which the last fact was refused


@dataclass(frozen=True, slots=True)
class Case:
    """One life, and what was published of it."""

    id: str
    facts: tuple[Fact, ...]
    looks: tuple[Look, ...]
    other_reading: Mapping[str, Any]  #: what the source would also allow, and this edition does not choose


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole programme document; the first one is in force from the club's first day (None)."""

    document: Mapping[str, Any]
    in_force_from: datetime | None


@dataclass(frozen=True, slots=True)
class Casebook:
    """One published programme."""

    zone: ZoneInfo
    editions: tuple[Edition, ...]
    cases: tuple[Case, ...]
    words: Mapping[str, Any]  #: words of the source, and what they are in ours

    @property
    def currency(self) -> str:
        """What amounts are in."""
        return str(self.editions[0].document["club"]["currency"])

    def day(self, at: datetime) -> date:
        """The day on the club's wall."""
        return local_day(at, self.zone)

    def decimals(self, unit: str) -> int:
        """How finely a unit is counted."""
        return int(self.editions[0].document["unit"][unit].get("decimals", 0))

    def names(self, tier: str) -> set[str]:
        """All that a tier is called: its code, its names, and both of them."""
        names = [
            one["name"]
            for edition in self.editions
            for one in edition.document["tier"]
            if one["code"] == tier
        ]
        both = {f"{name['zh']} {name['en']}" for name in names}
        return {tier} | both | {word for name in names for word in name.values()}


def read(file: Path) -> Casebook:
    """The programme of a file."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    zone = ZoneInfo(content["club"]["time_zone"])
    document = {section: value for section, value in content.items() if section not in _OURS}
    editions = [Edition(document, None)]
    for changes in content.get("edition", ()):
        since = instant(changes.pop("in_force_from"), zone)
        editions.append(Edition({**editions[-1].document, **changes}, since))
    cases = tuple(_case(case, zone) for case in content["case"])
    return Casebook(zone, tuple(editions), cases, content.get("words", {}))


def instant(told: date, zone: ZoneInfo) -> datetime:
    """An instant as files write it: with an offset, or by the club's clock, or a day's noon."""
    if not isinstance(told, datetime):
        told = datetime.combine(told, time(12))
    return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)


def _case(told: dict[str, Any], zone: ZoneInfo) -> Case:
    facts = tuple(_fact(kind, fact, zone) for one in told["facts"] for kind, fact in one.items())
    looks = tuple(_look(look, zone) for look in told["then"])
    return Case(told["id"], facts, looks, told.get("other_reading", {}))


def _fact(kind: str, told: dict[str, Any], zone: ZoneInfo) -> Fact:
    return Fact(instant(told.pop("at"), zone), kind, told)


def _look(told: dict[str, Any], zone: ZoneInfo) -> Look:
    at, says, refusal = instant(told.pop("at"), zone), told.pop("says", {}), told.pop("refusal", None)
    return Look(at, told, says, refusal)
