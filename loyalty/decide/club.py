"""The club itself, the law it works under, and the limits of trust. Pure."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.document import Section
from loyalty.errors import MOST_POINTS
from loyalty.money import MINOR_DIGITS

Enrolment = Literal["on_request", "automatic"]
ShowMissing = Literal["none", "points"]
Regime = Literal["none", "insurance"]
OwnCard = Literal["flag", "deny"]
SpendNeeds = Literal["card", "code"]
Joining = Literal["closed", "open"]
LeftPoints = Literal["forfeit", "keep"]
Act = Literal["earn", "spend", "return", "manual", "offline"]
Of = Literal["transaction", "member", "terminal"]
Counts = Literal["points", "times"]

_UTC = ZoneInfo("UTC")
_PREFIX = re.compile(r"[0-9]{2}")

EXPIRING_DAYS = 30  #: unless the club says otherwise
KEPT_DAYS = 30  #: unless the club says otherwise


@dataclass(frozen=True, slots=True)
class Club:
    """What holds for the whole club."""

    name: Mapping[str, str]
    time_zone: ZoneInfo
    currency: str
    card_prefix: str
    enrolment: Enrolment  #: whether a policy of somebody unknown makes its holder a member (I8)
    late_days: int  #: so long after it happened, a fact is judged as if told at once (P14)
    show_missing: ShowMissing  #: whether a member is told what is missing to the next tier (T9)
    quote_minutes: int = 15  #: how long a quote fixes the edition (P13)
    returns_without_receipt_minor: int | None = None  #: most per member and local day (P7); None: not at all
    own_card: OwnCard = "flag"  #: what a cashier's own card at their own till leads to
    spend_needs: SpendNeeds = "card"  #: what must be shown to spend points (M4)
    joining: Joining = "closed"  #: whether people join by the members' pages
    expiring_days: int = EXPIRING_DAYS  #: so long before points die their member is written to
    motto: Mapping[str, str] | None = None  #: what the door of the members' pages says
    kept_days: int | None = KEPT_DAYS  #: so long the points of who left are kept; None: for good (M9)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that passes without a second look, of one transaction or of one local day."""

    name: str  #: as the document names it
    of: Of  #: one transaction, or all of a member's or of a terminal's day
    counts: Counts  #: points of any one unit, in its smallest steps, or how often
    most: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the club trusts its tills."""

    ceilings: Mapping[Act, tuple[Ceiling, ...]]
    offline_days: int  #: so old a sale may be that a till tells after it was offline


@dataclass(frozen=True, slots=True)
class Approval:
    """An authority's leave that lifts a refusal of the regime (B10)."""

    by: str
    reference: str
    until: date


@dataclass(frozen=True, slots=True)
class Compliance:
    """The law the club works under (B10)."""

    regime: Regime
    approval: Approval | None
    value_cap_minor: int | None = None  #: what one member may be given a year at most, as the club pays it


_NO_CLUB = Club({}, _UTC, "EUR", "70", "on_request", 0, "points")  #: where the section is missing or faulty


_KINDS: Mapping[str, tuple[Of, Counts]] = {
    "transaction": ("transaction", "points"),
    "member_day": ("member", "points"),
    "member_day_times": ("member", "times"),
    "terminal_day": ("terminal", "points"),
}
_OFFLINE: Mapping[str, tuple[Of, Counts]] = {
    "sales_per_terminal_day": ("terminal", "times"),
    "points_per_terminal_day": ("terminal", "points"),
}
_ACTS: Mapping[Act, Mapping[str, tuple[Of, Counts]]] = {
    "earn": _KINDS,
    "spend": _KINDS,
    "return": _KINDS,
    "manual": _KINDS,
    "offline": _OFFLINE,
}
OFFLINE_DAYS = 15  #: unless the club says otherwise


def parse(document: Section) -> tuple[Club, Compliance]:
    """The sections `club` and `compliance`."""
    club, compliance = (
        document.table("club"),
        document.table("compliance") if document.has("compliance") else None,
    )
    said = _club(club) if club else _NO_CLUB
    law = _compliance(compliance, said.currency) if compliance else Compliance("none", None)
    return said, law


