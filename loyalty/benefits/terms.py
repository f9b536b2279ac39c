"""The sections `benefit` of a programme: what a card gives, to whom, how often. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, get_args

from loyalty import conditions
from loyalty.conditions import Condition
from loyalty.document import Section

Kind = Literal["service", "discount", "mailing", "event", "person", "feed"]
Per = Literal["calendar_year", "term", "policy_year", "lifetime"]
Subject = Literal["person", "member", "card", "policy"]
NoShow = Literal["used", "free"]
OnUpgrade = Literal["full", "difference", "prorated"]
Occasion = Literal["birthday", "anniversary"]

MOST_BENEFITS = 200
MOST_COUNT = 10_000
MOST_MONTHS = 1_200
MOST_DAYS = 366
MOST_GUESTS = 100
VISITED: tuple[Kind, ...] = ("service", "discount", "event")  #: what a member goes somewhere for
_FITS: Mapping[str, tuple[Kind, ...]] = {
    "quota": ("service", "discount", "event", "mailing"),
    "booking": ("service", "event"),
    "providers": VISITED,
    "when": VISITED,
    "guests": VISITED,
    "transferable_to": ("service",),
    "on_upgrade": VISITED,
    "occasion": ("mailing",),
    "days_ahead": ("mailing",),
}  #: keys that make sense for some kinds only


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a benefit may be used, by whom, in which period (B7)."""

    count: int
    per: Per | int  #: a period by name, or so many rolling months
    subject: Subject
    cap: int | None  #: the most in one term, whatever its periods allow; None: no such bound


ONCE_A_YEAR = Quota(1, "calendar_year", "member", None)


@dataclass(frozen=True, slots=True)
class Booking:
    """How a use is booked: days ahead, days to cancel in, and what not turning up counts (B5)."""

    lead_days: int
    cancel_days: int
    no_show: NoShow


@dataclass(frozen=True, slots=True)
class Discount:
    """What goes off a bill: a percentage, or an amount in minor units; the other is None."""

    percent: Fraction | None
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Benefit:
    """One thing that a card gives while its term runs (B2, B8)."""

    code: str
    name: Mapping[str, str]
    kind: Kind
    tiers: tuple[str, ...]
    quota: Quota | None  #: None: as often as the member likes
    counts: Mapping[str, int]  #: how often by tier, where some cards give more of it; {}: all give the same
    booking: Booking | None  #: None: it is not booked; events always are
    discount: Discount | None
    guests: int  #: how many may come along
    providers: tuple[str, ...]  #: whose places give it; (): any place
    when: Condition | None  #: what must be true of the member and the visit; None: nothing
    occasion: Occasion  #: of a mailing: the day of each year that it is for
    days_ahead: int  #: of a mailing: so long before the day it is made
    needs_consent: str | None  #: the purpose that must be consented to (M10)
    transferable_to: tuple[str, ...]  #: relations of the insured person who may use it instead
    on_upgrade: OnUpgrade  #: what of the quota an upgrade in mid-period gives (B4)
    cost_minor: int | None  #: what one use costs the club (B10)

    def given_by(self, tier: str | None) -> "Benefit | None":
        """The benefit as a card of a tier gives it; None where it does not."""
        if tier not in self.tiers:
            return None
        if self.quota is None or tier not in self.counts:
            return self
        return replace(self, quota=replace(self.quota, count=self.counts[tier]))

    def is_given_by(self, provider: str) -> bool:
        """Whether the places of a provider give it."""
        return not self.providers or provider in self.providers


def parse(document: Section, tiers: Collection[str], currency: str) -> tuple[Benefit, ...]:
    """The benefits in their order; tiers and currency are the programme's."""
    sections = document.tables("benefit", most=MOST_BENEFITS)
    benefits = tuple(_benefit(section, tiers, currency) for section in sections)
    for place, (benefit, section) in enumerate(zip(benefits, sections, strict=True)):
        if benefit.code and benefit.code in {earlier.code for earlier in benefits[:place]}:
            section.note("code", "is taken by an earlier benefit")
    return benefits


