"""A store's day, as its tills have it and as we have it."""

from typing import Any

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Day, MoneyText, Text, WholeInt
from loyalty.api.schemas.tills import minor
from loyalty.errors import Invalid
from loyalty.money import money_text
from loyalty.reads.reconciliation import Reconciled, Told
from loyalty.reads.store_day import Slip, Total

MOST_RECEIPTS = 10_000
_NAME = r"[^\x00-\x1f\x7f]*"
_DIFFERENCES = ("missing_here", "missing_there", "amount_differs", "cancelled_here", "under_review")


class TotalIn(Schema):
    """So many receipts, and the sum of their lines."""

    count = WholeInt(required=True)
    amount = MoneyText(required=True)


class TotalsIn(Schema):
    """A day's totals; cancelled sales count in none of them."""

    sales = fields.Nested(TotalIn, required=True)
    returns = fields.Nested(TotalIn, required=True)
    redeemed = fields.Nested(TotalIn, metadata={"description": "What sales were paid with points, in money."})


class SlipIn(Schema):
    """One receipt of the day."""

    terminal = Text(max=40, pattern=_NAME, required=True)
    receipt = Text(max=60, pattern=_NAME, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["sale", "return"]))
    amount = MoneyText(required=True)


class ReconciliationIn(Schema):
    """A store's business day."""

    store = Text(max=40, pattern=_NAME, required=True)
    business_date = Day(required=True)
    totals = fields.Nested(TotalsIn, required=True)
    receipts = fields.List(fields.Nested(SlipIn), validate=validate.Length(max=MOST_RECEIPTS))


class TotalOut(Schema):
    """So many receipts, and what they come to."""

    count = fields.Integer(required=True)
    amount = fields.String(required=True)


class TotalsOut(Schema):
    """The day in our books."""

    sales = fields.Nested(TotalOut, required=True)
    returns = fields.Nested(TotalOut, required=True)
    redeemed = fields.Nested(TotalOut, required=True)


class DifferenceOut(Schema):
    """One receipt on which the two disagree."""

    terminal = fields.String(required=True)
    receipt = fields.String(required=True)
    kind = fields.String(required=True)
    difference = fields.String(required=True, validate=validate.OneOf(_DIFFERENCES))
    ours = fields.String(required=True, allow_none=True)
    theirs = fields.String(required=True, allow_none=True)


class ReconciliationOut(Schema):
    """How the two days compare."""

    match = fields.Boolean(required=True)
    ours = fields.Nested(TotalsOut, required=True)
    differences = fields.List(fields.Nested(DifferenceOut), required=True)


def told_day(data: dict[str, Any], currency: str) -> Told:
    """A loaded day in minor units. Raises Invalid, also when a receipt stands twice."""
    totals = {
        name: Total(total["count"], minor(total["amount"], currency, f"totals.{name}.amount"))
        for name, total in data["totals"].items()
    }
    if "receipts" not in data:
        return Told(totals)
    receipts = tuple(
        Slip(
            one["terminal"],
            one["receipt"],
            one["kind"],
            minor(one["amount"], currency, f"receipts.{no}.amount"),
        )
        for no, one in enumerate(data["receipts"])
    )
    if len({slip.key for slip in receipts}) != len(receipts):
        raise Invalid(fields={"receipts": "a receipt stands twice"})
    return Told(totals, receipts)


def compared(found: Reconciled, currency: str) -> dict[str, Any]:
    """The comparison as it is printed."""
    return {
        "match": found.match,
        "ours": {
            name: {"count": total.count, "amount": money_text(total.amount_minor, currency)}
            for name, total in found.ours.items()
        },
        "differences": [
            {
                "terminal": one.terminal,
                "receipt": one.receipt,
                "kind": one.kind,
                "difference": one.difference,
                "ours": None if one.ours_minor is None else money_text(one.ours_minor, currency),
                "theirs": None if one.theirs_minor is None else money_text(one.theirs_minor, currency),
            }
            for one in found.differences
        ],
    }
