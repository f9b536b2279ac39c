"""What tills hear: sales, holds and redemptions as they were booked."""

from marshmallow import Schema, fields

from loyalty.api.fields import Day, Instant, Quantity
from loyalty.api.schemas.points import TierChangeOut, UnitPointsOut


class ReasonOut(Schema):
    """What one rule gave; a cap shows below zero."""

    rule = fields.String(required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)


class PromiseOut(Schema):
    """Points that become usable later."""

    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    opens_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    event = fields.String(required=True, allow_none=True, metadata={"description": "The fact they wait for."})
    lapses_at = fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date-time", "description": "Gone from then on, unless the fact was told."},
    )


class AwardOut(Schema):
    """What a sale earned, by which rules."""

    units = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    because = fields.List(fields.Nested(ReasonOut), required=True)
    pending = fields.List(fields.Nested(PromiseOut), required=True)


class AfterOut(Schema):
    """What every answer about points ends with."""

    balance = fields.Dict(keys=fields.String(), values=fields.Nested(UnitPointsOut), required=True)
    tier = fields.String(required=True, allow_none=True)
    tier_change = fields.Nested(TierChangeOut, required=True, allow_none=True)
    edition = fields.Integer(required=True)
    print = fields.List(fields.String(), required=True, metadata={"description": "Lines for the receipt."})
    replayed = fields.Boolean(required=True)


class PaidWithPointsOut(Schema):
    """What of a sale was paid with points."""

    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    money = fields.String(required=True)
    redemption_id = fields.String(required=True, metadata={"description": "What spent the points."})


class PurchaseOut(AfterOut):
    """What a sale led to."""

    purchase_id = fields.String(required=True)
    award = fields.Nested(AwardOut, required=True)
    paid_with_points = fields.Nested(PaidWithPointsOut, required=True, allow_none=True)
    quote = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`used`, or `expired`: then the edition is that of the sale."},
    )
    flags = fields.List(
        fields.String(), required=True, metadata={"description": "What was odd: `late`, `clock_ahead`, …"}
    )
    late = fields.Boolean(required=True, metadata={"description": "Judged by the edition and tier of now."})
    clock_ahead = fields.Boolean(required=True, metadata={"description": "The till's clock runs ahead."})


class UsableOut(Schema):
    """How much of a sale points of a unit could pay now, in whole steps."""

    max_points = fields.Integer(required=True)
    max_money = fields.String(required=True, metadata={"description": "What these points pay."})
    step = fields.Integer(required=True)


class QuoteOut(Schema):
    """What a sale would lead to now."""

    quote_id = fields.String(required=True)
    award = fields.Nested(AwardOut, required=True)
    usable = fields.Dict(keys=fields.String(), values=fields.Nested(UsableOut), required=True)
    tier = fields.String(required=True, allow_none=True)
    tier_change = fields.Nested(TierChangeOut, required=True, allow_none=True)
    edition = fields.Integer(required=True)
    valid_until = Instant(required=True)


class HoldOut(AfterOut):
    """A hold, and how it was closed."""

    hold_id = fields.String(required=True)
    redemption_id = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    captured = fields.Integer(required=True)
    state = fields.String(required=True)
    ends_at = fields.String(required=True, metadata={"format": "date-time"})


class RedemptionOut(AfterOut):
    """Points that were spent."""

    redemption_id = fields.String(required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    pooled = fields.Integer(
        required=True, dump_default=0, metadata={"description": "Of these, what the household paid (M8)."}
    )
    reversed = fields.Integer(required=True)
    reference = fields.String(required=True)


class ReversalOut(RedemptionOut):
    """Points that were given back."""

    reversal_id = fields.String(required=True)


class SaleLineOut(Schema):
    """A line as it was sold, and what of it came back."""

    line = fields.Integer(required=True)
    sku = fields.String(required=True)
    category = fields.String(required=True)
    quantity = Quantity(required=True)
    amount = fields.String(required=True)
    returned_quantity = Quantity(required=True)
    returned_amount = fields.String(required=True)


class TenderOut(Schema):
    """How a part of a sale was paid."""

    kind = fields.String(required=True)
    amount = fields.String(required=True)


class SaleOut(Schema):
    """A sale in the books, for a reprint."""

    purchase_id = fields.String(required=True)
    store = fields.String(required=True)
    terminal = fields.String(required=True)
    business_date = Day(required=True)
    receipt = fields.String(required=True)
    sold_at = Instant(required=True)
    cashier = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    amount = fields.String(required=True)
    returned = fields.String(required=True)
    lines = fields.List(fields.Nested(SaleLineOut), required=True)
    tenders = fields.List(fields.Nested(TenderOut), required=True)
    rounding = fields.String(required=True)
    paid_with_points = fields.Nested(PaidWithPointsOut, required=True, allow_none=True)
    flags = fields.List(fields.String(), required=True)
    cancelled_at = Instant(required=True, allow_none=True)
    award = fields.Nested(AwardOut, required=True)
    edition = fields.Integer(required=True)


class HoldViewOut(Schema):
    """A hold as the clock has left it."""

    hold_id = fields.String(required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    captured = fields.Integer(required=True)
    state = fields.String(required=True)
    taken_at = Instant(required=True)
    ends_at = Instant(required=True)


class RedemptionViewOut(Schema):
    """A redemption or a capture, and what of it was given back."""

    redemption_id = fields.String(required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    pooled = fields.Integer(
        required=True, metadata={"description": "Of these, what the household paid (M8)."}
    )
    reversed = fields.Integer(required=True)
    reference = fields.String(required=True, allow_none=True)
    for_ = fields.String(required=True, allow_none=True, data_key="for", attribute="for")
    redeemed_at = Instant(required=True)
    edition = fields.Integer(required=True)
