"""Benefits on the wire: what a member has, whether a visit may be had, visits booked and made."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Day, Id, Instant, MoneyText, Text, Truth, WholeInt
from loyalty.api.schemas.attributes import attributes_of_fact
from loyalty.api.schemas.tills import BearerIn, minor
from loyalty.benefits import Benefit, Wanted
from loyalty.money import money_text

_NAME = r"[^\x00-\x1f\x7f]*"
_CODE = "[a-z][a-z0-9_-]*"
_KINDS = ["service", "discount", "mailing", "event", "person", "feed"]
_STATES = ["waiting", "reserved", "used", "cancelled", "no_show"]


class VisitIn(BearerIn):
    """A visit that is asked about."""

    at = Instant(metadata={"description": "When the visit is; now when left out."})
    place = Text(max=40, load_default=None)
    event = Id(load_default=None, metadata={"description": "Of a benefit of events: which one."})
    party = WholeInt(min=1, max=1_000, load_default=1, metadata={"description": "How many come."})
    for_ = Text(
        max=40,
        pattern=_CODE,
        data_key="for",
        load_default=None,
        metadata={"description": "The relation of whoever comes in the member's place."},
    )
    policy_no = Text(max=60, pattern=_NAME, load_default=None)
    amount = MoneyText(metadata={"description": "Of the bill, in the club's currency."})
    attributes = attributes_of_fact()


class CheckIn(VisitIn):
    """A visit that may be had, or not; one to come is asked about as a booking."""


class UseIn(VisitIn):
    """A visit that is booked, or made now."""

    benefit = Text(max=40, pattern=_CODE, required=True)
    reserve = Truth(load_default=False)
    wait = Truth(
        load_default=False, metadata={"description": "Where no place is left at the event: for one."}
    )
    reference = Text(max=100, pattern=_NAME, required=True)


class AgainstOut(Schema):
    """What speaks against a visit: its code, its words, and the facts that go with this code."""

    code = fields.String(required=True)
    title = fields.String(
        required=True, metadata={"description": "May be read out, in the key's language.", "maxLength": 40}
    )
    benefit = fields.String()
    granted = fields.Integer(metadata={"description": "How many the period grants."})
    again_from = fields.String(
        allow_none=True,
        metadata={
            "format": "date",
            "description": "As things stand; null: neither this term nor the next brings more.",
        },
    )
    first_day = fields.String(metadata={"format": "date", "description": "That can be booked now."})
    last_day = fields.String(
        allow_none=True,
        metadata={"format": "date", "description": "On which a card gave it; null: none did."},
    )
    place = fields.String(allow_none=True)
    guests = fields.Integer()
    most = fields.Integer(metadata={"description": "How many may come along."})
    relation = fields.String()
    purpose = fields.String(metadata={"description": "What consent is missing for."})
    policy_no = fields.String(allow_none=True)
    event = fields.String()


class CheckOut(Schema):
    """Whether a visit may be had."""

    allowed = fields.Boolean(required=True)
    remaining = fields.Integer(required=True, allow_none=True, metadata={"description": "Null: no bound."})
    reasons = fields.List(
        fields.Nested(AgainstOut), required=True, metadata={"description": "All that speaks against it."}
    )


class BenefitUseOut(Schema):
    """One visit, booked, made or let go."""

    use_id = fields.String(required=True)
    benefit = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    at = fields.String(required=True, metadata={"format": "date-time"})
    place = fields.String(required=True, allow_none=True)
    event = fields.String(required=True, allow_none=True)
    for_ = fields.String(required=True, allow_none=True, data_key="for", attribute="for")
    guests = fields.Integer(required=True)
    policy = fields.String(
        required=True, allow_none=True, metadata={"description": "Whose right it was, if a policy's."}
    )
    amount = fields.String(required=True, allow_none=True)
    discount = fields.String(required=True, allow_none=True, metadata={"description": "Off the bill."})
    reference = fields.String(required=True)
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the club cancelled it; null where somebody else did."},
    )
    booked_at = fields.String(required=True, metadata={"format": "date-time"})
    closed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    edition = fields.Integer(required=True, metadata={"description": "Whose terms it is had under."})


class UseOut(BenefitUseOut):
    """One visit, and what is left after it."""

    remaining = fields.Integer(required=True, allow_none=True)


class ClubEventOut(Schema):
    """An event of the club that is still to come."""

    event = Id(required=True, attribute="event_id")
    benefit = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    starts_at = Instant(required=True)
    place = fields.String(required=True, allow_none=True)
    capacity = fields.Integer(required=True)
    left = fields.Integer(required=True)


class ClubEventsOut(Schema):
    """The events to come, the next one first."""

    items = fields.List(fields.Nested(ClubEventOut), required=True)


class NewsItemOut(Schema):
    """A piece of news."""

    item = Id(required=True, attribute="item_id")
    benefit = fields.String(required=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    body = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    published_at = Instant(required=True)
    until = Instant(required=True, allow_none=True, attribute="until_at")


class NewsOut(Schema):
    """The news that a card brings, the newest first."""

    items = fields.List(fields.Nested(NewsItemOut), required=True)


class PeriodOut(Schema):
    """A stretch of time; without an end it never ends."""

    from_ = Instant(required=True, data_key="from", attribute="from_at")
    until = Instant(required=True, allow_none=True, attribute="until_at")
    last_day = Day(required=True, allow_none=True)


class BenefitOut(Schema):
    """One benefit of a member's card, at an instant; null where there is no bound."""

    benefit = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    granted = fields.Integer(required=True, allow_none=True)
    reserved = fields.Integer(required=True)
    used = fields.Integer(required=True)
    remaining = fields.Integer(required=True, allow_none=True)
    period = fields.Nested(PeriodOut, required=True)
    card_until = Instant(required=True, allow_none=True)
    person = fields.String(
        required=True, allow_none=True, metadata={"description": "Of a benefit that is a person: who it is."}
    )
    policy = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a benefit that each policy has for itself: whose right it is."},
    )
    guests = fields.Integer(required=True)
    providers = fields.List(fields.String(), required=True)
    needs_consent = fields.String(required=True, allow_none=True)
    transferable_to = fields.List(fields.String(), required=True)
    discount = fields.Dict(required=True, allow_none=True)
    booking = fields.Dict(required=True, allow_none=True)


