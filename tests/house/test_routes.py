import hashlib
import inspect
import tomllib
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from loyalty.access import SCOPES
from tests.house.sources import ROOT

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
LOOKS = {
    "/v1/benefits/<code>/check",
    "/v1/members/lookup",
    "/v1/quotes",
    "/v1/reconciliations",
}  #: POSTs that only look
OURS = {"VENDORED.toml", "docs.html", "docs.js"}
FROM_OTHERS = sorted((ROOT / "loyalty").rglob("VENDORED.toml"))
ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def routes(app: Flask) -> list[tuple[Rule, Callable[..., Any]]]:
    return [
        (rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
    ]


def names(code: CodeType) -> Iterator[str]:
    """Every name a function speaks of, in functions within it too."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names(inner)


def reach(view: Callable[..., Any], seen: set[str]) -> set[str]:
    """The names that a view speaks of, by itself or through other functions of the API, or of stops."""
    own = inspect.unwrap(view)
    for one in set(names(own.__code__)) - seen:
        seen.add(one)
        further = own.__globals__.get(one)
        if inspect.isfunction(further) and further.__module__.startswith(("loyalty.api", "loyalty.stops")):
            reach(further, seen)
    return seen


@ONE_IS_ENOUGH
def test_there_are_routes(app):
    assert len(routes(app)) >= 5


@ONE_IS_ENOUGH
def test_every_route_names_who_may_call_it(app):
    open_to_all = [
        rule.rule for rule, view in routes(app) if not set(getattr(view, "scope", ())) & set(SCOPES)
    ]
    assert open_to_all == []


@ONE_IS_ENOUGH
def test_nobody_gets_in_without_a_key(app, client):
    for rule, _ in routes(app):
        path = "/".join("0" if "<" in part else part for part in rule.rule.split("/"))
        for method in (rule.methods or set()) & (WRITES | {"GET"}):
            answer = client.open(path, method=method)
            assert answer.status_code in {401, 404}, f"{method} {rule.rule}"
            assert answer.headers["Cache-Control"] == "no-store"


@ONE_IS_ENOUGH
def test_every_write_is_one_transaction_and_every_look_is_none(app):
    strays = []
    for rule, view in routes(app):
        writes = bool((rule.methods or set()) & WRITES) and rule.rule not in LOOKS
        spoken = reach(view, set())
        if ("carry_out" in spoken, "reading" in spoken) != (writes, not writes):
            strays.append(rule.rule)
    assert strays == []


def test_there_are_files_of_others():
    assert len(FROM_OTHERS) >= 3


@pytest.mark.parametrize("record", FROM_OTHERS, ids=lambda record: record.parent.name)
def test_what_is_not_ours_is_recorded(record):
    folder, packages = record.parent, tomllib.loads(record.read_text("utf-8"))["package"]
    for package in packages:
        assert package["name"]
        assert package["version"]
        assert package["licence"]
        told = package["sha256"]
        assert set(package["notice"]) <= set(told)
        assert told == {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in told}
    recorded = {file for package in packages for file in package["sha256"]}
    assert {file.name for file in folder.iterdir()} - OURS == recorded
