"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from loyalty import problems
from loyalty.tables import Base

DOCS = Path(__file__).parents[2] / "docs"
API = DOCS / "api.md"
_CALL = re.compile(r"`(?:(GET|POST|PUT|PATCH|DELETE) )?([/…][^`?]*)[^`]*`")
_PART = re.compile(r"<[^>]*>|\{[^}]*\}")


def scopes_told() -> dict[tuple[str, str], set[str]]:
    """Call → the scopes that the API document says, of which a key needs one."""
    told: dict[tuple[str, str], set[str]] = {}
    method = whole = ""
    scopes: set[str] = set()
    for calls, needed in re.findall(
        r"^\| (`[A-Z]+ [/…].*?) \| (.*?) \|", API.read_text("utf-8"), re.MULTILINE
    ):
        if needed != "the same":
            scopes = set(re.findall(r"[a-z]+:[a-z]+", needed.partition(";")[0]))
        for verb, path in _CALL.findall(calls):
            method = verb or method
            if path.startswith("…"):  # of the thing that the line above is about
                path = whole.partition("/{")[0] + path[1:]
            elif (method, path) != (verb, path):  # another end of the same
                path = whole.rpartition("/")[0] + path
            whole = path
            told[method, _PART.sub("{}", path)] = scopes
    return told


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_call_needs_the_scopes_that_the_api_document_says(app):
    needed = {
        (method, _PART.sub("{}", rule.rule.removeprefix("/v1"))): set(app.view_functions[rule.endpoint].scope)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert needed == scopes_told()


def test_every_code_a_caller_may_hear_stands_in_the_api_document():
    codes = {kind.code for kind in problems.PROBLEMS} | {code for code, _ in problems.PROTOCOL.values()}
    text = API.read_text("utf-8")
    assert sorted(code for code in codes if f"| `{code}` |" not in text) == []


def test_m7_what_each_table_of_members_keeps_of_the_forgotten_is_written_down():
    told = (DOCS / "operating.md").read_text("utf-8").split("## Forgetting a person")[1].split("\n## ")[0]
    tables = {name for name, table in Base.metadata.tables.items() if "member_id" in table.c}
    assert sorted(name for name in tables if f"`{name}`" not in told) == []
