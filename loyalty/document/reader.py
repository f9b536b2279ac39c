"""A reader for the sections of a document, from TOML or JSON, that notes every fault with its path. Pure.

A reader never raises: it notes the fault, hands back a harmless value of the right type and goes on, so that
all faults of a document are told at once. A key that nobody asked for is a fault too. Give the parsed shapes
to nobody before `Faults.all()` has come back empty.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from loyalty.document import values
from loyalty.errors import MOST_POINTS

T = TypeVar("T")
Fault = tuple[str, str]  #: dotted path (`tier[2].attain`), what is wrong there


class Faults:
    """What is wrong in one document."""

    def __init__(self) -> None:
        self._noted: list[Fault] = []
        self._sections: list[Section] = []

    def note(self, path: str, message: str) -> None:
        """Add a fault."""
        self._noted.append((path, message))

    def watch(self, section: "Section") -> None:
        """Ask this section at the end for keys that nobody read."""
        self._sections.append(section)

    def concern(self, path: str) -> bool:
        """Whether a fault was noted at this path or below it."""
        return any(noted == path or noted.startswith((f"{path}.", f"{path}[")) for noted, _ in self._noted)

    def all(self) -> list[Fault]:
        """Every fault: those noted, then the keys that nobody read."""
        return self._noted + [fault for section in self._sections for fault in section.unread()]


class Section:
    """One table of a document. A value without a default must be there."""

    def __init__(
        self,
        content: Mapping[str, object],
        faults: Faults,
        path: str = "",
        stranger: str = "is not known here",
    ) -> None:
        self._content = content
        self._faults = faults
        self._stranger = stranger
        self._asked: set[str] = set()
        self.path = path
        faults.watch(self)

    def at(self, key: str) -> str:
        """The dotted path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def note(self, key: str, message: str) -> None:
        """Add a fault at a key."""
        self._faults.note(self.at(key), message)

    def has(self, key: str) -> bool:
        """Whether the key is there, whatever its value."""
        return key in self._content

    def peek(self, key: str) -> object:
        """The bare value, or None: to choose how to read it."""
        return self._content.get(key)

    def skip(self, *keys: str) -> None:
        """Leave these keys unread (all, if none is named): another fault, or another key, speaks for them."""
        self._asked.update(keys or self._content)

    def keys(self) -> list[str]:
        """All keys, in their order."""
        return list(self._content)

    def sound(self, *keys: str) -> bool:
        """Whether no fault was noted at these keys or below them: what cross-checks ask first."""
        return not any(self._faults.concern(self.at(key)) for key in keys)

    def unread(self) -> list[Fault]:
        """A fault for each key that nobody asked for."""
        return [(self.at(key), self._stranger) for key in self._content if key not in self._asked]

    def read(self, key: str, parse: Callable[[object], T], default: T | None, blank: T) -> T:
        """The value as `parse` makes it (a ValueError is a fault); `blank` stands in for a faulty one."""
        self._asked.add(key)
        if key not in self._content:
            if default is None:
                self.note(key, "is missing")
            return blank if default is None else default
        try:
            return parse(self._content[key])
        except ValueError as fault:
            self.note(key, str(fault))
            return blank

    def text(self, key: str, default: str | None = None, *, most: int = 120, spread: bool = False) -> str:
        """Visible text of at most `most` characters, not blank; over several lines if `spread`."""
        return self.read(key, lambda value: values.text(value, most, spread), default, "")

    def code(self, key: str) -> str:
        """A name for machines."""
        return self.read(key, values.code, None, "")

    def codes(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of names for machines, each once."""
        return self.read(key, values.codes, default, ())

    def choice(self, key: str, options: Collection[str], default: str | None = None) -> Any:
        """One of `options`; typed as the Literal they come from."""
        return self.read(key, lambda value: values.choice(value, options), default, next(iter(options)))

    def whole(self, key: str, default: int | None = None, *, least: int = 0, most: int) -> int:
        """A whole number from `least` to `most`, both allowed."""
        return self.read(key, lambda value: values.whole(value, least, most), default, least)

    def truth(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        return self.read(key, values.truth, default, False)

    def decimal(self, key: str, default: Fraction | None = None) -> Fraction:
        """An exact number: a whole one, or a decimal string."""
        return self.read(key, values.decimal, default, Fraction(1))

    def steps(self, key: str, decimals: int, *, least: int = 0, most: int = MOST_POINTS) -> int:
        """Points of a unit, written in points, counted in its smallest steps."""
        return self.read(key, lambda value: values.steps(value, decimals, least, most), None, max(least, 0))

    def minor(self, key: str, currency: str, *, signed: bool = False) -> int:
        """Money as a decimal string, in minor units (N2)."""
        return self.read(key, lambda value: values.minor(value, currency, signed), None, 1)

    def day_of_year(self, key: str) -> tuple[int, int]:
        """A yearly day, "MM-DD", as (month, day)."""
        return self.read(key, values.day_of_year, None, (1, 1))

    def date(self, key: str) -> date:
        """A calendar day."""
        return self.read(key, values.day, None, date(2000, 1, 1))

    def instant(self, key: str) -> datetime:
        """An aware instant."""
        return self.read(key, values.instant, None, values.EPOCH)

    def names(self, key: str, *, most: int = 120) -> dict[str, str]:
        """What people read, in both languages, of at most `most` characters each."""
        table = self.table(key)
        return {language: table.text(language, most=most) for language in ("zh", "en")} if table else {}

    def table(self, key: str) -> "Section | None":
        """The section under a key; None, and a fault, if there is none."""
        blank: Mapping[str, object] = {}
        content = self.read(key, values.table, None, blank)
        return Section(content, self._faults, self.at(key)) if self.sound(key) else None

    def tables(self, key: str, *, most: int, least: int = 0) -> list["Section"]:
        """The sections of a list; an absent key is an empty list."""
        none: list[Mapping[str, object]] = []
        contents = self.read(
            key, lambda value: values.tables(value, least, most), None if least else none, none
        )
        return [
            Section(content, self._faults, f"{self.at(key)}[{place}]")
            for place, content in enumerate(contents)
        ]

    def named(self, key: str, *, most: int) -> dict[str, "Section"]:
        """The sections under a key by their codes, sorted, at least one."""
        table = self.table(key)
        if table is None:
            return {}
        if not 1 <= len(table.keys()) <= most:
            self.note(key, f"must hold 1 to {most} entries")
        sections = {code: table.table(code) for code in sorted(table.keys())}
        for code in sections:
            if not values.is_code(code):
                table.note(code, values.CODE_FORM)
        return {code: section for code, section in sections.items() if section is not None}
