"""The sales of tills that were offline: a line in, a line out, each a transaction of its own (P16)."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from flask import Response, request, stream_with_context
from marshmallow import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from loyalty import problems
from loyalty.actions.earn import earn
from loyalty.api import guessing, rehearsal
from loyalty.api.auth import needs, speaks_for
from loyalty.api.carrying import carry
from loyalty.api.quotes import QUOTES
from loyalty.api.resource import Resource, View, takes_long_bodies
from loyalty.api.schemas.reviews import BatchOutcomeOut
from loyalty.api.schemas.tills import PurchaseIn
from loyalty.api.strict_json import MAX_BODY_BYTES, faults, parse
from loyalty.errors import BatchTooLong, Invalid, Refusal
from loyalty.rooms import rooms

NDJSON = "application/x-ndjson"
MOST_LINES = 10_000
_LOG = logging.getLogger(__name__)
_PROBLEM = "#/components/responses/problem_"
_TAKES_LINES = {
    "requestBody": {
        "required": True,
        "description": f"Up to {MOST_LINES} lines and 5 MB; each line is one sale.",
        "content": {NDJSON: {"schema": {"$ref": "#/components/schemas/PurchaseIn"}}},
    },
    "responses": {str(status): {"$ref": f"{_PROBLEM}{status}"} for status in (400, 413, 415, 422)},
}

batches = Resource("batches", "/purchases/batch", "Sales of tills that were offline.")


def _names_members(view: View) -> View:
    guessing.note_asking(view, PurchaseIn)
    return view


@batches.route("", methods=["POST"])
@needs("points:earn")
@takes_long_bodies
@_names_members
@batches.doc(**_TAKES_LINES)
@batches.response(200, BatchOutcomeOut, content_type=NDJSON)
def record_all() -> Any:
    """Report the sales of an offline stretch; each line is answered by one, in order, as it is carried out.

    Receipts are the keys: a batch may be cut, mixed and sent again. A line that is odd (too old, stamped
    ahead, more than a terminal may tell) is quarantined for review. Points are not spent offline.
    """
    return Response(stream_with_context(_outcomes(_lines())), mimetype=NDJSON)


def _lines() -> list[bytes]:
    """The body, line by line, without blank ones at its end. Raises BatchTooLong."""
    if request.mimetype != NDJSON or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType
    if request.content_encoding not in (None, "identity"):
        raise UnsupportedMediaType
    lines = request.get_data(cache=True).rstrip().split(b"\n")
    if len(lines) > MOST_LINES:
        raise BatchTooLong(lines=len(lines), most=MOST_LINES)
    return lines if lines != [b""] else []


def _outcomes(lines: list[bytes]) -> Iterator[str]:
    for no, text in enumerate(lines, start=1):
        outcome = {"line": no} | _outcome(text)
        yield json.dumps(outcome, ensure_ascii=False, separators=(",", ":")) + "\n"


def _outcome(text: bytes) -> dict[str, Any]:
    """What became of one line; whatever it is, the next one is heard."""
    try:
        return _booked(text)
    except Refusal as refused:
        refusal = guessing.heard(refused)
        told = {"status": "refused", "code": refusal.code, "action": problems.problem_of(refusal).action}
        return told | ({"fields": refusal.facts["fields"]} if "fields" in refusal.facts else {})
    except Exception:
        _LOG.exception("batch_line_failed")
        code, problem = problems.PROTOCOL[500]
        return {"status": "refused", "code": code, "action": problem.action}


def _booked(text: bytes) -> dict[str, Any]:
    if len(text) > MAX_BODY_BYTES:
        raise Invalid(fields={"body": f"is longer than {MAX_BODY_BYTES} bytes"})
    guessing.refuse_locked()
    told = parse(text)
    try:
        bearer, fact = PurchaseIn().load(told)
    except ValidationError as error:
        raise Invalid(fields=dict(sorted(faults(error).items()))) from None
    speaks_for(fact.receipt.store, fact.receipt.terminal)
    rehearsal.meet(told)
    secrets = rooms().settings.keys_for(QUOTES)
    answer, replayed = carry(
        lambda session, editions, asking: earn(
            session, editions, bearer, fact, asking=asking, quote_secrets=secrets, offline=True
        ),
        keyed=False,
    )
    if "review_id" in answer:
        return {"status": "quarantined", "review_id": answer["review_id"], "reason": answer["reason"]}
    said = {"purchase_id": answer["purchase_id"], "award": answer["award"]}
    return {"status": "replayed" if replayed else "created"} | said
