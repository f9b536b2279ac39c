"""What a member holds and where they stand, on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from loyalty.api.fields import Day, Id, Instant, Text, Truth, WholeInt
from loyalty.api.paging import PageIn
from loyalty.errors import MOST_POINTS


class UnitPointsOut(Schema):
    """Points of one unit, in its smallest steps."""

    available = fields.Integer(required=True)
    held = fields.Integer(required=True)
    pending = fields.Integer(required=True)
    debt = fields.Integer(required=True)


class ExpiringOut(Schema):
    """Points that share a last usable day."""

    points = fields.Integer(required=True)
    last_day = Day(required=True)
    expires_at = Instant(required=True)


class UnitBalanceOut(UnitPointsOut):
    """One unit's points, and what of them expires when."""

    spendable = fields.Boolean(required=True)
    decimals = fields.Integer(
        required=True, metadata={"description": "How many digits of a point are its smallest steps."}
    )
    expiring = fields.List(fields.Nested(ExpiringOut), required=True)
    paused = fields.Boolean(
        required=True,
        metadata={"description": "Nothing expires while the tier held lasts; no days are shown."},
    )


class AtIn(Schema):
    """An instant to answer for; now when left out."""

    at = Instant(load_default=None)


class BalanceOut(Schema):
    """A member's points at an instant."""

    at = Instant(required=True)
    units = fields.Dict(keys=fields.String(), values=fields.Nested(UnitBalanceOut), required=True)
    pool = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        allow_none=True,
        metadata={
            "description": "By unit, what the member can spend now together with the household (M8);"
            " null for who shares with nobody, and at any other instant."
        },
    )


class CounterOut(Schema):
    """One counter; a bar is null where there is none or the programme shows none.

    A counter of terms has no unit, and numbers of terms for points.
    """

    code = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    window = fields.String(required=True, allow_none=True)
    points = fields.Integer(required=True)
    attain_next = fields.Integer(required=True, allow_none=True)
    retain = fields.Integer(required=True, allow_none=True)


class ContributionOut(Schema):
    """An operation that counts towards the measure."""

    counter = fields.String(required=True)
    operation = fields.String(required=True)
    kind = fields.String(required=True)
    points = fields.Integer(required=True)
    happened_at = Instant(required=True)


class NextTierOut(Schema):
    """The tier above, and the fewest points that would reach it; null where the programme hides them."""

    tier = fields.String(required=True)
    missing = fields.Integer(required=True, allow_none=True)


class KeepOut(Schema):
    """The fewest points that are missing to keep the tier at the review; null where hidden."""

    missing = fields.Integer(required=True, allow_none=True)


class PolicyPartOut(Schema):
    """What one policy gives a member."""

    policy_no = fields.String(required=True)
    status = fields.String(required=True)
    units = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class TierOut(Schema):
    """A member's tier at an instant, and why."""

    at = Instant(required=True)
    tier = fields.String(required=True, allow_none=True)
    from_ = Instant(required=True, data_key="from", attribute="from_at")
    until = Instant(required=True, allow_none=True, attribute="until_at")
    last_day = Day(required=True, allow_none=True)
    reason = fields.String(required=True)
    protected = fields.Boolean(required=True)
    edition = fields.Integer(required=True)
    measure = fields.Integer(
        required=True, metadata={"description": "What the counter shows; the highest of several."}
    )
    counters = fields.List(fields.Nested(CounterOut), required=True)
    because = fields.List(fields.Nested(ContributionOut), required=True)
    policies = fields.List(
        fields.Nested(PolicyPartOut),
        required=True,
        metadata={"description": "What each policy gives; one that gives nothing is left out."},
    )
    next = fields.Nested(NextTierOut, required=True, allow_none=True)
    keep = fields.Nested(KeepOut, required=True, allow_none=True)
    review_at = Instant(required=True, allow_none=True)
    measured_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the review is measured, if another instant, and ahead."},
    )
    lifts_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When a lift that is already earned starts, if not at once."},
    )

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """`next` and `keep` are made of a view's plain fields."""
        if attr == "next":
            return {"tier": obj.next_tier, "missing": obj.next_missing} if obj.next_tier else None
        if attr == "keep":
            return {"missing": obj.keep_missing} if obj.tier else None
        return getattr(obj, attr, default)


class HandTierIn(Schema):
    """A tier given by hand (T8)."""

    tier = Text(max=40, required=True)
    until = Instant(required=True)
    reason = Text(max=200, required=True)
    protected = Truth(load_default=False)


class TierChangeOut(Schema):
    """A tier before and after."""

    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    until = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    last_day = fields.String(required=True, allow_none=True, metadata={"format": "date"})


class HandedTierOut(Schema):
    """The member's tier after a hand gave one."""

    member_id = fields.String(required=True)
    tier = fields.String(required=True, allow_none=True)
    tier_change = fields.Nested(TierChangeOut, required=True, allow_none=True)


class EntriesIn(PageIn):
    """A statement, newest first."""

    unit = Text(max=40, load_default=None)


class LineOrderOut(Schema):
    """The reward that a line paid for, or gave the points of back."""

    order_id = fields.String(required=True)
    reward = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class EntryOut(Schema):
    """A statement line: an entry, with the operation it belongs to and its reasons.

    What the clock did and the night has not booked yet has no `operation` and no `booked_at`.
    """

    operation = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    refers_to = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True)
    seq = fields.Integer(required=True)
    points = fields.Integer(required=True)
    contra = fields.String(required=True)
    last_day = Day(required=True, allow_none=True, metadata={"description": "Null: the lot never expires."})
    balance_after = fields.Integer(required=True)
    reasons = fields.Dict(required=True)
    edition = fields.Integer(required=True)
    happened_at = Instant(required=True)
    booked_at = Instant(required=True, allow_none=True)
    order = fields.Nested(
        LineOrderOut,
        required=True,
        allow_none=True,
        metadata={"description": "Of a reward that was bought, or cancelled."},
    )


class AdjustmentIn(Schema):
    """A correction by hand; minus takes away."""

    member_id = Id(required=True)
    unit = Text(max=40, required=True)
    points = WholeInt(min=-MOST_POINTS, required=True)
    reason_code = Text(max=40, pattern="[a-z][a-z0-9_.-]*", required=True)
    note = Text(max=200, required=True)
    reference = Text(max=100, required=True)

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Nothing is nothing to correct."""
        if data["points"] == 0:
            raise ValidationError({"points": ["must not be 0"]})
        return data


class AdjustmentOut(Schema):
    """A correction as it was booked."""

    adjustment_id = fields.String(required=True)
    member_id = fields.String(required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    reason_code = fields.String(required=True)
    reference = fields.String(required=True)
    balance = fields.Dict(keys=fields.String(), values=fields.Nested(UnitPointsOut), required=True)
    tier = fields.String(required=True, allow_none=True)
    tier_change = fields.Nested(TierChangeOut, required=True, allow_none=True)
    edition = fields.Integer(required=True)
    replayed = fields.Boolean(required=True)


class WaitingAdjustmentOut(AdjustmentOut):
    """A correction that is not booked: it waits for a second person."""

    class Meta:
        """What is not booked has no id of its own."""

        exclude = ("adjustment_id",)

    approval_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.Equal("waiting_for_approval"))
    limit = fields.String(required=True, validate=validate.OneOf(["single", "maker_day", "member_day"]))
    most = fields.Integer(
        required=True, metadata={"description": "What the limit lets one person correct alone."}
    )
    void_at = fields.String(required=True, metadata={"format": "date-time"})
