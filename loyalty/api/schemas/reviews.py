"""What a person must look at, and what became of it; one line of a batch's answer."""

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Day, Id, Instant
from loyalty.api.paging import PageIn
from loyalty.api.schemas.receipts import AfterOut, AwardOut, PurchaseOut

_STATES = ["open", "released", "rejected", "cancelled"]


class HeldSaleOut(AfterOut):
    """A sale that was told and is not booked: a person looks at it first."""

    review_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.Equal("held_for_review"))
    reason = fields.String(
        required=True, metadata={"description": "The ceiling it is above, as `earn.member_day`."}
    )


class ReviewsIn(PageIn):
    """Which reviews to list."""

    state = fields.String(validate=validate.OneOf(_STATES), load_default=None)


class ReviewOut(Schema):
    """A sale held for review."""

    review_id = Id(required=True)
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    reason = fields.String(required=True)
    member_id = Id(required=True)
    store = fields.String(required=True)
    terminal = fields.String(required=True)
    business_date = Day(required=True)
    receipt = fields.String(required=True)
    sold_at = Instant(required=True)
    cashier = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    amount = fields.String(required=True)
    client = fields.String(required=True, metadata={"description": "Who told it."})
    held_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_by = fields.String(required=True, allow_none=True)
    purchase_id = fields.String(required=True, allow_none=True, metadata={"description": "When released."})


class BookedSaleOut(PurchaseOut):
    """What a released sale led to; nobody prints it."""

    class Meta:
        """Whoever releases has no printer, and replays the release, not the sale."""

        exclude = ("print", "replayed")


class ReleasedOut(Schema):
    """A review that was released, and what its sale led to."""

    review_id = fields.String(required=True)
    state = fields.String(required=True)
    purchase = fields.Nested(BookedSaleOut, required=True)


class BatchOutcomeOut(Schema):
    """What became of one line of a batch."""

    line = fields.Integer(required=True, metadata={"description": "From 1."})
    status = fields.String(
        required=True, validate=validate.OneOf(["created", "replayed", "refused", "quarantined"])
    )
    code = fields.String(metadata={"description": "Of a refusal, as in the table of refusals."})
    action = fields.String(metadata={"description": "Of a refusal: `retry` is worth sending again."})
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields", attribute="fields")
    purchase_id = fields.String()
    award = fields.Nested(AwardOut)
    review_id = fields.String()
    reason = fields.String(metadata={"description": "Why it is quarantined."})
