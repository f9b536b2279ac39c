"""What the baseline reads and answers."""

from marshmallow import Schema, fields, validate


class LineIn(Schema):
    """A line of a receipt."""

    line = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=9999))
    sku = fields.String(load_default="", validate=validate.Length(max=60))
    category = fields.String(load_default="", validate=validate.Length(max=60))
    quantity = fields.Decimal(load_default=1)
    amount = fields.Decimal(required=True, places=2)


class PurchaseIn(Schema):
    """A finished sale."""

    store = fields.String(required=True, validate=validate.Length(min=1, max=40))
    terminal = fields.String(required=True, validate=validate.Length(min=1, max=40))
    business_date = fields.Date(required=True)
    receipt = fields.String(required=True, validate=validate.Length(min=1, max=60))
    card = fields.String(required=True, validate=validate.Length(min=1, max=40))
    sold_at = fields.AwareDateTime(required=True)
    currency = fields.String(required=True, validate=validate.Equal("EUR"))
    lines = fields.List(fields.Nested(LineIn), required=True, validate=validate.Length(min=1, max=500))


class ReasonOut(Schema):
    """What one rule gave."""

    rule = fields.String()
    unit = fields.String()
    points = fields.Integer()


class AwardOut(Schema):
    """What the sale earned, and by which rules."""

    units = fields.Dict(keys=fields.String(), values=fields.Integer())
    because = fields.List(fields.Nested(ReasonOut))


class PurchaseOut(Schema):
    """What a sale led to."""

    purchase_id = fields.Integer()
    award = fields.Nested(AwardOut)
    balance = fields.Dict(keys=fields.String(), values=fields.Integer())
    tier = fields.String()
    tier_change = fields.Dict(allow_none=True)
