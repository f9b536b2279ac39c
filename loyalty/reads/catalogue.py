"""What the edition in force gives by tier, and how often each of it was had in a calendar year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from loyalty import calendar, programme
from loyalty.benefits import Benefit, Use
from loyalty.decide.programme import Editions

_STATES = ("used", "reserved", "no_show")  #: in the order of what `Had` counts


@dataclass(frozen=True, slots=True)
class Had:
    """How often members had a benefit, or have booked it, and what it costs the club in minor units."""

    used: int = 0
    reserved: int = 0
    missed: int = 0
    cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The benefits of the edition in force, in its order."""

    edition: int
    tiers: Sequence[tuple[str, Mapping[str, str]]]  #: code and name, the lowest first
    benefits: Sequence[Benefit]
    had: Mapping[str, Had]  #: by benefit, those of earlier editions among them
    year: int  #: the calendar year of the club in which it was had
    in_draft: Mapping[str, int] | None  #: where each stands in the open draft; None: no draft is open


def catalogue(session: Session, editions: Editions, now: datetime) -> Catalogue:
    """The catalogue as it stands now, in three statements."""
    edition, year = editions.at(now), calendar.local_day(now, editions.zone).year
    ladder = edition.programme.ladder.tiers
    tiers = [(one.code, one.name) for one in sorted(ladder, key=lambda one: one.rank)]
    first, until = (calendar.day_start(date(one, 1, 1), editions.zone) for one in (year, year + 1))
    had = _had(session, first, until)
    return Catalogue(edition.number, tiers, edition.programme.benefits, had, year, _in_draft(session))


def _had(session: Session, first: datetime, until: datetime) -> dict[str, Had]:
    counted = {state: func.sum(case((Use.state == state, 1), else_=0)) for state in _STATES}
    cost = func.sum(case((Use.counts, Use.cost_minor), else_=0))
    rows = (
        select(Use.benefit, *counted.values(), func.coalesce(cost, 0))
        .where(Use.at >= first, Use.at < until)
        .group_by(Use.benefit)
    )
    return {code: Had(*(int(one) for one in counts)) for code, *counts in session.execute(rows)}


def _in_draft(session: Session) -> dict[str, int] | None:
    draft = programme.open_draft(session)
    saved = programme.at_revision(session, draft, draft.revision) if draft else None
    if saved is None:
        return None
    told = saved.document.get("benefit", [])
    codes = [one.get("code") for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {code: place for place, code in enumerate(codes) if isinstance(code, str)}
