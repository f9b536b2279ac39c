"""A policy as the core system tells it: whole states, each with a version and an instant. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from loyalty.calendar import whole_years
from loyalty.errors import Invalid

Status = Literal[
    "proposed",
    "in_force",
    "grace",
    "lapsed",
    "lapse_terminated",
    "paid_up",
    "reduced_paid_up",
    "premium_waived",
    "surrendered",
    "matured",
    "claim_terminated",
    "cancelled",
    "rescinded",
    "expired",
]
PayMode = Literal["single", "annual", "half_yearly", "quarterly", "monthly", "flexible"]
STATUSES: tuple[Status, ...] = get_args(Status)
IN_FORCE: frozenset[Status] = frozenset(
    {"in_force", "grace", "paid_up", "reduced_paid_up", "premium_waived"}
)  #: there is insurance
PAY_MODES: tuple[PayMode, ...] = get_args(PayMode)
INSTALMENTS: Mapping[str, int] = {"annual": 1, "half_yearly": 2, "quarterly": 4, "monthly": 12}  #: a year
WHOLE_LIFE_YEARS = 999  #: how long a cover for life counts
UNKNOWN_YEARS = -1  #: of a length that nobody told


@dataclass(frozen=True, slots=True)
class Coverage:
    """One coverage of a policy, and how it is paid. Lengths are whole years, or end at an age."""

    no: int
    product: str
    main: bool
    premium_minor: int  #: one instalment; of a single or flexible premium all of it
    pay_mode: PayMode
    reduced_premium_minor: int | None = None  #: the same, of a policy that is reduced and paid up
    pay_years: int | None = None
    pay_until_age: int | None = None
    cover_years: int | None = None
    cover_until_age: int | None = None
    whole_life: bool = False

    @property
    def instalments(self) -> int:
        """How many instalments a year has; a single or flexible premium counts once (I9)."""
        return INSTALMENTS.get(self.pay_mode, 1)

    @property
    def yearly_minor(self) -> int:
        """What is paid in a year; of a single or flexible premium all of it (I9)."""
        return self.premium_minor * self.instalments

    @property
    def reduced_yearly_minor(self) -> int:
        """The same by the reduced premium; nothing where none was told."""
        return (self.reduced_premium_minor or 0) * self.instalments


@dataclass(frozen=True, slots=True)
class Insured:
    """A person a policy insures, as the core system calls them."""

    reference: str
    relation: str
    age: int | None = None  #: in whole years when the policy was issued; the birth date itself is not kept


@dataclass(frozen=True, slots=True)
class PolicyState:
    """What a policy is from `effective_at` on, unless a higher version says otherwise (I1)."""

    policy_no: str
    version: int
    effective_at: datetime
    status: Status
    issued_on: date
    currency: str
    coverages: tuple[Coverage, ...]
    holder: int | None  #: the member it belongs to (I5); None: somebody who is not in the club
    holder_reference: str | None = None
    group: bool = False
    channel: str = ""
    service_agent: str | None = None
    holder_is_agent: bool = False
    receipt_signed_on: date | None = None
    cooling_off_ends_on: date | None = None
    paid_to: date | None = None
    years_paid: int | None = None
    grace_ends_on: date | None = None
    insured: tuple[Insured, ...] = ()
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)

    def year_of(self, day: date) -> int:
        """The policy year that a day lies in: 1 from the day of issue on, and before it."""
        return max(whole_years(self.issued_on, day), 0) + 1

    def pay_years(self, coverage: Coverage) -> int:
        """For how many years a coverage is paid; 1 for a single premium, UNKNOWN_YEARS where nobody told."""
        if coverage.pay_mode == "single":
            return 1
        return self._years(coverage.pay_years, coverage.pay_until_age)

    def cover_years(self, coverage: Coverage) -> int:
        """For how many years a coverage insures; WHOLE_LIFE_YEARS for life."""
        if coverage.whole_life:
            return WHOLE_LIFE_YEARS
        return self._years(coverage.cover_years, coverage.cover_until_age)

    def _years(self, years: int | None, until_age: int | None) -> int:
        """A length that ends at an age counts from the first insured person's age when it was issued."""
        if years is not None:
            return years
        age = next((one.age for one in self.insured if one.age is not None), None)
        if until_age is None or age is None:
            return UNKNOWN_YEARS
        return max(until_age - age, 0)


@dataclass(frozen=True, slots=True)
class PaidPremium:
    """A premium that was paid for a policy, for the policy year it was due in."""

    reference: str
    policy_no: str
    due_on: date
    paid_at: datetime
    amount_minor: int
    currency: str


def check(state: PolicyState) -> None:
    """Raises Invalid for a state that contradicts itself."""
    numbers = [coverage.no for coverage in state.coverages]
    faults = {}
    if len(set(numbers)) < len(numbers):
        faults["coverages"] = "each coverage has a number of its own"
    for place, coverage in enumerate(state.coverages):
        if coverage.pay_years is not None and coverage.pay_until_age is not None:
            faults[f"coverages.{place}.pay_years"] = "is either years or until an age"
        covers = (coverage.cover_years is not None, coverage.cover_until_age is not None, coverage.whole_life)
        if sum(covers) > 1:
            faults[f"coverages.{place}.cover_years"] = "is years, until an age, or for life"
        if state.status == "reduced_paid_up" and coverage.reduced_premium_minor is None:
            faults[f"coverages.{place}.reduced_premium"] = "must say what a reduced policy goes on with"
    if faults:
        raise Invalid(fields=faults)
