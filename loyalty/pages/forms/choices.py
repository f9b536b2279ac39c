"""What can be chosen because a document has it: tiers, units, consents, tables of factors."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.pages.words import language


def tiers(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tiers, from the lowest."""
    return [(code, title(one)) for code, one in _coded(document, "tier")]


def units(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The units of points."""
    return [(code, title(one) or code) for code, one in _named(document, "unit")]


def spendable_units(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The units that are spent."""
    spent = {code for code, one in _named(document, "unit") if one.get("spendable") is True}
    return [(code, name) for code, name in units(document) if code in spent]


def consents(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The consents, and none."""
    return [("", "—"), *((code, title(one)) for code, one in _coded(document, "consent"))]


def factor_tables(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tables of factors."""
    return [(code, code) for code, _ in _named(document, "factors")]


def counters(document: Mapping[str, Any]) -> list[str]:
    """The codes of the counters that tiers have bars for; none where there is one counter alone."""
    terms = document.get("terms")
    measure = terms.get("measure") if isinstance(terms, Mapping) else None
    several = measure.get("any") if isinstance(measure, Mapping) else None
    tables = [one for one in several if isinstance(one, Mapping)] if isinstance(several, list) else []
    return [str(one["code"]) for one in tables if one.get("code")]


def currency(document: Mapping[str, Any]) -> str:
    """The currency; empty where none is said."""
    club = document.get("club")
    return str(club.get("currency", "")) if isinstance(club, Mapping) else ""


def title(table: Any) -> str:
    """What a table is called in the reader's language, else its code."""
    if not isinstance(table, Mapping):
        return ""
    name = table.get("name")
    told = name.get(language()) if isinstance(name, Mapping) else None
    return str(told or table.get("say") or table.get("code") or "")


def _coded(document: Mapping[str, Any], section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    tables = document.get(section)
    for one in tables if isinstance(tables, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("code"), str):
            yield one["code"], one


def _named(document: Mapping[str, Any], section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    tables = document.get(section)
    for code, one in tables.items() if isinstance(tables, Mapping) else ():
        if isinstance(one, Mapping):
            yield code, one
