"""Premiums: what a core system tells, and what it hears."""

import re
from typing import Any

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Day, Instant, MoneyText, Text
from loyalty.api.schemas.points import TierChangeOut, UnitPointsOut
from loyalty.api.schemas.policies import NAME
from loyalty.api.schemas.receipts import AwardOut
from loyalty.api.schemas.tills import minor
from loyalty.money import MINOR_DIGITS
from loyalty.policies import PaidPremium

REFERENCE = re.compile(r"[^\x00-\x1f\x7f/]{1,100}")  #: how a premium may be called: paths name it too


class PremiumIn(Schema):
    """A premium that was paid."""

    policy_no = Text(max=60, pattern=NAME, required=True)
    due_on = Day(required=True, metadata={"description": "It counts for the policy year of this day."})
    paid_at = Instant(required=True)
    amount = MoneyText(required=True)
    currency = fields.String(
        load_default=None,
        validate=validate.OneOf(sorted(MINOR_DIGITS), error="is no active ISO 4217 code"),
        metadata={"description": "The club's, where it is left out."},
    )
    reference = Text(max=100, pattern=REFERENCE.pattern, required=True)


class PremiumAfterOut(Schema):
    """What every answer about a premium ends with."""

    balance = fields.Dict(keys=fields.String(), values=fields.Nested(UnitPointsOut), required=True)
    tier = fields.String(required=True, allow_none=True)
    tier_change = fields.Nested(TierChangeOut, required=True, allow_none=True)
    edition = fields.Integer(required=True)
    replayed = fields.Boolean(required=True)


class PremiumOut(PremiumAfterOut):
    """What a premium led to for the holder of its policy."""

    premium_id = fields.String(required=True)
    reference = fields.String(required=True)
    policy_no = fields.String(required=True)
    member_id = fields.String(required=True, metadata={"description": "Who held the policy then."})
    year = fields.Integer(required=True, metadata={"description": "The policy year it was due in, from 1."})
    award = fields.Nested(AwardOut, required=True)
    late = fields.Boolean(required=True, metadata={"description": "Judged by the edition and tier of now."})
    clock_ahead = fields.Boolean(required=True, metadata={"description": "The teller's clock runs ahead."})


class PremiumReversedOut(PremiumAfterOut):
    """What reversing a premium undid."""

    reference = fields.String(required=True)
    was = fields.String(required=True, metadata={"description": "What it found: `booked` or `unseen`."})
    premium_id = fields.String(required=True, allow_none=True)
    policy_no = fields.String(required=True, allow_none=True)
    member_id = fields.String(required=True, allow_none=True)
    taken_back = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    shortfall = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    debt = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


def paid_premium(told: dict[str, Any], club_currency: str) -> PaidPremium:
    """A loaded premium, in minor units. Raises Invalid for an amount that the currency does not know (N2)."""
    currency = told["currency"] or club_currency
    amount_minor = minor(told["amount"], currency, "amount")
    return PaidPremium(
        told["reference"], told["policy_no"], told["due_on"], told["paid_at"], amount_minor, currency
    )
