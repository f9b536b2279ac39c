"""Policies and premiums: what a core system tells, and what it hears."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from loyalty.api.fields import Day, Id, Instant, MoneyText, Text, Truth, WholeInt
from loyalty.api.schemas.attributes import attributes_of_fact
from loyalty.api.schemas.points import TierChangeOut, UnitPointsOut
from loyalty.api.schemas.receipts import ReasonOut
from loyalty.api.schemas.tills import minor
from loyalty.calendar import whole_years
from loyalty.money import MINOR_DIGITS
from loyalty.policies import PAY_MODES, STATUSES, Coverage, Insured, PolicyState

NAME = r"[^\x00-\x1f\x7f]*"
NUMBER = re.compile(r"[^\x00-\x1f\x7f]{1,60}")  #: how a policy may be called
MOST_COVERAGES = 50
MOST_INSURED = 50
MOST_YEARS = 120
LAST_VERSION = 2**53


class HolderIn(Schema):
    """Whose policy it is: a member, or what the core system calls them; exactly one of the two."""

    member_id = Id()
    reference = Text(max=100, pattern=NAME)

    @validates_schema(skip_on_field_errors=False)
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and refuse two."""
        if len({"member_id", "reference"} & set(data)) != 1:
            raise ValidationError("exactly one of member_id, reference", "reference")


class CoverageIn(Schema):
    """One coverage, and how it is paid."""

    no = WholeInt(min=1, max=9999, required=True)
    product = Text(max=60, pattern=NAME, required=True)
    main = Truth(load_default=False)
    premium = MoneyText(required=True, metadata={"description": "One instalment; or the single premium."})
    reduced_premium = MoneyText(metadata={"description": "What it goes on with when reduced and paid up."})
    pay_mode = fields.String(
        required=True, validate=validate.OneOf(PAY_MODES, error="must be one of {choices}")
    )
    pay_years = WholeInt(min=1, max=MOST_YEARS)
    pay_until_age = WholeInt(min=1, max=MOST_YEARS)
    cover_years = WholeInt(min=1, max=MOST_YEARS)
    cover_until_age = WholeInt(min=1, max=MOST_YEARS)
    whole_life = Truth(load_default=False)


class InsuredIn(Schema):
    """A person who is insured; lengths that end at an age need the birth date. The age at issue is kept."""

    reference = Text(max=100, pattern=NAME, required=True)
    relation = Text(max=40, pattern=NAME, required=True)
    birth_date = Day(load_default=None)


class PolicyIn(Schema):
    """A state of a policy, whole: it holds from `effective_at` on, unless a higher version says else."""

    version = WholeInt(min=1, max=LAST_VERSION, required=True)
    effective_at = Instant(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES, error="must be one of {choices}"))
    holder = fields.Nested(HolderIn, required=True)
    group = Truth(load_default=False)
    channel = Text(max=40, min=0, pattern=NAME, load_default="")
    service_agent = Text(max=100, pattern=NAME, load_default=None)
    holder_is_agent = Truth(load_default=False)
    issued_on = Day(required=True)
    receipt_signed_on = Day(load_default=None)
    cooling_off_ends_on = Day(load_default=None)
    paid_to = Day(load_default=None)
    years_paid = WholeInt(max=MOST_YEARS, load_default=None)
    grace_ends_on = Day(load_default=None)
    currency = fields.String(
        required=True, validate=validate.OneOf(sorted(MINOR_DIGITS), error="is no active ISO 4217 code")
    )
    coverages = fields.List(
        fields.Nested(CoverageIn), required=True, validate=validate.Length(max=MOST_COVERAGES)
    )
    insured = fields.List(
        fields.Nested(InsuredIn), load_default=list, validate=validate.Length(max=MOST_INSURED)
    )
    attributes = attributes_of_fact()

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> Any:
        """Amounts become minor units of the currency (N2); the policy's number comes from elsewhere."""
        currency, holder = data["currency"], data.pop("holder")
        data["coverages"] = tuple(
            _coverage(coverage, currency, f"coverages.{place}")
            for place, coverage in enumerate(data["coverages"])
        )
        data["insured"] = tuple(_insured(one, data["issued_on"]) for one in data["insured"])
        return data | {"holder": holder.get("member_id"), "holder_reference": holder.get("reference")}


