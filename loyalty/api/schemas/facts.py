"""Activities: what is told of them, and what is heard."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from loyalty.api.fields import Instant, PairId, Text
from loyalty.api.schemas.receipts import AfterOut, AwardOut
from loyalty.api.schemas.tills import BearerIn

MOST_ATTRIBUTES = 20
LONGEST_VALUE = 200
LARGEST_NUMBER = 10**15
_CODE = r"[a-z][a-z0-9_-]{0,39}"
_NAME = r"[^\x00-\x1f\x7f]*"


class Value(fields.Field[Any]):
    """Text, a whole number, or true or false; what is not exact is text."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | int | bool:
        short = isinstance(value, str) and len(value) <= LONGEST_VALUE
        exact = isinstance(value, int) and abs(value) <= LARGEST_NUMBER
        if not (short or exact):
            raise ValidationError("must be a text, a whole number, or true or false")
        return value  # type: ignore[no-any-return]


def few(attributes: dict[str, Any]) -> None:
    """Refuse more than a rule could want."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValidationError(f"at most {MOST_ATTRIBUTES}")


class FactIn(BearerIn):
    """Something a member did."""

    kind = Text(max=40, pattern=_CODE, required=True)
    reference = Text(max=100, pattern=_NAME, required=True)
    happened_at = Instant(required=True)
    attributes = fields.Dict(
        keys=Text(max=40, pattern="[a-z][a-z0-9_]*"),
        values=Value(),
        validate=few,
        load_default=dict,
        metadata={"description": "What the rules may ask of it; nothing personal."},
    )
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
