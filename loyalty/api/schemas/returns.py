"""What tills tell of goods that come back and of what is cancelled, and what they hear."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from loyalty.actions.who import Bearer
from loyalty.api.fields import CardNumber, CodeText, Day, Id, Instant, MoneyText, Quantity, Text, WholeInt
from loyalty.api.schemas.receipts import AfterOut
from loyalty.api.schemas.tills import ReceiptIn, minor, refuse_twins
from loyalty.sales import Line, Receipt, Return, ReturnedLine

_NAME = r"[^\x00-\x1f\x7f]*"
_BEARERS = frozenset({"card", "token", "member_id"})


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


class GoodsIn(ReturnedLineIn):
    """Goods that came back: of a line of the sale, or as they are known without a receipt."""

    quantity = Quantity(metadata={"description": "Without a receipt, 1 when left out."})
    sku = Text(max=60, min=0, pattern=_NAME, metadata={"description": "Without a receipt."})
    category = Text(max=60, min=0, pattern=_NAME, metadata={"description": "Without a receipt."})


class ReturnByNameIn(ReturnIn):
    """A return that names its sale by the receipt, or, where there is none, whose points it is about."""

    original = fields.Nested(ReceiptIn)
    card = CardNumber()
    token = CodeText()
    member_id = Id()
    lines = fields.List(fields.Nested(GoodsIn), validate=validate.Length(min=1, max=500))

    @validates_schema(skip_on_field_errors=False)
    def by_receipt_or_bearer(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and refuse two; with a receipt the goods are lines of the sale."""
        if len((_BEARERS | {"original"}) & set(data)) != 1:
            raise ValidationError("exactly one of original, card, token, member_id", "original")
        if "original" not in data:
            return
        for place, line in enumerate(data.get("lines", ())):
            if "quantity" not in line:
                raise ValidationError("is needed with a receipt", f"lines.{place}.quantity")
            if {"sku", "category"} & set(line):
                raise ValidationError("the sale knows sku and category", f"lines.{place}")


class CancelIn(Schema):
    """The receipt of a sale that shall be void."""

    store = Text(max=40, pattern=_NAME, required=True)
    terminal = Text(max=40, pattern=_NAME, required=True)
    business_date = Day(required=True)
    receipt = Text(max=60, pattern=_NAME, required=True)
    cancel_ref = Text(max=60, pattern=_NAME, required=True)

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> tuple[Receipt, str]:
        """The receipt, and the till's name for the cancellation."""
        cancel_ref = data.pop("cancel_ref")
        return Receipt(**data), cancel_ref


class RefundOut(Schema):
    """What goes back to the customer; empty where the sale told no tenders."""

    money_by_tender = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    points = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class UndoneOut(AfterOut):
    """What was taken back, what is owed, and what goes back to the customer."""

    taken_back = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    shortfall = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    debt = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    refund = fields.Nested(RefundOut, required=True)


class ReturnOut(UndoneOut):
    """What a return took back."""

    return_id = fields.String(required=True)
    purchase_id = fields.String(
        required=True, allow_none=True, metadata={"description": "None without a receipt."}
    )


class CancelOut(UndoneOut):
    """What a cancellation undid."""

    purchase_id = fields.String(required=True, allow_none=True)
    was = fields.String(
        required=True,
        metadata={
            "description": "What it found: `booked`, `unseen`, `under_review`, `rejected`, `cancelled`."
        },
    )
    void = fields.Boolean(required=True, metadata={"description": "Cancelled on the sale's own day."})


class SpendingCancelOut(AfterOut):
    """What cancelling a hold or a redemption by its reference undid."""

    reference = fields.String(required=True)
    was = fields.String(
        required=True,
        metadata={
            "description": "What it found: `unseen`, `open`, `captured`, `redeemed`, `voided`, `ended`,"
            " `reversed`, `cancelled`."
        },
    )
    hold_id = fields.String(required=True, allow_none=True)
    redemption_id = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    points = fields.Integer(required=True, metadata={"description": "Let go, or given back."})


def returned(data: dict[str, Any], currency: str) -> Return:
    """A loaded return against a receipt, in minor units of the club's currency."""
    lines = tuple(
        ReturnedLine(line["line"], line["quantity"], minor(line["amount"], currency, f"lines.{place}.amount"))
        for place, line in enumerate(data.get("lines", ()))
    )
    refuse_twins([line.line for line in lines])
    return Return(_name_of(data), data["returned_at"], lines, _amount(data, currency))


def returned_goods(data: dict[str, Any], currency: str) -> Return:
    """A loaded return without a receipt; an amount alone is one line that nothing is known of."""
    goods = tuple(
        Line(
            line["line"],
            line.get("sku", ""),
            line.get("category", ""),
            line.get("quantity", 1000),
            minor(line["amount"], currency, f"lines.{place}.amount"),
        )
        for place, line in enumerate(data.get("lines", ()))
    )
    refuse_twins([line.line for line in goods])
    goods = goods or (Line(1, "", "", 1000, _amount(data, currency)),)
    return Return(_name_of(data), data["returned_at"], goods=goods)


def bearer_of_goods(data: dict[str, Any]) -> Bearer:
    """Whose points a return without a receipt is about."""
    return Bearer(data.get("card"), data.get("member_id"), data.get("token"))


def _name_of(data: dict[str, Any]) -> Receipt:
    return Receipt(data["store"], data["terminal"], data["business_date"], data["return_ref"])


def _amount(data: dict[str, Any], currency: str) -> int:
    return minor(data["amount"], currency, "amount") if "amount" in data else 0