class BenefitsOut(Schema):
    """What a member's card gives at an instant."""

    at = Instant(required=True)
    items = fields.List(fields.Nested(BenefitOut), required=True)


def wanted_of(told: dict[str, Any], benefit: str, currency: str, now: datetime, *, reserve: bool) -> Wanted:
    """A visit in the core's words. Raises Invalid for an amount that cannot be."""
    amount, at = told.get("amount"), told.get("at")
    return Wanted(
        benefit=benefit,
        at=at or now,
        is_now=at is None,
        guests=told["party"] - 1,
        event_id=told["event"],
        waits=told.get("wait", False),
        policy_no=told["policy_no"],
        relation=told["for_"],
        amount_minor=None if amount is None else minor(amount, currency, "amount"),
        attributes=told["attributes"],
        reserve=reserve,
    )


def terms_shown(terms: Benefit, currency: str) -> dict[str, Any]:
    """A benefit's terms as whoever may use it reads them."""
    off, booking = terms.discount, terms.booking
    return {
        "benefit": terms.code,
        "name": terms.name,
        "kind": terms.kind,
        "guests": terms.guests,
        "providers": list(terms.providers),
        "needs_consent": terms.needs_consent,
        "transferable_to": list(terms.transferable_to),
        "discount": None
        if off is None
        else {
            "percent": None if off.percent is None else str(float(off.percent)),
            "amount": None if off.amount_minor is None else money_text(off.amount_minor, currency),
        },
        "booking": None
        if booking is None
        else {"lead_days": booking.lead_days, "cancel_days": booking.cancel_days, "no_show": booking.no_show},
    }
