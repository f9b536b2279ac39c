"""Fields that belong together: tables within a table, and what can be said in several forms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty.pages.forms.controls import Control, Option
from loyalty.pages.forms.fields import ALWAYS, Field, Kind, Line, Only, Told, path, put
from loyalty.programme import from_toml, to_toml

AS_TEXT = "as-text"


@dataclass(frozen=True)
class Group(Field):
    """The fields of a table under a key; without a key, some fields of the table itself under a heading."""

    key: str
    label: str
    fields: Sequence[Field]
    help: str = ""
    only: Only = ALWAYS

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """The controls of its fields."""
        below = table_of(table.get(self.key)) if self.key else table
        name = path(at, self.key) if self.key else ""
        parts = controls(self.fields, path(at, self.key), below)
        return Control(name, self.label, "group", self.help, parts=parts)

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """All its fields; an empty table is none."""
        if not self.key:
            for one in self.fields:
                one.fill(table, at, told, before)
            return
        was = table_of(before.get(self.key))
        made = filled(self.fields, path(at, self.key), told, was)
        put(table, self.key, made or None)

    def drop(self, table: dict[str, Any]) -> None:
        """Without a key each of its fields goes."""
        for one in self.fields if not self.key else ():
            one.drop(table)
        table.pop(self.key, None)


@dataclass(frozen=True)
class Form:
    """One form that a value may have: a constant, a value of its own, or a table that has these keys."""

    name: str
    label: str
    constant: Any = None
    value: Field | None = None  #: the one field, without a key, of a value that is no table
    fields: Sequence[Field] = ()
    marks: tuple[str, ...] = ()  #: the keys that a table of this form has

    def fits(self, value: Any) -> bool:
        """Whether a value has this form."""
        if self.marks:
            return isinstance(value, Mapping) and all(mark in value for mark in self.marks)
        if self.fields:
            return isinstance(value, Mapping)
        if self.value is not None:
            return value is not None and not isinstance(value, Mapping)
        return bool(value == self.constant and type(value) is type(self.constant))

    def inside(self) -> Sequence[Field]:
        """The fields that are shown for it."""
        return (self.value,) if self.value is not None else self.fields

    def made(self, at: str, told: Told, before: Any) -> Any:
        """The value that was told in this form."""
        if self.value is not None:
            return filled((self.value,), at, told, {} if isinstance(before, Mapping) else {"": before}).get(
                ""
            )
        if not self.fields:
            return self.constant
        made = filled(self.fields, at, told, table_of(before) if self.fits(before) else {})
        return made | {mark: "" for mark in self.marks if mark not in made}


@dataclass(frozen=True)
class Forms(Field):
    """A value that may be said in several forms: which one is chosen, then its own fields are filled in."""

    key: str
    label: str
    forms: Sequence[Form]
    help: str = ""
    text_label: str = (
        ""  #: what the form is called that is written as text; "": only where it is there already
    )
    only: Only = ALWAYS

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """The choice, and the fields of each form; only those of the chosen one are shown."""
        name, value = path(at, self.key), table.get(self.key)
        chosen, choice = self._form_of(value), f"{name}:form"
        parts = []
        for form in self._all(chosen):
            is_it = form.name == chosen.name
            below = {"": value} if form.value is not None else table_of(value)
            inside = controls(form.inside(), name, below if is_it else {})
            if inside:
                part = Control("", "", "part", parts=inside, is_hidden=not is_it)
                part.depends_on, part.shown_for = choice, form.name or "-"
                parts.append(part)
        options = tuple(Option(one.name, one.label, one.name == chosen.name) for one in self._all(chosen))
        return Control(name, self.label, "forms", self.help, options=options, parts=parts)

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """The value in the form that is chosen."""
        name, was = path(at, self.key), before.get(self.key)
        now = self._form_of(was)
        chosen = told.get(f"{name}:form", now.name)
        form = next((one for one in self._all(now) if one.name == chosen), now)
        is_same = form.name == now.name and not form.inside()
        put(table, self.key, was if is_same else form.made(name, told, was))

    def _all(self, chosen: Form) -> list[Form]:
        has_text = self.text_label or chosen.name == AS_TEXT
        return [*self.forms, self._text()] if has_text else [*self.forms]

    def _form_of(self, value: Any) -> Form:
        if value is None and not any(form.fits(None) for form in self.forms):
            return self.forms[0]
        return next((form for form in self.forms if form.fits(value)), self._text())

    def _text(self) -> Form:
        return Form(AS_TEXT, self.text_label or "TOML", value=TomlText(self.key))


@dataclass(frozen=True)
class TomlText(Field):
    """A value as TOML, under its name: for what has no fields."""

    of: str
    key: str = ""
    only: Only = ALWAYS

    def control(self, at: str, table: dict[str, Any]) -> Control:
        """The text."""
        return Control(f"{at}:text", "TOML", "toml", value=self.text(table.get("")))

    def put(self, table: dict[str, Any], at: str, told: Told, before: dict[str, Any]) -> None:
        """The value; a text that is no TOML stays as it is."""
        typed = told.get(f"{at}:text", "").replace("\r\n", "\n").strip()
        was = before.get("")
        put(table, "", was if typed == self.text(was).strip() else self._made(typed))

    def text(self, value: Any) -> str:
        """A value as text."""
        if value is None or isinstance(value, str):
            return value or ""
        return to_toml({self.of: value})

    def _made(self, typed: str) -> Any:
        try:
            return from_toml(typed).get(self.of, typed or None)
        except ValueError:
            return typed


def names(key: str, in_chinese: str, in_english: str, kind: Kind = "text", help: str = "") -> Group:
    """What people read, in both languages."""
    return Group(key, "", (Line("zh", in_chinese, kind, help), Line("en", in_english, kind)))


def table_of(value: Any) -> dict[str, Any]:
    """A table of its own; empty where there is none."""
    return dict(value) if isinstance(value, Mapping) else {}


def controls(fields: Sequence[Field], at: str, table: dict[str, Any]) -> list[Control]:
    """What fields show of a table."""
    shown = []
    for one in fields:
        control = one.control(at, table)
        if one.only is not ALWAYS:
            control.depends_on = path(at, one.only.of)
            control.shown_for = " ".join(value or "-" for value in one.only.values)
            control.is_hidden = not one.only.holds(table)
        shown.append(control)
    return shown


def filled(fields: Sequence[Field], at: str, told: Told, before: dict[str, Any]) -> dict[str, Any]:
    """The table that a form makes of the one before; what no field stands for stays as it is."""
    table = dict(before)
    for one in fields:
        one.fill(table, at, told, before)
    return table


def known_keys(fields: Sequence[Field]) -> set[str]:
    """The keys of a table that fields stand for."""
    known = set()
    for one in fields:
        known |= known_keys(one.fields) if isinstance(one, Group) and not one.key else {one.key}
    return known
