"""What tills tell: sales, returns, holds and redemptions."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from loyalty.actions.who import Bearer
from loyalty.api.fields import CardNumber, Day, Id, Instant, MoneyText, Quantity, Text, WholeInt
from loyalty.errors import Invalid
from loyalty.money import MINOR_DIGITS, MoneyFaulty, parse_money
from loyalty.sales import Line, Purchase, Receipt, Return, ReturnedLine

LONGEST_HOLD_SECONDS = 30 * 24 * 3600
USUAL_HOLD_SECONDS = 15 * 60
_NAME = r"[^\x00-\x1f\x7f]*"


class BearerIn(Schema):
    """Whose points: a card, or the member's own id; exactly one of them."""

    card = CardNumber()
    member_id = Id()

    @validates_schema(skip_on_field_errors=False)
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and refuse both."""
        if ("card" in data) == ("member_id" in data):
            raise ValidationError("exactly one of card, member_id", "card")


def bearer_of(data: dict[str, Any]) -> Bearer:
    """Take the bearer out of loaded data."""
    return Bearer(data.pop("card", None), data.pop("member_id", None))


class ReceiptIn(Schema):
    """The business key of a sale."""

    store = Text(max=40, pattern=_NAME, required=True)
    terminal = Text(max=40, pattern=_NAME, required=True)
    business_date = Day(required=True)
    receipt = Text(max=60, pattern=_NAME, required=True)

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> Receipt:
        """As sales name it."""
        return Receipt(**data)


class LineIn(Schema):
    """One line of a receipt."""

    line = WholeInt(min=1, max=9999, required=True)
    sku = Text(max=60, min=0, pattern=_NAME, load_default="")
    category = Text(max=60, min=0, pattern=_NAME, load_default="")
    quantity = Quantity(metadata={"description": "1 when left out."})
    amount = MoneyText(required=True, metadata={"description": "Net of discounts."})


class PurchaseIn(BearerIn):
    """A finished sale."""

    store = Text(max=40, pattern=_NAME, required=True)
    terminal = Text(max=40, pattern=_NAME, required=True)
    business_date = Day(required=True)
    receipt = Text(max=60, pattern=_NAME, required=True)
    sold_at = Instant(required=True)
    cashier = Text(max=40, pattern=_NAME, load_default=None)
    currency = fields.String(required=True, validate=validate.OneOf(sorted(MINOR_DIGITS)))
    lines = fields.List(fields.Nested(LineIn), required=True, validate=validate.Length(min=1, max=500))

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> tuple[Bearer, Purchase]:
        """The bearer and the sale; amounts become minor units of the currency (N2)."""
        currency, bearer = data["currency"], bearer_of(data)
        receipt = Receipt(data["store"], data["terminal"], data["business_date"], data["receipt"])
        lines = tuple(
            Line(
                line["line"],
                line["sku"],
                line["category"],
                line.get("quantity", 1000),
                minor(line["amount"], currency, f"lines.{place}.amount"),
            )
            for place, line in enumerate(data["lines"])
        )
        refuse_twins([line.line for line in lines])
        return bearer, Purchase(receipt, data["sold_at"], currency, lines, data["cashier"])


class ReturnedLineIn(Schema):
    """Goods of one line that came back."""

    line = WholeInt(min=1, max=9999, required=True)
    quantity = Quantity(required=True)
    amount = MoneyText(required=True)


class ReturnIn(Schema):
    """Goods that came back: by lines, or by an amount."""

    store = Text(max=40, pattern=_NAME, required=True)
    terminal = Text(max=40, pattern=_NAME, required=True)
    business_date = Day(required=True)
    return_ref = Text(max=60, pattern=_NAME, required=True)
    returned_at = Instant(required=True)
    lines = fields.List(fields.Nested(ReturnedLineIn), validate=validate.Length(min=1, max=500))
    amount = MoneyText()

    @validates_schema(skip_on_field_errors=False)
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and refuse both."""
        if ("lines" in data) == ("amount" in data):
            raise ValidationError("exactly one of lines, amount", "lines")


class ReturnByReceiptIn(ReturnIn):
    """A return that names its sale by the receipt."""

    original = fields.Nested(ReceiptIn, required=True)


def returned(data: dict[str, Any], currency: str) -> Return:
    """A loaded return in minor units of the club's currency."""
    lines = tuple(
        ReturnedLine(line["line"], line["quantity"], minor(line["amount"], currency, f"lines.{place}.amount"))
        for place, line in enumerate(data.get("lines", ()))
    )
    refuse_twins([line.line for line in lines])
    amount = minor(data["amount"], currency, "amount") if "amount" in data else 0
    name = Receipt(data["store"], data["terminal"], data["business_date"], data["return_ref"])
    return Return(name, data["returned_at"], lines, amount)


class HoldIn(BearerIn):
    """Points to set aside."""

    points = WholeInt(min=1, required=True)
    unit = Text(max=40, load_default=None)
    reference = Text(max=100, pattern=_NAME, required=True)
    ends_in_seconds = WholeInt(min=1, max=LONGEST_HOLD_SECONDS, load_default=USUAL_HOLD_SECONDS)


class CaptureIn(Schema):
    """How much of a hold is spent; all of it when left out."""

    points = WholeInt(min=1, load_default=None)


class RedemptionIn(BearerIn):
    """Points to spend."""

    points = WholeInt(min=1, required=True)
    unit = Text(max=40, load_default=None)
    reference = Text(max=100, pattern=_NAME, required=True)
    for_ = Text(max=100, pattern=_NAME, data_key="for", load_default=None)


class ReversalIn(Schema):
    """How much of a redemption is given back; all that is left when left out."""

    points = WholeInt(min=1, load_default=None)
    reference = Text(max=100, pattern=_NAME, required=True)


class ReferenceIn(Schema):
    """The caller's own name for a thing."""

    reference = Text(max=100, required=True)


def minor(text: str, currency: str, field: str) -> int:
    """Minor units of an amount. Raises Invalid at the field (N2)."""
    try:
        return parse_money(text, currency)
    except MoneyFaulty as fault:
        raise Invalid(fields={field: str(fault)}) from None


def refuse_twins(lines: list[int]) -> None:
    """Line numbers name lines. Raises Invalid when one stands twice."""
    if len(set(lines)) != len(lines):
        raise Invalid(fields={"lines": "a line number stands twice"})
