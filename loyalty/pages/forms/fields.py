"""Single fields of a form: what each shows of a value, and what is made of what was typed. Pure.

A document has no empty values, so None says that nothing is there. What is typed wrongly is kept as text: the
check of the whole document says what is wrong with it, beside the field.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from loyalty.pages.forms.controls import Control, Option

Kind = Literal["text", "long", "whole", "decimal", "money", "codes", "date", "condition"]
Options = Sequence[tuple[str, str]]  #: as the document has it, as people read it

_SEPARATORS = re.compile(r"(?<=\d)[,，_ \u00a0](?=\d)")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_BETWEEN = re.compile(r"[\s,，、;；]+")


class Told(Protocol):
    """What was sent by a form."""

    def get(self, key: str, default: str) -> str:
        """The first value of that name."""

    def getlist(self, key: str) -> list[str]:
        """All values of that name."""


@dataclass(frozen=True, slots=True)
class Only:
    """A field is for some choices of another field of the same table; "" where that one is left out."""

    of: str
    values: tuple[str, ...]

    def holds(self, table: dict[str, Any]) -> bool:
        """Whether the table has made one of these choices."""
        return str(table.get(self.of, "")) in self.values


ALWAYS = Only("", ())


def path(at: str, key: str) -> str:
    """The dotted path of a key below another path."""
    return ".".join(part for part in (at, key) if part)


class Field(ABC):
    """One field, or several, over a table of the document."""

    key: str
    only: Only

    @abstractmethod
    def control(self, at: str, table: dict[str, Any]) -> Control:
        """What the field shows of a table that stands at a path."""

    @abstractmethod
    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """Write what was told into a table that began as it was before."""

    def fill(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """The same, where the field is for what else was chosen; otherwise what it stands for goes."""
        if self.only is ALWAYS or self.only.holds(table):
            self.put(table, at, told, before)
        else:
            self.drop(table)

    def drop(self, table: dict[str, Any]) -> None:
        """Take out what the field stands for."""
        table.pop(self.key, None)


@dataclass(frozen=True)
class Line(Field):
    """A text, a number, an amount or a day in a box of its own."""

    key: str
    label: str
    kind: Kind = "text"
    help: str = ""
    only: Only = ALWAYS
    after: str = ""  #: the unit that stands behind the box
    on: str = ""  #: of a condition: which kind of fact it is about

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """A box with the value as people write it."""
        kind, value = self.kind, self.text(table.get(self.key))
        if kind == "date" and value and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            kind = "text"
        return Control(
            path(at, self.key), self.label, kind, self.help, value=value, after=self.after, on=self.on
        )

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """What stands as it was shown stays word for word."""
        was = before.get(self.key)
        typed = told.get(path(at, self.key), "").replace("\r\n", "\n").strip()
        if typed == self.text(was).strip():
            put(table, self.key, was)
        else:
            put(table, self.key, self.made(typed) if typed else None)

    def text(self, value: Any) -> str:
        """A value as it stands in the box."""
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        if self.kind == "codes" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            return ", ".join(value)
        return json.dumps(value, ensure_ascii=False)

    def made(self, typed: str) -> Any:
        """The value of what was typed."""
        if self.kind == "codes":
            return [one for one in _BETWEEN.split(typed) if one]
        if self.kind not in ("whole", "decimal", "money"):
            return typed
        plain = _SEPARATORS.sub("", typed)
        is_number = self.kind != "money" and _WHOLE.fullmatch(plain)
        return int(plain) if is_number else plain


@dataclass(frozen=True)
class Choice(Field):
    """One of several; where a default is said, nothing need be chosen."""

    key: str
    label: str
    options: Options
    default: str | None = None  #: what is meant where nothing is chosen; None: something must be
    help: str = ""
    only: Only = ALWAYS

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """A list to choose from; a value that is none of them is one more."""
        value = table.get(self.key)
        shown = "" if value is None else str(value)
        known = [Option(name, label, name == shown) for name, label in self.options if name != self.default]
        first = Option("", self._first(), not shown)
        if shown == self.default:
            first = Option(shown, first.label, True)
        elif shown and not any(one.is_chosen for one in known):
            known.append(Option(shown, shown, True))
        return Control(path(at, self.key), self.label, "choice", self.help, options=(first, *known))

    def _first(self) -> str:
        return dict(self.options).get(self.default, "—") if self.default is not None else "—"

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """The choice."""
        was, chosen = before.get(self.key), told.get(path(at, self.key), "")
        put(table, self.key, was if chosen == ("" if was is None else str(was)) else chosen or None)


@dataclass(frozen=True)
class Many(Field):
    """Some of several, as boxes to be ticked."""

    key: str
    label: str
    options: Options
    help: str = ""
    only: Only = ALWAYS

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """A box for each; values that are none of them are ticked boxes too."""
        chosen = _texts(table.get(self.key))
        strangers = [(one, one) for one in chosen if one not in dict(self.options)]
        options = tuple(Option(name, label, name in chosen) for name, label in (*self.options, *strangers))
        return Control(path(at, self.key), self.label, "many", self.help, options=options)

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """What is ticked, in the order of the boxes, unless it is what was there."""
        was = before.get(self.key)
        ticked = told.getlist(path(at, self.key))
        put(table, self.key, was if set(ticked) == set(_texts(was)) else ticked or None)


@dataclass(frozen=True)
class Tick(Field):
    """Yes or no; where it must be said, no is said too."""

    key: str
    label: str
    help: str = ""
    must_be_said: bool = False
    only: Only = ALWAYS

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """One box."""
        value = table.get(self.key)
        return Control(path(at, self.key), self.label, "tick", self.help, value="1" if value is True else "")

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """Ticked or not."""
        was, is_ticked = before.get(self.key), bool(told.get(path(at, self.key), ""))
        if is_ticked != (was is True):
            put(table, self.key, is_ticked or (False if self.must_be_said else None))
        else:
            put(table, self.key, False if self.must_be_said and was is None else was)


@dataclass(frozen=True)
class Rows(Field):
    """The keys of a table and their numbers, a row each, but for keys that other fields stand for."""

    label: str
    key_label: str
    value_label: str
    but: tuple[str, ...] = ()
    help: str = ""
    only: Only = ALWAYS
    key: str = field(default="", init=False)

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """A row for each key, and three more."""
        rows = [(key, _NUMBER.text(value)) for key, value in table.items() if key not in self.but]
        cells = tuple(Option(key, value, False) for key, value in [*rows, *[("", "")] * 3])
        name = path(at, "rows")
        labels = (self.key_label, self.value_label)
        return Control(name, self.label, "rows", self.help, options=cells, column_labels=labels)

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """The rows that have a key."""
        name = path(at, "rows")
        keys, values = told.getlist(f"{name}.key"), told.getlist(f"{name}.value")
        for key in [key for key in table if key not in self.but]:
            del table[key]
        for key, typed in zip(map(str.strip, keys), map(str.strip, values), strict=False):
            if key and key not in self.but:
                was = before.get(key)
                table[key] = was if was is not None and typed == _NUMBER.text(was) else _NUMBER.made(typed)


_NUMBER = Line("", "", "decimal")


def put(table: dict[str, Any], key: str, value: Any) -> None:
    """Set a key of a table; None takes it out."""
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
