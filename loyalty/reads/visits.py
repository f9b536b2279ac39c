"""The visits of the whole club as colleagues see them: whose, by the last four digits of a card alone."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from loyalty import ids, members
from loyalty.benefits import Benefit, EventRow, PlaceRow, State, Use
from loyalty.decide import entitled
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, Refusal
from loyalty.members import Card, Member
from loyalty.reads.asked import names_of
from loyalty.reads.report import money

NOWHERE = "-"  #: what is asked for where no place was told; no place is called so
COLUMNS = (
    "visit", "at", "booked_at", "benefit", "name_zh", "name_en", "provider", "place", "card", "people",
    "relation", "bill", "discount", "cost", "currency", "state", "counts", "reason", "edition", "reference",
    "told_by",
)  # fmt: skip
_CLOSES: tuple[State, ...] = ("used", "no_show", "cancelled")
_STREAMED = {"yield_per": 1000}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; whoever was merged is the survivor (M6)."""

    use: Use
    terms: Benefit  #: as they were promised when it was booked
    place: PlaceRow | None
    event: Mapping[str, str] | None  #: what it is called
    member_id: int
    card: str | None  #: its last four, as `masked` writes them

    @property
    def key(self) -> tuple[int, int]:
        """The member it was booked for, and the use."""
        return self.use.member_id, self.use.use_id


@dataclass(frozen=True, slots=True)
class Sought:
    """Which visits are looked for; None is any."""

    benefit: str | None = None
    place: str | None = None  #: NOWHERE: those without one
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """Visits of a list, the latest first."""

    visits: Sequence[Visit]
    older: str | None  #: behind which visit the following page begins; None: there is none


@dataclass(frozen=True, slots=True)
class OneVisit:
    """A visit with who told it, who ended it, and how it may end now."""

    visit: Visit
    names: Mapping[str, str]  #: actor → name
    ways: Sequence[State]


def visits_sought(
    session: Session, editions: Editions, what: Sought, before: tuple[int, int] | None, limit: int
) -> Journal:
    """Up to `limit` visits behind one, in one statement; nothing behind one that never was."""
    asked = _asked(what)
    if before is not None:
        asked = asked.where(_behind(before))
    asked = asked.order_by(Use.at.desc(), Use.member_id.desc(), Use.use_id.desc()).limit(limit + 1)
    found = [_visit(editions, row) for row in session.execute(asked)]
    older = ids.pair_to_text(*found[limit - 1].key) if len(found) > limit else None
    return Journal(found[:limit], older)


def visit_rows(
    session: Session, editions: Editions, what: Sought
) -> Generator[tuple[object, ...], None, None]:
    """The same visits as a table to take away, the earliest first, a few at a time in memory: COLUMNS."""
    names = names_of(session)
    asked = _asked(what).order_by(Use.at, Use.member_id, Use.use_id)
    with closing(session.execute(asked, execution_options=_STREAMED)) as rows:
        for row in rows:
            yield _told(editions, _visit(editions, row), names)


def one_of_all(session: Session, editions: Editions, key: tuple[int, int], now: datetime) -> OneVisit:
    """One visit, whosever it is. Raises NotFound."""
    member_id, use_id = key
    found = session.execute(_named().where(Use.member_id == member_id, Use.use_id == use_id)).one_or_none()
    if found is None:
        raise NotFound
    visit = _visit(editions, found)
    return OneVisit(visit, names_of(session), ways_to_end(editions, visit, now))


def ways_to_end(editions: Editions, visit: Visit, now: datetime) -> tuple[State, ...]:
    """How a visit may end now (B5)."""
    return tuple(state for state in _CLOSES if _may_end(editions, visit, state, now))


def first_visits(
    session: Session, editions: Editions, *which: ColumnElement[bool], limit: int
) -> Iterator[Visit]:
    """Up to `limit` visits that `which` narrows, the earliest first, in one statement."""
    asked = _named().where(*which).order_by(Use.at, Use.member_id, Use.use_id).limit(limit)
    return (_visit(editions, row) for row in session.execute(asked))


def at_place(place: str) -> ColumnElement[bool]:
    """At a place, or NOWHERE."""
    return Use.place.is_(None) if place == NOWHERE else Use.place == place


def _may_end(editions: Editions, visit: Visit, state: State, now: datetime) -> bool:
    try:
        entitled.closed(editions, visit.terms, visit.use.state, state, visit.use.at, now)
    except Refusal:
        return False
    return True


def _named() -> Select[Any]:
    whose = func.coalesce(Member.merged_into, Member.member_id)
    return (
        select(Use, PlaceRow, EventRow.name, whose, Card.number)
        .join(Member, Member.member_id == Use.member_id)
        .outerjoin(Card, and_(Card.member_id == whose, Card.ended_at.is_(None)))
        .outerjoin(PlaceRow, PlaceRow.code == Use.place)
        .outerjoin(EventRow, EventRow.event_id == Use.event_id)
    )


def _asked(what: Sought) -> Select[Any]:
    asked = _named()
    if what.benefit is not None:
        asked = asked.where(Use.benefit == what.benefit)
    if what.place is not None:
        asked = asked.where(at_place(what.place))
    if what.state is not None:
        asked = asked.where(Use.state == what.state)
    if what.since is not None:
        asked = asked.where(Use.at >= what.since)
    return asked if what.until is None else asked.where(Use.at < what.until)


def _behind(key: tuple[int, int]) -> ColumnElement[bool]:
    member_id, use_id = key
    at = select(Use.at).where(Use.member_id == member_id, Use.use_id == use_id).scalar_subquery()
    return or_(Use.at < at, and_(Use.at == at, tuple_(Use.member_id, Use.use_id) < key))


def _visit(editions: Editions, row: Any) -> Visit:
    use, place, event, member_id, card = row
    terms = entitled.terms_of(editions, use.edition, use.benefit)
    return Visit(use, terms, place, event, member_id, members.masked(card) if card else None)


def _told(editions: Editions, one: Visit, names: Mapping[str, str]) -> tuple[object, ...]:
    use, name = one.use, one.terms.name
    currency = editions.number(use.edition).programme.club.currency
    bill, off, cost = (
        None if minor is None else money(minor, currency)
        for minor in (use.amount_minor, use.discount_minor, use.cost_minor)
    )
    return (
        ids.pair_to_text(*one.key), use.at, use.booked_at, use.benefit, name.get("zh"), name.get("en"),
        one.place.provider if one.place else None, use.place, one.card, 1 + use.guests, use.relation, bill,
        off, cost, currency, use.state, use.counts, use.reason, use.edition, use.reference,
        names.get(use.client, use.client),
    )  # fmt: skip
