"""Activities: what is told of them, and what is heard."""

from marshmallow import Schema, fields

from loyalty.api.fields import Instant, PairId, Text
from loyalty.api.schemas.attributes import attributes_of_fact
from loyalty.api.schemas.receipts import AfterOut, AwardOut
from loyalty.api.schemas.tills import BearerIn

_CODE = r"[a-z][a-z0-9_-]{0,39}"
_NAME = r"[^\x00-\x1f\x7f]*"


class FactIn(BearerIn):
    """Something a member did."""

    kind = Text(max=40, pattern=_CODE, required=True)
    reference = Text(max=100, pattern=_NAME, required=True)
    happened_at = Instant(required=True)
    attributes = attributes_of_fact()
    about = PairId(load_default=None, metadata={"description": "The sale it is about."})


class OpenedOut(Schema):
    """Points that had waited for it."""

    operation = fields.String(required=True, metadata={"description": "What promised them."})
    unit = fields.String(required=True)
    points = fields.Integer(required=True)


class FactOut(AfterOut):
    """What an activity led to."""

    fact_id = fields.String(required=True)
    award = fields.Nested(AwardOut, required=True)
    opened = fields.List(fields.Nested(OpenedOut), required=True)
    late = fields.Boolean(required=True, metadata={"description": "Judged by the edition and tier of now."})
    clock_ahead = fields.Boolean(required=True, metadata={"description": "The teller's clock runs ahead."})
