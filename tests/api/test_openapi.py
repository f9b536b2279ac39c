import re

import jsonschema_rs
import pytest
import schemathesis

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield f"{method} {path}", item[method], item.get("parameters", [])


def resolved(document, node):
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def references(node):
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from references(inner)


@ONE_IS_ENOUGH
def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"] == {"title": "Loyalty", "version": "v1"}
    schemathesis.openapi.from_dict(document).validate()


@ONE_IS_ENOUGH
def test_every_schema_is_json_schema_2020_12(document):
    assert document["components"]["schemas"]
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator(schema | {"components": document["components"]})


@ONE_IS_ENOUGH
def test_every_reference_leads_somewhere(document):
    for reference in set(references(document)):
        assert resolved(document, {"$ref": reference})


@ONE_IS_ENOUGH
def test_every_operation_names_its_key_and_scope(document):
    assert document["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}
    for name, operation, _ in operations(document):
        assert operation["security"], name
        assert all(list(one) == ["key"] and one["key"] for one in operation["security"]), name


@ONE_IS_ENOUGH
def test_a1_every_operation_answers_faults_with_a_problem(document):
    for name, operation, _ in operations(document):
        answers = operation["responses"].items()
        faults = {status: answer for status, answer in answers if not status.startswith("2")}
        assert {"401", "403", "404", "429", "500", "503", "default"} <= set(faults), name
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(faults), name
        for status, answer in faults.items():
            content = resolved(document, answer)["content"]
            assert list(content) == ["application/problem+json"], f"{name} {status}"
            assert content["application/problem+json"]["schema"]["$ref"].endswith("/ProblemOut")


@ONE_IS_ENOUGH
def test_every_answer_tells_the_time_and_who_shall_wait_how_long(document):
    for name, operation, _ in operations(document):
        for status, answer in operation["responses"].items():
            headers = set(resolved(document, answer).get("headers", {}))
            assert status == "default" or "Loyalty-Time" in headers, f"{name} {status}"
            assert ("Retry-After" in headers) == (status in {"409", "429", "503"}), f"{name} {status}"


@ONE_IS_ENOUGH
def test_every_answer_has_a_schema(document):
    for name, operation, _ in operations(document):
        answers = operation["responses"]
        assert any(status.startswith("2") for status in answers), name
        good = [answer for status, answer in answers.items() if status.startswith("2") and status != "204"]
        assert all(one["schema"] for answer in good for one in resolved(document, answer)["content"].values())


@ONE_IS_ENOUGH
def test_every_path_names_its_parts(document):
    for name, operation, shared in operations(document):
        named = {one["name"] for one in [*shared, *operation.get("parameters", [])] if one["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", name)), name


@ONE_IS_ENOUGH
def test_p2_changes_read_if_match_and_bodies_refuse_unknown_fields(document):
    for name, operation, _ in operations(document):
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        if name.startswith(("patch", "delete")):
            assert "If-Match" in headers, name
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("In"):
            assert schema["additionalProperties"] is False, name


@ONE_IS_ENOUGH
def test_a1_the_problem_of_a_real_refusal_fits_its_schema(client, document):
    schema = document["components"]["schemas"]["ProblemOut"] | {"components": document["components"]}
    refused = client.get("/v1/members/0").json
    assert jsonschema_rs.Draft202012Validator(schema | {"additionalProperties": True}).is_valid(refused)


@ONE_IS_ENOUGH
def test_a_real_member_fits_its_schema(make, document):
    make.programme()
    member = make.till().post("/members", {"name": "Ana"}, idempotency_key="k1").json
    schema = document["components"]["schemas"]["MemberOut"] | {"components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert [str(fault) for fault in validator.iter_errors(member)] == []
