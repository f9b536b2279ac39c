"""Rewards on the wire: the catalogue, orders, vouchers."""

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Day, Text, Truth
from loyalty.api.schemas.receipts import AfterOut
from loyalty.api.schemas.tills import BearerIn

_NAME = r"[^\x00-\x1f\x7f]*"
_STATES = ["open", "used", "sent", "cancelled"]


class RewardOut(Schema):
    """One thing that points buy; null where there is no bound."""

    reward = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    nature = fields.String(required=True)
    delivery = fields.String(required=True, validate=validate.OneOf(["voucher", "order"]))
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    left = fields.Integer(required=True, allow_none=True)
    tiers = fields.List(fields.String(), required=True, metadata={"description": "Empty: any."})
    last_day = Day(required=True, allow_none=True)


class RewardsOut(Schema):
    """What is sold now."""

    items = fields.List(fields.Nested(RewardOut), required=True)


class RewardOrderIn(BearerIn):
    """A reward to buy."""

    reward = Text(max=40, pattern="[a-z][a-z0-9_-]*", required=True)
    pool = Truth(
        load_default=False,
        metadata={"description": "With the points of the household, where the member has too few (M8)."},
    )
    reference = Text(max=100, pattern=_NAME, required=True)


class RewardOrderOut(Schema):
    """A reward that was bought."""

    order_id = fields.String(required=True)
    reward = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    voucher = fields.String(required=True, allow_none=True)
    valid_until = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    last_day = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    reference = fields.String(required=True)
    ordered_at = fields.String(required=True, metadata={"format": "date-time"})
    closed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    place = fields.String(required=True, allow_none=True)
    edition = fields.Integer(required=True)


class OrderedOut(AfterOut, RewardOrderOut):
    """An order, and what it left of the points."""


class OrdersOut(Schema):
    """All that a member bought."""

    items = fields.List(fields.Nested(RewardOrderOut), required=True)


class VoucherUseIn(Schema):
    """A voucher that is taken at a place."""

    place = Text(max=40, load_default=None)
    reference = Text(max=100, pattern=_NAME, required=True)


class VoucherOut(Schema):
    """A voucher that was burned: nothing of the member."""

    reward = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    state = fields.String(required=True)
    closed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    place = fields.String(required=True, allow_none=True)
