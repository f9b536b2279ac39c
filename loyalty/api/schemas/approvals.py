"""What a second person decides, on the wire."""

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Id, Instant, Text
from loyalty.api.paging import PageIn
from loyalty.api.schemas.points import AdjustmentOut
from loyalty.approvals import KINDS, STATES


class ApprovalsIn(PageIn):
    """Which requests to list."""

    state = fields.String(validate=validate.OneOf(STATES), load_default=None)
    kind = fields.String(validate=validate.OneOf(KINDS), load_default=None)


class ApprovalOut(Schema):
    """What a maker asked for, and what a second person made of it."""

    approval_id = Id(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    because = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it is void: too_old, too_late, another_edition or member_erased."},
    )
    content = fields.Dict(
        required=True, metadata={"description": "Exactly what is asked; lists leave documents out."}
    )
    digest = fields.String(
        required=True, metadata={"description": "Of what is asked: whoever decides sends it back."}
    )
    maker = fields.String(required=True)
    asked_at = Instant(required=True)
    void_at = Instant(required=True)
    checker = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    member_id = Id(required=True, allow_none=True)
    adjustment_id = fields.String(required=True, allow_none=True)
    edition = fields.Integer(required=True, allow_none=True)


class DecisionIn(Schema):
    """A decision about what was seen."""

    digest = Text(max=64, pattern="[0-9a-f]{64}", required=True)


class ApprovedAdjustmentOut(AdjustmentOut):
    """A correction as it was booked for two persons; nobody prints it."""

    class Meta:
        """Whoever approves replays the approval, not the correction."""

        exclude = ("replayed",)


class ApprovedOut(Schema):
    """A request that was approved, and what it led to."""

    approval_id = fields.String(required=True)
    state = fields.String(required=True)
    adjustment = fields.Nested(ApprovedAdjustmentOut, required=True, allow_none=True)
    edition = fields.Integer(required=True, allow_none=True)
