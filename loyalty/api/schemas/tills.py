"""What tills tell: sales, holds and redemptions."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from loyalty.actions.who import Bearer
from loyalty.api.fields import (
    CardNumber,
    CodeText,
    Day,
    Id,
    Instant,
    MoneyText,
    PairId,
    Quantity,
    Text,
    Truth,
    WholeInt,
)
from loyalty.api.schemas.attributes import attributes_of_fact
from loyalty.errors import Invalid
from loyalty.money import MINOR_DIGITS, MoneyFaulty, parse_money
from loyalty.sales import BY_POINTS, Basket, Line, Purchase, Receipt, Tender

LONGEST_HOLD_SECONDS = 30 * 24 * 3600
USUAL_HOLD_SECONDS = 15 * 60
_NAME = r"[^\x00-\x1f\x7f]*"


class BearerIn(Schema):
    """Whose points: a card, the code of a member's page, or the member's own id; exactly one of them."""

    card = CardNumber()
    token = CodeText()
    member_id = Id()

    @validates_schema(skip_on_field_errors=False)
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and refuse two."""
        if len({"card", "token", "member_id"} & set(data)) != 1:
            raise ValidationError("exactly one of card, token, member_id", "card")


def bearer_of(data: dict[str, Any]) -> Bearer:
    """Take the bearer out of loaded data."""
    return Bearer(data.pop("card", None), data.pop("member_id", None), data.pop("token", None))


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
    """One line of a receipt; what is handed back in an exchange is below zero."""

    line = WholeInt(min=1, max=9999, required=True)
    sku = Text(max=60, min=0, pattern=_NAME, load_default="")
    category = Text(max=60, min=0, pattern=_NAME, load_default="")
    quantity = Quantity(
        signed=True, metadata={"description": "1 when left out; below zero only with the amount."}
    )
    amount = MoneyText(signed=True, required=True, metadata={"description": "Net of discounts."})


class TenderIn(Schema):
    """How a part of a sale was paid: with points, spent at once or held before, or in any other kind."""

    kind = Text(
        max=40, pattern=_NAME, required=True, metadata={"description": "`points`, or the till's own."}
    )
    amount = MoneyText(required=True)
    points = WholeInt(min=1, metadata={"description": "With the kind `points`: worth the amount."})
    unit = Text(max=40, metadata={"description": "Where several units are worth money."})
    hold_id = PairId(metadata={"description": "The hold that these points are captured from."})

    @validates_schema(skip_on_field_errors=False)
    def points_stand_with_their_kind(self, data: dict[str, Any], **_: Any) -> None:
        """Points are told with the kind `points`, and with no other."""
        if (data.get("kind") == BY_POINTS) != ("points" in data):
            raise ValidationError('stands with the kind "points", and only there', "points")
        if "points" not in data and {"unit", "hold_id"} & set(data):
            raise ValidationError('unit and hold_id stand with the kind "points"', "kind")


class BasketIn(BearerIn):
    """What is bought, by whom, at which till."""

    store = Text(max=40, pattern=_NAME, required=True)
    terminal = Text(max=40, pattern=_NAME, required=True)
    sold_at = Instant()
    cashier = Text(max=40, pattern=_NAME, load_default=None)
    currency = fields.String(
        required=True, validate=validate.OneOf(sorted(MINOR_DIGITS), error="is no active ISO 4217 code")
    )
    lines = fields.List(fields.Nested(LineIn), required=True, validate=validate.Length(min=1, max=500))
    attributes = attributes_of_fact()


class PurchaseIn(BasketIn):
    """A finished sale."""

    business_date = Day(required=True)
    receipt = Text(max=60, pattern=_NAME, required=True)
    sold_at = Instant(required=True)
    tenders = fields.List(fields.Nested(TenderIn), load_default=[], validate=validate.Length(min=1, max=20))
    rounding = MoneyText(
        signed=True,
        load_default="0",
        metadata={"description": "Lines and rounding are what the tenders pay."},
    )
    quote_id = Text(max=100, load_default=None)

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> tuple[Bearer, Purchase]:
        """The bearer and the sale; amounts become minor units of the currency (N2)."""
        currency, bearer = data["currency"], bearer_of(data)
        receipt = Receipt(data["store"], data["terminal"], data["business_date"], data["receipt"])
        return bearer, Purchase(
            receipt,
            data["sold_at"],
            currency,
            lines_of(data["lines"], currency),
            data["cashier"],
            tenders_of(data["tenders"], currency),
            minor(data["rounding"], currency, "rounding", signed=True),
            data["quote_id"],
            data["attributes"],
        )


class QuoteIn(BasketIn):
    """What somebody is about to buy; without `sold_at` it is bought now."""

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> tuple[Bearer, Basket]:
        """The bearer and what is bought."""
        bearer, currency = bearer_of(data), data["currency"]
        lines = lines_of(data.pop("lines"), currency)
        return bearer, Basket(lines=lines, **data)


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
    pool = Truth(
        load_default=False,
        metadata={"description": "With those of the household, where the member has too few (M8)."},
    )


class ReversalIn(Schema):
    """How much of a redemption is given back; all that is left when left out."""

    points = WholeInt(min=1, load_default=None)
    reference = Text(max=100, pattern=_NAME, required=True)


class ReferenceIn(Schema):
    """The caller's own name for a thing."""

    reference = Text(max=100, required=True)


def lines_of(told: list[dict[str, Any]], currency: str) -> tuple[Line, ...]:
    """Lines in minor units. Raises Invalid for twins, and for a quantity below zero without its amount."""
    lines = tuple(
        Line(
            line["line"],
            line["sku"],
            line["category"],
            line.get("quantity", 1000),
            minor(line["amount"], currency, f"lines.{place}.amount", signed=True),
        )
        for place, line in enumerate(told)
    )
    refuse_twins([line.line for line in lines])
    for place, line in enumerate(lines):
        if line.quantity_thousandths < 0 < line.amount_minor:
            raise Invalid(fields={f"lines.{place}.quantity": "goes below zero only with the amount"})
    return lines


def tenders_of(told: list[dict[str, Any]], currency: str) -> tuple[Tender, ...]:
    """Tenders in minor units. Raises Invalid when two of them are points."""
    tenders = tuple(
        Tender(
            tender["kind"],
            minor(tender["amount"], currency, f"tenders.{place}.amount"),
            tender.get("unit"),
            tender.get("points", 0),
            tender.get("hold_id"),
        )
        for place, tender in enumerate(told)
    )
    if sum(tender.kind == BY_POINTS for tender in tenders) > 1:
        raise Invalid(fields={"tenders": "only one of them can be points"})
    return tenders


def minor(text: str, currency: str, field: str, *, signed: bool = False) -> int:
    """Minor units of an amount. Raises Invalid at the field (N2)."""
    try:
        return parse_money(text, currency, signed=signed)
    except MoneyFaulty as fault:
        raise Invalid(fields={field: str(fault)}) from None


def refuse_twins(lines: list[int]) -> None:
    """Line numbers name lines. Raises Invalid when one stands twice."""
    if len(set(lines)) != len(lines):
        raise Invalid(fields={"lines": "a line number stands twice"})
