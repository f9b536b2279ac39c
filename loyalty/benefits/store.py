"""The rows of places, entitlements and uses. The member's standing is locked by whoever writes the latter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from loyalty.benefits.facts import OPEN, Place, State
from loyalty.benefits.models import Entitlement, Use
from loyalty.benefits.models import Place as PlaceRow
from loyalty.benefits.quota import Period, Visit
from loyalty.errors import NotFound
from loyalty.guard import books_of, expect_one
from loyalty.tables import any_of, family, table_of

LAW = "entitlements"  #: what is taken is what uses that count have taken
_USE, _ENTITLEMENT = table_of(Use), table_of(Entitlement)
_TAKES = {"waiting": (0, 0), "reserved": (1, 0), "used": (0, 1)}  #: of the entitlement: reserved, used
_KEY = ("member_id", "benefit", "subject", "from_at")


@dataclass(frozen=True, slots=True)
class Right:
    """Which entitlement a use takes from, and what it comes to when it does."""

    benefit: str
    subject: str
    period: Period
    granted: int | None
    edition: int


def open_place(session: Session, place: Place, name: Mapping[str, str], now: datetime) -> bool:
    """Keep a place, or what it is called now; whether it was not there before."""
    row = session.get(PlaceRow, place.code)
    if row is None:
        row = PlaceRow(code=place.code, provider=place.provider, name=dict(name), opened_at=now)
        session.add(row)
        return True
    row.provider, row.name, row.closed_at = place.provider, dict(name), None
    return False


def close_place(session: Session, code: str, now: datetime) -> None:
    """A place gives nothing from now on. Raises NotFound."""
    row = session.get(PlaceRow, code)
    if row is None:
        raise NotFound
    row.closed_at = row.closed_at or now


def places(session: Session) -> Sequence[PlaceRow]:
    """Every place, by provider and code."""
    return session.scalars(select(PlaceRow).order_by(PlaceRow.provider, PlaceRow.code)).all()


def place(session: Session, code: str) -> Place:
    """A place that is open. Raises NotFound."""
    row = session.get(PlaceRow, code)
    if row is None or row.closed_at is not None:
        raise NotFound.at("place")
    return Place(row.code, row.provider)


def place_name(session: Session, code: str) -> dict[str, str]:
    """What a place that there is, is called, by language."""
    return session.get_one(PlaceRow, code).name


def use(session: Session, member_id: int, use_id: int) -> Use:
    """A use as it stands now. Raises NotFound."""
    found = session.get(Use, (member_id, use_id), populate_existing=True)
    if found is None:
        raise NotFound
    return found


def uses(session: Session, member_id: int, benefit: str | None = None) -> Sequence[Use]:
    """What a member had, or whoever was merged into them, of one benefit or all, in the order of visits."""
    mine = select(Use).where(Use.member_id.in_(family(member_id))).order_by(Use.at, Use.use_id)
    return session.scalars(mine if benefit is None else mine.where(Use.benefit == benefit)).all()


def uses_at(session: Session, place: str, first: datetime, until: datetime) -> Sequence[Use]:
    """The visits of a place in a stretch of time, the earliest first, whatever became of them."""
    there = select(Use).where(Use.place == place, Use.at >= first, Use.at < until)
    return session.scalars(there.order_by(Use.at, Use.use_id)).all()


def uses_before(
    session: Session, member_id: int, client: str | None, before: Use | None, limit: int
) -> Sequence[Use]:
    """Up to `limit` of a member's uses behind that one, the latest visit first: a client's own, or all."""
    mine = select(Use).where(Use.member_id == member_id)
    if client is not None:
        mine = mine.where(Use.client == client)
    if before is not None:
        same = and_(Use.at == before.at, Use.use_id < before.use_id)
        mine = mine.where(or_(Use.at < before.at, same))
    return session.scalars(mine.order_by(Use.at.desc(), Use.use_id.desc()).limit(limit)).all()


def open_uses(session: Session, member_id: int) -> Sequence[Use]:
    """A member's bookings that are neither made nor let go, those that wait for a place among them."""
    mine = select(Use).where(Use.member_id == member_id, Use.state.in_(OPEN))
    return session.scalars(mine).all()


def with_open_uses(session: Session, member_ids: Collection[int]) -> set[int]:
    """Those of some members who have such bookings."""
    told = select(Use.member_id).where(any_of(Use.member_id, member_ids), Use.state.in_(OPEN))
    return set(session.scalars(told))


def booked_between(
    session: Session, first: datetime, until: datetime, after_id: int, limit: int
) -> Sequence[int]:
    """Up to `limit` members above `after_id` with an open booking for `[first, until]`, in order."""
    told = select(Use.member_id).where(Use.state == "reserved", Use.at >= first, Use.at <= until)
    members = told.where(Use.member_id > after_id).distinct().order_by(Use.member_id)
    return session.scalars(members.limit(limit)).all()


def costs(session: Session, first: datetime, until: datetime, member_id: int | None = None) -> dict[int, int]:
    """What the visits of a time that count cost the club, in minor units, by member; of one or of all."""
    rows = (
        select(Use.member_id, func.sum(Use.cost_minor))
        .where(Use.counts, Use.cost_minor.is_not(None), Use.at >= first, Use.at < until)
        .group_by(Use.member_id)
    )
    found = session.execute(rows if member_id is None else rows.where(Use.member_id == member_id))
    return {whose: int(minor) for whose, minor in found}


