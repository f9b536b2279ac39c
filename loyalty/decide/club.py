"""The club itself and the law it works under. Pure."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.document import Section
from loyalty.money import MINOR_DIGITS

Enrolment = Literal["on_request", "automatic"]
ShowMissing = Literal["none", "points"]
Regime = Literal["none", "insurance"]

_UTC = ZoneInfo("UTC")
_PREFIX = re.compile(r"[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Club:
    """What holds for the whole club."""

    name: Mapping[str, str]
    time_zone: ZoneInfo
    currency: str
    card_prefix: str
    enrolment: Enrolment
    late_days: int  #: so long after it happened, a fact is judged as if told at once (P14)
    show_missing: ShowMissing  #: whether a member is told what is missing to the next tier (T9)


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


_NO_CLUB = Club({}, _UTC, "EUR", "70", "on_request", 0, "points")  #: where the section is missing or faulty


def parse(document: Section) -> tuple[Club, Compliance]:
    """The sections `club` and `compliance`."""
    club, compliance = (
        document.table("club"),
        document.table("compliance") if document.has("compliance") else None,
    )
    return (
        _club(club) if club else _NO_CLUB,
        _compliance(compliance) if compliance else Compliance("none", None),
    )


def _club(section: Section) -> Club:
    return Club(
        name=section.names("name"),
        time_zone=section.read("time_zone", _zone, None, _UTC),
        currency=section.read("currency", _currency, None, "EUR"),
        card_prefix=section.read("card_prefix", _card_prefix, "70", "70"),
        enrolment=section.read("enrolment", _enrolment, "on_request", "on_request"),
        late_days=section.whole("late_days", 30, most=3_650),
        show_missing=section.choice("show_missing", get_args(ShowMissing), "points"),
    )


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


def _enrolment(value: object) -> Enrolment:
    if value == "automatic":
        raise ValueError('"automatic" is not supported: it needs policies')
    if value != "on_request":
        raise ValueError('must be "on_request"')
    return "on_request"


def _compliance(section: Section) -> Compliance:
    approval = section.table("approval") if section.has("approval") else None
    section.skip("approval")
    return Compliance(
        regime=section.choice("regime", get_args(Regime)),
        approval=Approval(approval.text("by"), approval.text("reference"), approval.date("until"))
        if approval
        else None,
    )
