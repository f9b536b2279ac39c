"""Changes of a document in plain words: where, what it was, what it is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from loyalty.pages.forms import choices
from loyalty.pages.forms.fields import Choice, Field, Many, Options, path
from loyalty.pages.forms.groups import Form, Forms, Group
from loyalty.pages.forms.sections import Section, sections
from loyalty.pages.words import language, number_text
from loyalty.programme import to_toml

_PLACE = re.compile(r"(?P<section>[A-Za-z0-9_-]+)(?:\[(?P<item>[^\]]*)\])?\.?(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Words:
    """A path in words, and how its values are read."""

    section: str
    trail: tuple[str, ...]  #: the table, then the field within it
    options: Mapping[str, str]

    def value(self, value: Any) -> str:
        """A value as people read it; empty where there is none."""
        return value_words(value, self.options)


@dataclass(frozen=True, slots=True)
class _Labels:
    labels: dict[str, str] = field(default_factory=dict)
    options: dict[str, Options] = field(default_factory=dict)


class Wording:
    """What the paths of two documents are called: names are looked for in the first that has them."""

    def __init__(self, *documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self._sections = sections()
        self._labels: dict[str, _Labels] = {}

    def words(self, of: str) -> Words:
        """A path in words."""
        found = _PLACE.fullmatch(of)
        name, item, rest = found.group("section", "item", "rest") if found else (of, None, "")
        section = self._sections.get(name)
        if section is None:
            return Words(name, (of,), {})
        if section.holds == "named" and rest:
            item, _dot, rest = rest.partition(".")
        title = self._title(section, item) if item else ""
        labels = self._labels_of(section)
        trail = tuple(one for one in (title, _label(labels, rest)) if one)
        return Words(section.label, trail, dict(labels.options.get(rest, ())))

    def _title(self, section: Section, item: str) -> str:
        for document in self._documents:
            tables = document.get(section.name)
            if section.holds == "named" and isinstance(tables, Mapping) and item in tables:
                return choices.title(tables[item]) or item
            for number, table in enumerate(tables if isinstance(tables, list) else ()):
                code = table.get("code") if isinstance(table, Mapping) else None
                if item in (code, str(number)):
                    return choices.title(table) or item
        return item

    def _labels_of(self, section: Section) -> _Labels:
        if section.name not in self._labels:
            labels = _Labels()
            document = dict(self._documents[0]) if self._documents else {}
            _gather(section.fields(document) if section.fields else (), "", labels)
            self._labels[section.name] = labels
        return self._labels[section.name]


def value_words(value: Any, options: Mapping[str, str]) -> str:
    """A value of a document as people read it; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int):
        return number_text(value)
    if isinstance(value, str):
        return options.get(value, value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(options.get(one, one) for one in value)
    if isinstance(value, Mapping) and set(value) == {"zh", "en"}:
        return str(value[language()])
    return to_toml(value).strip() if isinstance(value, Mapping) else to_toml({"list": value}).strip()


def _label(labels: _Labels, rest: str) -> str:
    """The labels of a field and of those it is within; what has none is told by its key."""
    if rest == "order":
        return str(_("Order"))
    if not rest or rest in labels.labels:
        return labels.labels.get(rest, "")
    outer, _dot, key = rest.rpartition(".")
    within = _label(labels, outer)
    return f"{within} · {key}" if within else key


def _gather(fields: Iterable[Field], at: str, into: _Labels, within: str = "") -> None:
    for one in fields:
        name = path(at, one.key)
        label = " · ".join(part for part in (within, getattr(one, "label", "")) if part)
        if isinstance(one, Group):
            _gather(one.fields, name, into, label if one.key else "")
            continue
        if name not in into.labels:
            into.labels[name] = label
        if isinstance(one, Choice | Many):
            into.options.setdefault(name, one.options)
        if isinstance(one, Forms):
            _gather_forms(one.forms, name, into, label)


def _gather_forms(forms: Sequence[Form], at: str, into: _Labels, within: str) -> None:
    for form in forms:
        if form.value is not None:
            into.options.setdefault(at, getattr(form.value, "options", ()))
        _gather(form.fields, at, into, within)
