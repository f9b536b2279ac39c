import json
import tomllib
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Change, as_json, canonical, differences, sha256_of, to_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=5)


@given(DOCUMENTS)
def test_a_document_written_as_toml_reads_back_the_same(document: dict[str, Any]) -> None:
    assert tomllib.loads(to_toml(document)) == document


@given(DOCUMENTS, DOCUMENTS)
def test_two_documents_differ_where_a_difference_is_told(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert differences(one, one) == []
    assert bool(differences(one, two)) == (canonical(one) != canonical(two))


@given(DOCUMENTS)
def test_canonical_json_says_the_same_and_nothing_about_order(document: dict[str, Any]) -> None:
    turned = dict(reversed(document.items()))
    assert json.loads(canonical(document)) == document
    assert canonical(turned) == canonical(document)


def test_instants_and_days_of_toml_become_text() -> None:
    document = tomllib.loads(
        "at = 2026-01-21T00:00:00+08:00\nz = 2026-01-21T00:00:00Z\non = [2026-01-05]\nt = {a = 1}"
    )
    assert as_json(document) == {
        "at": "2026-01-21T00:00:00+08:00",
        "z": "2026-01-21T00:00:00+00:00",
        "on": ["2026-01-05"],
        "t": {"a": 1},
    }


@pytest.mark.parametrize(
    "inexact",
    [0.5, datetime(2026, 1, 1), time(12), None],  # noqa: DTZ001
)
def test_what_has_no_exact_form_is_refused(inexact: object) -> None:
    with pytest.raises(TypeError, match="no exact form"):
        as_json({"a": inexact})


def test_toml_has_no_form_for_a_float() -> None:
    with pytest.raises(TypeError, match="no form in TOML"):
        to_toml({"a": 0.5})


def test_the_digest_is_that_of_the_canonical_json() -> None:
    assert canonical({"b": {"名": 1}, "a": [date(2026, 1, 1)]}) == '{"a":["2026-01-01"],"b":{"名":1}}'
    assert sha256_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


SILVER = {"code": "silver", "attain": 5}
GOLD = {"code": "gold", "attain": 9}


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2, "b": 3}, [Change("a", 1, 2), Change("b", None, 3)]),
        ({"a": {"b": 1}}, {"a": {}}, [Change("a.b", 1, None)]),
        ({"a": {"b": 1}}, {"a": 5}, [Change("a", {"b": 1}, 5)]),
        ({"t": [SILVER]}, {"t": [GOLD | {"code": "silver"}]}, [Change("t[silver].attain", 5, 9)]),
        ({"t": [GOLD]}, {"t": [SILVER, GOLD]}, [Change("t[silver]", None, SILVER)]),
        ({"t": [SILVER, GOLD]}, {"t": [GOLD]}, [Change("t[silver]", SILVER, None)]),
        (
            {"t": [SILVER, GOLD]},
            {"t": [GOLD, SILVER]},
            [Change("t.order", ["silver", "gold"], ["gold", "silver"])],
        ),
        ({"e": [{"say": "x"}]}, {"e": [{"say": "y"}, {"say": "z"}]},
         [Change("e[0].say", "x", "y"), Change("e[1]", None, {"say": "z"})]),
        ({"e": [1, 2]}, {"e": [1, 3]}, [Change("e[1]", 2, 3)]),
        ({"t": [SILVER]}, {"t": [1]}, [Change("t[silver]", SILVER, None), Change("t[0]", None, 1)]),
        ({"a": True}, {"a": 1}, [Change("a", True, 1)]),
    ],
)  # fmt: skip
def test_differences_are_told_by_path(
    before: dict[str, Any], after: dict[str, Any], changes: list[Change]
) -> None:
    assert differences(before, after) == changes
