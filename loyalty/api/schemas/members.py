"""Members and cards on the wire."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from loyalty.api.fields import CardNumber, CodeText, Day, Id, Instant, Text
from loyalty.api.schemas.points import UnitPointsOut
from loyalty.members import LINE_MOST, LINES_MOST, PARTS_MOST, ConsentAct, Newcomer

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = "[a-z][a-z0-9_.-]*"
PERSON_NAME = r"[\s\S]*\S[\s\S]*"  #: not blank
_EMAIL = "[^@\\s\\x00-\\x1f]+@[^@\\s\\x00-\\x1f]+"
_MOST_ATTRIBUTES = 30


class Attributes(fields.Dict):
    """Free attributes of a member: short names, and text, whole numbers or yes and no."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > _MOST_ATTRIBUTES:
            raise ValidationError(f"must be an object with up to {_MOST_ATTRIBUTES} members")
        for name, one in value.items():
            if not _KEY.fullmatch(name):
                raise ValidationError({name: ["must be named by a-z, 0-9 and _, up to 40"]})
            if isinstance(one, str) and len(one) <= 200:
                continue
            if not isinstance(one, bool | int) or not -(2**53) < one < 2**53:
                raise ValidationError({name: ["must be text up to 200, a whole number, or true or false"]})
        return dict(value)


class AddressSchema(Schema):
    """A postal address."""

    recipient = Text(max=PARTS_MOST["recipient"])
    lines = fields.List(Text(max=LINE_MOST), required=True, validate=validate.Length(min=1, max=LINES_MOST))
    city = Text(max=PARTS_MOST["city"])
    region = Text(max=PARTS_MOST["region"])
    postcode = Text(max=PARTS_MOST["postcode"])
    country = Text(min=2, max=2, pattern="[A-Z]{2}")


class IdentityIn(Schema):
    """A document shown at enrolment; its number is not kept."""

    kind = Text(max=20, pattern=_CODE, required=True)
    number = Text(max=60, required=True)

    @post_load
    def parsed(self, data: dict[str, str], **_: Any) -> tuple[str, str]:
        """As the members subject takes it."""
        return data["kind"], data["number"]


class ConsentIn(Schema):
    """One act of consent."""

    act = fields.String(load_default="given", validate=validate.OneOf(["given", "withdrawn"]))
    purpose = Text(max=40, pattern=_CODE, required=True)
    recipient = Text(max=80, required=True)
    data = Text(max=200, required=True)
    text_sha256 = Text(
        min=64,
        max=64,
        pattern="[0-9a-f]{64}",
        required=True,
        metadata={"description": "Of the text that was shown."},
    )
    language = Text(max=20, required=True)
    channel = Text(max=20, required=True)

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> ConsentAct:
        """As the members subject takes it."""
        return ConsentAct(**data)


class ContactsIn(Schema):
    """How to reach a person; null empties a field."""

    phone = Text(max=40, allow_none=True)
    email = Text(max=254, pattern=_EMAIL, allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class MemberChangeIn(ContactsIn):
    """What may change here; null empties a field. Names and documents change elsewhere (M5)."""

    locale = Text(max=20, pattern="[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", allow_none=True)
    attributes = Attributes()
    consents = fields.List(fields.Nested(ConsentIn), validate=validate.Length(max=20))


class MemberIn(MemberChangeIn):
    """A person who joins."""

    name = Text(max=120, pattern=PERSON_NAME, required=True)
    birth_date = Day(allow_none=True)
    identity = fields.List(fields.Nested(IdentityIn), validate=validate.Length(max=5))
    references = fields.List(
        Text(max=100),
        validate=validate.Length(max=5),
        metadata={
            "description": "The core system's names for the person; the first is this call's business key."
        },
    )

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> Newcomer:
        """As the members subject takes it."""
        if len(set(data.get("references", ()))) != len(data.get("references", ())):
            raise ValidationError({"references": ["names one more than once"]})
        lists: dict[str, Any] = {
            name: tuple(data[name]) for name in ("identity", "references", "consents") if name in data
        }
        return Newcomer(**{**data, **lists})


class ExportIn(Schema):
    """In which form a member's own data is wanted; JSON unless told."""

    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))