def parse_limits(document: Section) -> Limits:
    """The section `limits`; without it nothing is limited but the age of what tills tell late."""
    section = document.table("limits") if document.has("limits") else None
    if section is None:
        return Limits({}, OFFLINE_DAYS)
    ceilings, offline_days = {}, OFFLINE_DAYS
    for act, kinds in _ACTS.items():
        table = section.table(act) if section.has(act) else None
        if table is not None:
            ceilings[act] = tuple(
                Ceiling(kind, *kinds[kind], table.whole(kind, most=MOST_POINTS))
                for kind in kinds
                if table.has(kind)
            )
        if table is not None and act == "offline":
            offline_days = table.whole("days", OFFLINE_DAYS, least=1, most=3_650)
    return Limits(ceilings, offline_days)


def _club(section: Section) -> Club:
    currency = section.read("currency", _currency, None, "EUR")
    return Club(
        name=section.names("name"),
        time_zone=section.read("time_zone", _zone, None, _UTC),
        currency=currency,
        card_prefix=section.read("card_prefix", _card_prefix, "70", "70"),
        enrolment=section.choice("enrolment", get_args(Enrolment), "on_request"),
        late_days=section.whole("late_days", 30, most=3_650),
        show_missing=section.choice("show_missing", get_args(ShowMissing), "points"),
        quote_minutes=section.whole("quote_minutes", 15, least=1, most=24 * 60),
        returns_without_receipt_minor=_returns_without_receipt(section, currency),
        own_card=section.choice("own_card", get_args(OwnCard), "flag"),
        spend_needs=section.choice("spend_needs", get_args(SpendNeeds), "card"),
        joining=section.choice("joining", get_args(Joining), "closed"),
        expiring_days=_expiring_days(section),
        motto=section.names("motto", most=40) if section.has("motto") else None,
        kept_days=_kept_days(section),
    )


def _returns_without_receipt(section: Section, currency: str) -> int | None:
    if not section.has("returns_without_receipt"):
        return None
    table = section.table("returns_without_receipt")
    return table.minor("member_day", currency) if table else None


def _expiring_days(section: Section) -> int:
    table = section.table("letters") if section.has("letters") else None
    return table.whole("expiring_days", EXPIRING_DAYS, least=1, most=90) if table else EXPIRING_DAYS


def _kept_days(section: Section) -> int | None:
    table = section.table("leaving") if section.has("leaving") else None
    if table is None:
        return KEPT_DAYS
    keeps = table.choice("points", get_args(LeftPoints), "forfeit") == "keep"
    if keeps and table.has("after_days"):
        table.note("after_days", 'has no meaning with points = "keep"')
    after_days = table.whole("after_days", KEPT_DAYS, most=3_650)
    return None if keeps else after_days


def _zone(value: object) -> ZoneInfo:
    # A bare name may be a file of the system's own (localtime, posixrules): areas and UTC are zones of IANA.
    if isinstance(value, str) and ("/" in value or value == "UTC"):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(value)
    raise ValueError('must be an IANA time zone, as "Asia/Shanghai"')


def _currency(value: object) -> str:
    if not isinstance(value, str) or value not in MINOR_DIGITS:
        raise ValueError('must be an active ISO 4217 code, as "CNY"')
    return value


def _card_prefix(value: object) -> str:
    """Two digits that payment cards and transit cards do not begin with (M1)."""
    if not isinstance(value, str) or not _PREFIX.fullmatch(value):
        raise ValueError('must be two digits in quotes, as "70"')
    if value[0] in "234569" or value == "81":
        raise ValueError("is a range of payment or transit cards: 2 to 6, 81 and 9 are refused")
    return value


def _compliance(section: Section, currency: str) -> Compliance:
    approval = section.table("approval") if section.has("approval") else None
    section.skip("approval")
    return Compliance(
        regime=section.choice("regime", get_args(Regime)),
        approval=Approval(approval.text("by"), approval.text("reference"), approval.date("until"))
        if approval
        else None,
        value_cap_minor=section.minor("value_cap_per_year", currency)
        if section.has("value_cap_per_year")
        else None,
    )
