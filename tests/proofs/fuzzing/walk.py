"""Schemathesis: what the document allows and what it forbids, and whether answers are what it says."""

import json
import random
from collections import Counter
from functools import cache
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.proofs.fuzzing.asking import fault_of
from tests.proofs.fuzzing.contract import NDJSON
from tests.proofs.fuzzing.world import World

EXAMPLES = 2  #: of each call in each walk
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schemathesis.serializer(NDJSON)
def as_lines(_: object, value: object) -> bytes:
    """A batch: one JSON text a line."""
    return value if isinstance(value, bytes) else "\n".join(map(json.dumps, [value] * 2)).encode()


@cache
def contract(document: str) -> Any:
    """The contract as Schemathesis reads it: kept, for making strategies of it takes seconds."""
    return schemathesis.openapi.from_dict(json.loads(document))


def walk(app: Flask, document: str, world: World, rng: random.Random) -> Counter[str]:
    """Every call a few times, by what the document allows or by what it forbids."""
    counted = Counter[str]()
    for found in contract(document).get_all_operations():
        call = found.ok()

        @seed(rng.getrandbits(32))
        @given(case=call.as_strategy(generation_mode=rng.choice(MODES)), insider=st.booleans())
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        def one(case: Case, insider: bool) -> None:
            if insider:
                _tell(case, world.names())
            answer = case.call(app=app, headers={"Authorization": f"Bearer {world.key}"})
            case.validate_response(answer, checks=CHECKS)
            status = answer.status_code
            if status >= 400:
                fault = fault_of(status, answer.json(), "retry-after" in answer.headers)
                assert fault is None, (fault, answer.text)
            counted.update({"requests": 1, f"{status // 100}xx": 1, "by Schemathesis": 1})

        one()
    return counted


def _tell(case: Case, names: dict[str, str]) -> None:
    """Put names that exist into a case: without them every answer is 404."""
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            for name in names.keys() & part.keys():
                part[name] = names[name]