class LookupIn(Schema):
    """Exactly one of them."""

    card = CardNumber()
    token = CodeText()
    phone = Text(max=40)
    email = Text(max=254)
    reference = Text(max=100)

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and refuse two."""
        if len(data) != 1:
            raise ValidationError("exactly one of card, token, phone, email, reference")


class CardReplaceIn(Schema):
    """Why a card is replaced."""

    reason = fields.String(required=True, validate=validate.OneOf(["lost", "damaged", "stolen"]))


class IdentityOut(Schema):
    """A document as it is kept."""

    kind = fields.String(required=True)
    last_four = fields.String(required=True)


class ConsentOut(Schema):
    """Where one purpose towards one recipient stands."""

    purpose = fields.String(required=True)
    recipient = fields.String(required=True)
    data = fields.String(required=True)
    text_sha256 = fields.String(required=True)
    language = fields.String(required=True)
    channel = fields.String(required=True)
    given_at = Instant(required=True, allow_none=True)
    withdrawn_at = Instant(required=True, allow_none=True)


class CardOut(Schema):
    """The active card: its face shows the tier, its validity is the tier's (M3)."""

    number = fields.String(required=True)
    tier = fields.String(required=True, allow_none=True)
    valid_until = Instant(required=True, allow_none=True)
    last_day = Day(required=True, allow_none=True)
    issued_at = Instant(required=True)
    blocked = fields.Boolean(required=True)


class MemberOut(Schema):
    """A member, for keys that may read members."""

    member_id = Id(required=True)
    state = fields.String(required=True)
    stopped = fields.Boolean(
        required=True, metadata={"description": "Nothing is booked: writes hear account_stopped."}
    )
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    birth_date = Day(required=True, allow_none=True)
    address = fields.Nested(AddressSchema, required=True, allow_none=True)
    identity = fields.List(fields.Nested(IdentityOut), required=True)
    references = fields.List(fields.String(), required=True)
    locale = fields.String(required=True, allow_none=True)
    attributes = fields.Dict(required=True)
    card = fields.Nested(CardOut, required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    consents = fields.List(fields.Nested(ConsentOut), required=True)
    enrolled_at = Instant(required=True)
    version = fields.Integer(required=True)
    merged = fields.List(
        Id(),
        required=True,
        metadata={"description": "Who was merged into them: their history is under their own ids."},
    )


class FoundMemberOut(MemberOut):
    """A member who was looked up, for keys that may read members."""

    first_name = fields.String(required=True)
    balance = fields.Dict(keys=fields.String(), values=fields.Nested(UnitPointsOut), required=True)
    print = fields.List(fields.String(), required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What is not of the look-up itself is the member's."""
        return getattr(obj if attr in ("first_name", "balance", "print") else obj.member, attr, default)


class TillCardOut(Schema):
    """A card as a till sees it."""

    number = fields.String(
        required=True, attribute="masked_number", metadata={"description": "Its last four digits."}
    )
    tier = fields.String(required=True, allow_none=True)
    last_day = Day(required=True, allow_none=True)


class TillMemberOut(Schema):
    """What a till sees of a member, and nothing more."""

    member_id = Id(required=True, attribute="member.member_id")
    state = fields.String(required=True, attribute="member.state")
    stopped = fields.Boolean(
        required=True,
        attribute="member.stopped",
        metadata={"description": "Nothing is booked: writes hear account_stopped."},
    )
    first_name = fields.String(required=True)
    phone = fields.String(
        required=True,
        allow_none=True,
        attribute="masked_phone",
        metadata={"description": "Its last four digits."},
    )
    card = fields.Nested(TillCardOut, required=True, allow_none=True, attribute="member.card")
    tier = fields.String(required=True, allow_none=True, attribute="member.tier")
    balance = fields.Dict(keys=fields.String(), values=fields.Nested(UnitPointsOut), required=True)
    print = fields.List(fields.String(), required=True, metadata={"description": "Lines for the receipt."})
