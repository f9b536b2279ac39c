"""Where benefits are given, and who looks after members, as colleagues keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from loyalty import access, benefits
from loyalty.access import ApiKey
from loyalty.benefits import Assignment, Benefit, Manager, PlaceRow
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a list, by provider and code."""

    places: Sequence[PlaceRow]
    keys: Mapping[str, int]  #: place → how many keys of it are accepted
    providers: Sequence[str]  #: all that there are, or that the programme names
    missing: Sequence[str]  #: providers that the programme names and that have no open place
    following: str | None  #: behind which place the list goes on; None: it is whole


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place, what it gives by the edition in force, and its keys that are accepted."""

    place: PlaceRow
    gives: Sequence[Benefit]
    keys: Sequence[ApiKey]


@dataclass(frozen=True, slots=True)
class Managers:
    """Service managers of a list, by code."""

    managers: Sequence[tuple[Manager, int]]  #: each with how many members they look after now
    following: str | None


def places_page(
    session: Session, editions: Editions, after: str | None, limit: int, now: datetime, *, every: bool
) -> Places:
    """Up to `limit` places behind one, those that are open or `every` one; in few statements."""
    asked = select(PlaceRow).order_by(PlaceRow.provider, PlaceRow.code).limit(limit + 1)
    if not every:
        asked = asked.where(PlaceRow.closed_at.is_(None))
    if after is not None:
        provider = select(PlaceRow.provider).where(PlaceRow.code == after).scalar_subquery()
        asked = asked.where(tuple_(PlaceRow.provider, PlaceRow.code) > tuple_(provider, literal(after)))
    found = session.scalars(asked).all()
    open_ones = func.sum(case((PlaceRow.closed_at.is_(None), 1), else_=0))
    counted = select(PlaceRow.provider, open_ones).group_by(PlaceRow.provider)
    with_places = dict(session.execute(counted).tuples().all())
    named = {provider for one in editions.at(now).programme.benefits for provider in one.providers}
    keys = access.live_at_places(session, [one.code for one in found], now)
    return Places(
        found[:limit],
        {code: len(some) for code, some in keys.items()},
        sorted({*with_places, *named}),
        sorted(one for one in named if not with_places.get(one)),
        found[limit - 1].code if len(found) > limit else None,
    )


def place_view(session: Session, editions: Editions, code: str, now: datetime) -> PlaceView:
    """One place, open or closed. Raises NotFound."""
    place = session.get(PlaceRow, code)
    if place is None:
        raise NotFound
    visited = (one for one in editions.at(now).programme.benefits if one.kind in benefits.VISITED)
    gives = [one for one in visited if one.is_given_by(place.provider)]
    return PlaceView(place, gives, access.live_at_places(session, [code], now).get(code, ()))


def managers_page(session: Session, after: str | None, limit: int, *, every: bool) -> Managers:
    """Up to `limit` managers behind one, those who are here or `every` one, in one statement."""
    looks_after = (Assignment.manager == Manager.code) & Assignment.until.is_(None)
    asked = (
        select(Manager, func.count(Assignment.member_id))
        .outerjoin(Assignment, looks_after)
        .group_by(Manager.code)
        .order_by(Manager.code)
        .limit(limit + 1)
    )
    if not every:
        asked = asked.where(Manager.left_at.is_(None))
    if after is not None:
        asked = asked.where(Manager.code > after)
    found = session.execute(asked).tuples().all()
    return Managers(found[:limit], found[limit - 1][0].code if len(found) > limit else None)
