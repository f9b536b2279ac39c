"""Events and webhook endpoints, on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates

from loyalty.api.fields import Instant, QueryInt, Text, Truth
from loyalty.api.paging import DEFAULT_LIMIT, MOST
from loyalty.decide.course import EVENT_KINDS
from loyalty.outbox import fault_of


def _kinds(**options: Any) -> fields.List[str]:
    kinds = validate.OneOf(sorted(EVENT_KINDS), error="is none of {choices}")
    return fields.List(fields.String(validate=kinds), validate=validate.Length(max=50), **options)


class EventsIn(Schema):
    """Where in the line of events to go on."""

    after = Text(max=20, load_default=None, metadata={"description": "The last event_id that was read."})
    limit = QueryInt(min=1, max=MOST, load_default=DEFAULT_LIMIT)


class EventOut(Schema):
    """One event of one member; `seq` counts the member's own."""

    event_id = fields.String(required=True)
    type = fields.String(required=True)
    member_id = fields.String(required=True)
    seq = fields.Integer(required=True)
    timestamp = Instant(required=True)
    data = fields.Dict(required=True)


class EventsOut(Schema):
    """A stretch of the line; `next` is where to go on, null when there is no more yet."""

    items = fields.List(fields.Nested(EventOut), required=True)
    next = fields.String(required=True, allow_none=True)


class EndpointIn(Schema):
    """An address to tell of events."""

    url = Text(max=500, required=True)
    kinds = _kinds(load_default=list)

    @validates("url")
    def may_be_told(self, url: str, **_: Any) -> None:
        """Refuse what is no https address of a public host."""
        if (fault := fault_of(url)) is not None:
            raise ValidationError(fault)


class EndpointChangeIn(EndpointIn):
    """What may change; `rotate_secret` draws a new secret, the old one signs along for 24 hours."""

    url = Text(max=500)
    kinds = _kinds()
    state = fields.String(validate=validate.OneOf(["active", "paused"]))
    rotate_secret = Truth(load_default=False)


class EndpointOut(Schema):
    """A webhook endpoint; `secret` is shown when it is made and when it is rotated."""

    endpoint_id = fields.String(required=True)
    url = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(["active", "paused", "failed"]))
    failures = fields.Integer(required=True)
    fault = fields.String(required=True, allow_none=True)
    next_try_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    secret = fields.String(metadata={"description": "For Standard Webhooks: whsec_…"})


class EndpointsOut(Schema):
    """A client's own endpoints."""

    items = fields.List(fields.Nested(EndpointOut), required=True)
    next = fields.String(required=True, allow_none=True)
