import json

import pytest

from loyalty.api.strict_json import MAX_BODY_BYTES, MAX_DEPTH, parse
from loyalty.errors import MalformedJson

ANA = {"name": "Ana Silva"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b'{"a": 1} {}', id="two texts"),
        pytest.param(b'{"a": 1, "a": 1}', id="a key twice"),
        pytest.param(b'{"b": [{"a": 1, "\\u0061": 2}]}', id="a key twice, spelled otherwise, deep inside"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b'{"a": -Infinity}', id="infinity"),
        pytest.param(b'{"a": 1e999}', id="infinity by overflow"),
        pytest.param(b'{"a": "\\ud800"}', id="half a character"),
        pytest.param(b'{"\\udc00": 1}', id="half a character in a key"),
        pytest.param(b'{"a": "\\u0000"}', id="NUL"),
        pytest.param(b'{"a": "\x00"}', id="a bare NUL"),
        pytest.param(b'{"a": "\xff"}', id="not UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
        pytest.param(b"[" * 33 + b"]" * 33, id="33 deep"),
        pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, id="33 objects deep"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="far too deep"),
        pytest.param(b'{"a": ' + b"9" * 10_000 + b"}", id="a number too long to read"),
    ],
)
def test_a2_what_two_parsers_could_read_differently_is_refused(body):
    with pytest.raises(MalformedJson):
        parse(body)


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, True, None, "\U0001f600", {"b": "\\u0000"}]},
        ["["] * 100,
        [[]] * 100,
    ],
)
def test_a2_ordinary_json_is_read_as_it_is(value):
    assert parse(json.dumps(value).encode()) == value


def test_a2_thirty_two_levels_are_deep_enough():
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def desk(make):
    make.programme()
    return make.till()


def told(desk, **given):
    return desk._client.post("/v1/members", headers={"Authorization": f"Bearer {desk._key}"} | KEY, **given)


KEY = {"Idempotency-Key": '"k1"'}


@ONE_IS_ENOUGH
def test_a2_a_malformed_body_is_400_and_says_no_more(desk):
    answer = told(desk, data=b'{"name": "Ana", "name": "Eva"}', content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_json")
    assert answer.content_type == "application/problem+json"


@ONE_IS_ENOUGH
@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/xml", "application/json; charset=utf-16", "application/jsonx"],
)
def test_a2_another_media_type_is_415(desk, media_type):
    answer = told(desk, data=json.dumps(ANA), content_type=media_type)
    assert (answer.status_code, answer.json["code"]) == (415, "media_type")


@ONE_IS_ENOUGH
def test_a2_a_charset_that_is_utf_8_is_no_other_media_type(desk):
    assert told(desk, data=json.dumps(ANA), content_type="application/json; charset=UTF-8").status_code == 201


@ONE_IS_ENOUGH
def test_a2_a_body_above_256_kb_is_413(desk):
    body = json.dumps(ANA | {"phone": "1" * MAX_BODY_BYTES})
    answer = told(desk, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


@ONE_IS_ENOUGH
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ("text", "body"),
        (None, "body"),
        ({}, "name"),
        ({"name": 5}, "name"),
        ({"name": True}, "name"),
        ({"name": " \n "}, "name"),
        ({"name": "a" * 121}, "name"),
        (ANA | {"points": 5}, "points"),
        (ANA | {"address": {"lines": ["x"], "planet": "Mars"}}, "address.planet"),
        (ANA | {"address": {"lines": ["x", 5]}}, "address.lines.1"),
        (ANA | {"birth_date": "2026-02-30"}, "birth_date"),
        (ANA | {"birth_date": "20000101"}, "birth_date"),
        (ANA | {"birth_date": "２０００-01-01"}, "birth_date"),
        (ANA | {"birth_date": "2027-01-01"}, "birth_date"),
        (ANA | {"attributes": {"shoe": 41.5}}, "attributes.shoe"),
        (ANA | {"attributes": {"Shoe": 41}}, "attributes.Shoe"),
        (ANA | {"phone": "hello"}, "phone"),
        (ANA | {"identity": [{"kind": "id_card", "number": "--"}]}, "identity.0.number"),
        (ANA | {"references": ["a", "a"]}, "references"),
    ],
)
def test_a1_every_fault_is_told_with_its_field(desk, body, field):
    answer = told(desk, data=json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert list(answer.json["fields"]) == [field]


@ONE_IS_ENOUGH
def test_a1_all_faults_are_told_at_once(desk):
    answer = told(desk, json={"phone": 5, "extra": 1})
    assert sorted(answer.json["fields"]) == ["extra", "name", "phone"]


@ONE_IS_ENOUGH
def test_a1_a_problem_names_itself_and_what_a_cashier_may_say(desk):
    problem = told(desk, json={}).json
    assert problem["type"] == "urn:loyalty:problem:invalid_request"
    assert problem["status"] == 422
    assert problem["action"] == "call_manager"
    assert problem["cashier_text"] == "The request has a wrong value."
    assert {"title", "detail"} <= set(problem)


@ONE_IS_ENOUGH
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("at=2026-01-01T00:00:00Z&at=2026-01-02T00:00:00Z", "at"),
        ("when=now", "when"),
        ("at=yesterday", "at"),
        ("at=2026-01-01T00:00:00", "at"),
        ("at=%00", "at"),
    ],
)
def test_a2_a_query_is_as_strict_as_a_body(desk, query, field):
    answer = desk.get(f"/members/0/balance?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert list(answer.json["fields"]) == [field]


@ONE_IS_ENOUGH
def test_a2_a_query_is_text_even_where_nobody_encoded_it(desk):
    raw = {"QUERY_STRING": "at=\xff"}  # as servers hand on a byte that should have been percent-encoded
    headers = {"Authorization": f"Bearer {desk._key}"}
    answer = desk._client.get("/v1/members/0/balance", headers=headers, environ_overrides=raw)
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["query"])