def visits(told: Sequence[Use], benefit: str, subject: str) -> list[Visit]:
    """Those of some uses that take from a benefit's entitlements."""
    return [
        Visit(one.at, one.state == "reserved")
        for one in told
        if one.counts and (one.benefit, one.subject) == (benefit, subject)
    ]


def keep_use(session: Session, member_id: int, row: Mapping[str, Any], right: Right, now: datetime) -> None:
    """Write a use down, and take it from its entitlement."""
    taken = _TAKES[row["state"]]
    of = {"benefit": right.benefit, "subject": right.subject, "period_from": right.period.from_at}
    reserved_at = None if row["state"] == "waiting" else now
    named = {"member_id": member_id, "booked_at": now, "reserved_at": reserved_at, "edition": right.edition}
    take(session, member_id, right, taken, now)
    with books_of(member_id):
        session.execute(insert(_USE), [{**named, **of, **row}])


def close(
    session: Session,
    was: Use,
    state: State,
    counts: bool,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """End a booking that is open, and settle the entitlement it was taken from."""
    mine = (_USE.c.member_id == was.member_id, _USE.c.use_id == was.use_id, _USE.c.state == was.state)
    values = {"state": state, "counts": counts, "closed_at": now, "closed_by": by, "reason": reason}
    expect_one(session.execute(update(_USE).where(*mine).values(values)), LAW, "a booking", was.member_id)
    key = (was.member_id, was.benefit, was.subject, was.period_from)
    booked, _ = _TAKES[was.state]
    settled = {"reserved": _ENTITLEMENT.c.reserved - booked, "used": _ENTITLEMENT.c.used + int(counts)}
    with books_of(was.member_id):
        done = session.execute(update(_ENTITLEMENT).where(*_at(key)).values(booked_at=now, **settled))
    expect_one(done, LAW, f"the entitlement to {was.benefit}", was.member_id)


def reserve_waiting(session: Session, was: Use, right: Right, cost_minor: int | None, now: datetime) -> None:
    """Who waited has a place now, at what it costs now; taken from the right of the card they have now."""
    mine = (_USE.c.member_id == was.member_id, _USE.c.use_id == was.use_id, _USE.c.state == "waiting")
    of = {"subject": right.subject, "period_from": right.period.from_at, "edition": right.edition}
    values = of | {"state": "reserved", "counts": True, "cost_minor": cost_minor, "reserved_at": now}
    take(session, was.member_id, right, _TAKES["reserved"], now)
    with books_of(was.member_id):
        done = session.execute(update(_USE).where(*mine).values(values))
    expect_one(done, LAW, "the booking that waited", was.member_id)


def take(session: Session, member_id: int, right: Right, taken: tuple[int, int], now: datetime) -> bool:
    """Add to what is reserved and used of an entitlement, which is written down when first touched.

    Whether more is granted by it than was written down before. Raises BooksDisturbed where more is taken
    than was ever granted.
    """
    key = (member_id, right.benefit, right.subject, right.period.from_at)
    before = session.execute(select(_ENTITLEMENT).where(*_at(key))).one_or_none()
    reserved, used = taken
    row: dict[str, Any] = {"until_at": right.period.until_at, "edition": right.edition, "booked_at": now}
    if before is None:
        first = {"granted": right.granted, "reserved": reserved, "used": used, "first_booked_at": now}
        names = dict(zip(_KEY, key, strict=True))
        with books_of(member_id):
            session.execute(insert(_ENTITLEMENT), [names | row | first])
        return True
    granted = _most_granted(session, right, before, reserved + used)
    row |= {"granted": granted}
    row |= {"reserved": _ENTITLEMENT.c.reserved + reserved, "used": _ENTITLEMENT.c.used + used}
    with books_of(member_id):
        done = session.execute(update(_ENTITLEMENT).where(*_at(key)).values(row))
    expect_one(done, LAW, f"the entitlement to {right.benefit}", member_id)
    return before.granted is not None and (granted is None or granted > before.granted)


def _most_granted(session: Session, right: Right, before: Any, more: int) -> int | None:
    """The most that an entitlement came to, now that `more` is taken of it.

    What was had of it before it had a bound was granted. Another edition may have another period begin at
    the same instant: then this one's count comes on top of what was had outside of it.
    """
    if right.granted is None:
        return None
    had = before.reserved + before.used
    granted: int = max(right.granted, before.granted or 0, had)
    if had + more > granted:
        granted = max(granted, right.granted + _had_outside(session, before, right.period))
    return granted


def _had_outside(session: Session, before: Any, period: Period) -> int:
    """How many of the uses that an entitlement was taken by are not in a period that begins with it."""
    mine = (getattr(Use, name) == getattr(before, name) for name in ("member_id", "benefit", "subject"))
    visits = select(Use.at).where(*mine, Use.period_from == before.from_at, Use.counts)
    return sum(not period.holds(at) for at in session.scalars(visits))


def _at(key: tuple[object, ...]) -> list[Any]:
    return [_ENTITLEMENT.c[name] == value for name, value in zip(_KEY, key, strict=True)]