class PolicyLineIn(PolicyIn):
    """A line of a batch: a state with the number of its policy."""

    policy_no = Text(max=60, pattern=NAME, required=True)

    @post_load
    def parsed(self, data: dict[str, Any], **_: Any) -> Any:
        """The state itself."""
        return PolicyState(**super().parsed(data))


class PositionOut(Schema):
    """What the policy gives its holder, in the smallest steps of each unit."""

    before = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    after = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    pending = fields.Boolean(required=True, metadata={"description": "More will be given later."})
    pending_until = fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date-time", "description": "Null while the end of cooling-off is unknown."},
    )


class PolicyReasonOut(ReasonOut):
    """What one rule gives for the policy, by the edition that rates it."""

    edition = fields.Integer(required=True)


class PolicyAppliedOut(Schema):
    """What a state of a policy led to for its holder."""

    policy_no = fields.String(required=True)
    version = fields.Integer(required=True)
    in_force_version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The version that holds now."}
    )
    member_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: its holder is not in the club."}
    )
    position = fields.Nested(PositionOut, required=True)
    because = fields.List(fields.Nested(PolicyReasonOut), required=True)
    excluded = fields.List(
        fields.Integer(), required=True, metadata={"description": "Coverages that no rule counts."}
    )
    balance = fields.Dict(keys=fields.String(), values=fields.Nested(UnitPointsOut), required=True)
    tier = fields.String(required=True, allow_none=True)
    tier_change = fields.Nested(TierChangeOut, required=True, allow_none=True)
    edition = fields.Integer(required=True)
    replayed = fields.Boolean(required=True)


class StateOut(Schema):
    """A state as it was told; what is personal stays with the core system."""

    version = fields.Integer(required=True)
    effective_at = Instant(required=True)
    status = fields.String(required=True)
    member_id = Id(required=True, allow_none=True, attribute="holder")
    issued_on = Day(required=True)
    receipt_signed_on = Day(required=True, allow_none=True)
    cooling_off_ends_on = Day(required=True, allow_none=True)
    years_paid = fields.Integer(required=True, allow_none=True)


class StepOut(Schema):
    """From an instant on, what the policy gives its holder."""

    at = Instant(required=True)
    units = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class WhyOut(PolicyReasonOut):
    """A reason, and from when on it counts; null while the end of cooling-off is unknown."""

    opens_at = Instant(required=True, allow_none=True)


class PolicyOut(Schema):
    """A policy as the club knows it at an instant."""

    policy_no = fields.String(required=True)
    at = Instant(required=True)
    state = fields.Nested(StateOut, required=True, allow_none=True)
    history = fields.List(fields.Nested(StateOut), required=True, attribute="states")
    position = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    because = fields.List(fields.Nested(WhyOut), required=True, attribute="rating.because")
    excluded = fields.List(fields.Integer(), required=True, attribute="rating.excluded")
    schedule = fields.List(
        fields.Nested(StepOut), required=True, metadata={"description": "What changed and will, in time."}
    )


class PolicyOutcomeOut(Schema):
    """What became of one line of a batch."""

    line = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["created", "replayed", "refused"]))
    policy_no = fields.String()
    version = fields.Integer()
    position = fields.Nested(PositionOut)
    tier = fields.String(allow_none=True)
    code = fields.String(metadata={"description": "Of a refusal."})
    action = fields.String()
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields", attribute="fields")


def _insured(told: dict[str, Any], issued_on: date) -> Insured:
    born = told.pop("birth_date")
    return Insured(**told, age=whole_years(born, issued_on) if born else None)


def _coverage(told: dict[str, Any], currency: str, path: str) -> Coverage:
    premium = minor(told.pop("premium"), currency, f"{path}.premium")
    reduced = told.pop("reduced_premium", None)
    reduced_minor = None if reduced is None else minor(reduced, currency, f"{path}.reduced_premium")
    return Coverage(**told, premium_minor=premium, reduced_premium_minor=reduced_minor)