def _benefit(section: Section, tiers: Collection[str], currency: str) -> Benefit:
    kind: Kind = section.choice("kind", get_args(Kind))
    given_to = section.codes("tiers")
    quota, counts = _quota(section, given_to)
    benefit = Benefit(
        code=section.code("code"),
        name=section.names("name"),
        kind=kind,
        tiers=given_to,
        quota=quota,
        counts=counts,
        booking=_booking(section, kind),
        discount=_discount(section, currency),
        guests=section.whole("guests", 0, most=MOST_GUESTS),
        providers=section.codes("providers", ()),
        when=conditions.when(section, "visit"),
        occasion=section.choice("occasion", get_args(Occasion), "birthday"),
        days_ahead=section.whole("days_ahead", 0, most=MOST_DAYS),
        needs_consent=section.code("needs_consent") if section.has("needs_consent") else None,
        transferable_to=section.codes("transferable_to", ()),
        on_upgrade=section.choice("on_upgrade", get_args(OnUpgrade), "full"),
        cost_minor=section.minor("cost", currency) if section.has("cost") else None,
    )
    for tier in benefit.tiers:
        if tier not in tiers:
            section.note("tiers", f'there is no tier "{tier}"')
    if (kind == "discount") != (benefit.discount is not None) and section.sound("kind", "discount"):
        section.note("discount", "is what a benefit of the kind discount has, and no other")
    for key, kinds in _FITS.items():
        if section.has(key) and kind not in kinds and section.sound("kind"):
            section.note(key, f"is for a benefit of the kind {', '.join(kinds)}")
    if kind == "mailing" and benefit.quota not in (None, ONCE_A_YEAR) and section.sound("quota"):
        section.note("quota", "of a mailing is one each calendar_year")
    return benefit


def _quota(section: Section, tiers: Collection[str]) -> tuple[Quota | None, dict[str, int]]:
    """The quota, and how often by tier where its count is a table."""
    table = section.table("quota") if section.has("quota") else None
    if table is None:
        return None, {}
    counts: dict[str, int] = {}
    if isinstance(table.peek("count"), Mapping) and (by_tier := table.table("count")) is not None:
        counts = {tier: by_tier.whole(tier, least=1, most=MOST_COUNT) for tier in tiers}
    per: Per | int
    if isinstance(table.peek("per"), Mapping):
        rolling = table.table("per")
        per = rolling.whole("months", least=1, most=MOST_MONTHS) if rolling else 1
    else:
        per = table.choice("per", get_args(Per))
    quota = Quota(
        count=max(counts.values(), default=0) or table.whole("count", least=1, most=MOST_COUNT),
        per=per,
        subject=table.choice("subject", get_args(Subject), "member"),
        cap=table.whole("cap", least=1, most=MOST_COUNT) if table.has("cap") else None,
    )
    if (quota.per == "policy_year") != (quota.subject == "policy") and table.sound("per", "subject"):
        table.note("per", "is the policy_year where the subject is the policy, and nowhere else")
    return quota, counts


def _booking(section: Section, kind: Kind) -> Booking | None:
    """How it is booked; events always are, by default as freely as can be."""
    table = section.table("booking") if section.has("booking") else None
    if table is None:
        return Booking(0, 0, "used") if kind == "event" else None
    return Booking(
        lead_days=table.whole("lead_days", 0, most=MOST_DAYS),
        cancel_days=table.whole("cancel_days", 0, most=MOST_DAYS),
        no_show=table.choice("no_show", get_args(NoShow), "used"),
    )


def _discount(section: Section, currency: str) -> Discount | None:
    table = section.table("discount") if section.has("discount") else None
    if table is None:
        return None
    if table.has("percent") == table.has("amount"):
        table.skip()
        section.note("discount", "is a percent or an amount")
        return Discount(Fraction(1), None)
    if table.has("amount"):
        return Discount(None, table.minor("amount", currency))
    percent = table.decimal("percent")
    if not 0 < percent <= 100:
        table.note("percent", "must be above 0, and at most 100")
    return Discount(percent, None)
