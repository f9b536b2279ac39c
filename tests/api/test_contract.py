"""The whole contract, as the document tells it, against a caller who knows nothing else: no answer is a
fault of ours, every error is a valid problem, and the books are sound afterwards (A1, A2)."""

import json
import os
from http import HTTPStatus

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.makers import Shopper

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUICK = 8  #: examples of each operation and mode
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@schemathesis.serializer("application/x-ndjson")
def as_lines(_, value: object) -> bytes:
    """A batch: one JSON text a line."""
    return value if isinstance(value, bytes) else "\n".join(map(json.dumps, [value] * 2)).encode()


def known(shopper: Shopper) -> dict[str, object]:
    """What a caller would have from answers it heard before: without it every answer is 404."""
    held, bought = shopper.hold(1), shopper.buy("10.00")
    spent = shopper.redeem(1)
    return {
        "member_id": shopper.member_id,
        "card": shopper.card,
        "hold_id": held["hold_id"],
        "purchase": bought["purchase_id"],
        "redemption": spent["redemption_id"],
    }


def told(case, names: dict[str, object]) -> None:
    """Put names that exist into a case."""
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            for name in names.keys() & part.keys():
                part[name] = names[name]


def is_problem(answer) -> bool:
    """Whether an error says all that a problem says."""
    body = answer.json()
    said = {"type", "title", "status", "code", "detail", "cashier_text", "action"} <= body.keys()
    return said and body["status"] == answer.status_code and len(body["cashier_text"]) <= 40


def walk(app, make, examples: int) -> None:
    make.club()
    shopper = make.shopper()
    shopper.adjust(10_000)
    names = known(shopper)
    headers = {"Authorization": f"Bearer {shopper.till._key}"}
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        for mode in MODES:
            attack(operation, mode, names, headers, examples)
    make.run("ledger", "verify")


def attack(operation, mode: GenerationMode, names: dict[str, object], headers, examples: int) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), insider=st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def one(case, insider):
        if insider:
            told(case, names)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            assert is_problem(answer), answer.text

    one()


def test_nothing_that_fits_or_breaks_the_document_is_a_fault_of_ours(app, make):
    walk(app, make, QUICK)


@pytest.mark.prove
def test_the_same_for_longer(app, make):
    walk(app, make, int(os.environ.get("MINUTES", "60")) * 10)
