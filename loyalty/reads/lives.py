"""What members lived, from the books as of an instant: a chunk of members in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty import calendar, ledger, members, programme
from loyalty.decide.arrival import NOTHING, Luggage, OpeningLot, RunningTerm
from loyalty.decide.lived import BroughtBack, Came, Celebrated, Forgotten, Handed, Kept, Lived
from loyalty.decide.programme import Editions
from loyalty.ledger import Entry
from loyalty.ledger import OperationRow as Operation
from loyalty.members import Member, Person
from loyalty.reads.lives_of_occasions import Nights, celebrated, imported
from loyalty.reads.lives_of_points import entries_of, facts_of_points, operations_of
from loyalty.reads.lives_of_policies import Asked, Policies, asked, facts_of_policies, policies_of
from loyalty.reads.lives_of_sales import Name, facts_of_sales, spending_of
from loyalty.reads.lives_of_visits import visits_of
from loyalty.reads.span import Span, Turn, Turns
from loyalty.tiers import Standing, TermRow

FIRST, UNNUMBERED, LAST = -1, 0, 1 << 63  #: places beside the operations of an instant


@dataclass(frozen=True, slots=True)
class History:
    """What concerns all members alike."""

    editions: Editions  #: as they were
    as_of: datetime  #: what was booked later is not seen
    nights: Nights
    known: Mapping[str, datetime]  #: kind of fact → since when an edition is known that gives for it
    asked: Asked


@dataclass(frozen=True, slots=True)
class _Rows:
    """What several kinds of facts are read from."""

    members: Sequence[Any]
    terms: Mapping[int, Sequence[Any]]
    entries: Mapping[Name, Sequence[Any]]  #: of corrections, of what others gave, of what was brought along
    policies: Policies
    erased: Mapping[int, datetime]


def history(session: Session, editions: Editions, nights: Sequence[datetime], as_of: datetime) -> History:
    """What lives are read by; `nights` are the instants of those that were done."""
    published = {row.number: row.published_at for row in programme.after(session, 0)}
    known: dict[str, datetime] = {}
    for edition in editions.items:
        for rule in edition.programme.rules:
            told_at = min(published[edition.number], edition.in_force_from)
            known[rule.on] = min(known.get(rule.on, told_at), told_at)
    given: dict[date, datetime] = {}
    last: date | None = None
    for night in nights:
        today = calendar.local_day(night, editions.zone)
        since = today - timedelta(days=1) if last is None else last
        for number in range(1, (today - since).days + 1):
            given[since + timedelta(days=number)] = night
        last = max(today, since)
    return History(editions, as_of, given, known, asked(session, as_of))


def lives(session: Session, history: History, after_id: int, limit: int) -> tuple[list[Lived], int]:
    """What up to `limit` members above `after_id` lived, in the order of their ids; the last of these ids.

    That is `after_id` itself where nobody is left. Who joined after the instant is left out.
    """
    chunk = members.ids_above(session, after_id, limit)
    if not chunk:
        return [], after_id
    span = Span(history.editions, chunk[0], chunk[-1], history.as_of)
    people = _members(session, span)
    rows = _Rows(
        people,
        _terms(session, span),
        entries_of(session, span),
        policies_of(session, span, history.asked),
        {row.member_id: row.erased_at for row in people if row.erased_at is not None},
    )
    turns: dict[int, list[Turn]] = defaultdict(list)
    for turn in _turns(session, span, history, rows):
        turns[turn[0]].append(turn)
    enrolled = {row.member_id: row.enrolled_at for row in people}
    visits = visits_of(session, span, enrolled, rows.policies)
    kept, last, merged = _kept(session, span), _last_booked(session, span), _merged(session, span)
    lived = []
    for row in people:
        if mine := rows.terms.get(row.member_id, ()):
            told = sorted(turns[row.member_id], key=lambda turn: turn[1:3])
            booked = [*last.get(row.member_id, ()), *(term.booked_at for term in mine)]
            terms = tuple((term.tier, term.from_at, term.until_at, term.reason) for term in mine)
            lived.append(
                Lived(
                    row.member_id,
                    row.enrolled_at,
                    row.birth_date,
                    row.attributes,
                    tuple(fact for _, _, _, fact in told),
                    Kept(max(booked), kept.get(row.member_id, {}), terms),
                    tuple(visits.get(row.member_id, ())),
                    row.member_id in merged,
                )
            )
    return lived, chunk[-1]


def _turns(session: Session, span: Span, history: History, rows: _Rows) -> Turns:
    """All facts of the members, of one kind after the other."""
    operations = operations_of(session, span)
    captures = {(row.member_id, row.op_id): row.refers_to for row in operations if row.kind == "capture"}
    spending = spending_of(session, span)
    sales = list(facts_of_sales(session, span, captures))
    undone = {(member_id, fact.sale, at) for member_id, at, _, fact in sales if isinstance(fact, BroughtBack)}
    undone |= {(row.member_id, row.refers_to, row.booked_at) for row in operations if row.kind == "cancel"}
    returned = {
        (member_id, spending[member_id, sale], at)
        for member_id, sale, at in undone
        if sale is not None and (member_id, sale) in spending
    }
    points = list(facts_of_points(session, span, operations, rows.entries, spending, returned))
    booked = {
        (member_id, fact.on, calendar.local_day(fact.happened_at, span.editions.zone).year)
        for member_id, _, _, fact in points
        if isinstance(fact, Celebrated)
    }
    yield from sales
    yield from points
    yield from celebrated(session, span, rows.members, history.nights, history.known, booked)
    yield from facts_of_policies(session, span, rows.policies, operations, rows.erased)
    yield from _standings(session, span, operations, rows)


def _standings(session: Session, span: Span, operations: Sequence[Any], rows: _Rows) -> Turns:
    """How members came, tiers that were given by hand, and who was forgotten."""
    strangers = imported(session, span)
    welcomed = {row.member_id for row in operations if (row.reasons or {}).get("on") == "enrolment"}
    lots: dict[int, list[OpeningLot]] = defaultdict(list)
    for (member_id, _), entries in rows.entries.items():
        lots[member_id] += [
            OpeningLot(one.unit, one.points, one.expires_on, one.counts_on)
            for one in entries
            if one.contra == "imported"
        ]
    for member_id, terms in rows.terms.items():
        first = terms[0]
        luggage = NOTHING if member_id in strangers - welcomed else None
        if lots[member_id] or first.reason == "imported":
            brought = first if first.reason == "imported" else None
            term = None if brought is None else RunningTerm(first.tier, first.from_at, first.until_at)
            luggage = Luggage(term, tuple(lots[member_id]))
        yield member_id, first.booked_at, FIRST, Came(first.booked_at, luggage)
        for term in terms:
            if term.reason == "by_hand":
                note = str(term.evidence.get("note", ""))
                handed = Handed(term.booked_at, term.tier, term.until_at, note, term.protected)
                yield member_id, term.booked_at, UNNUMBERED, handed
    for member_id, at in rows.erased.items():
        yield member_id, at, LAST, Forgotten(at)


def _members(session: Session, span: Span) -> Sequence[Any]:
    rows = (
        select(Member.member_id, Member.enrolled_at, Member.attributes, Member.state, Person.birth_date,
               Standing.erased_at)
        .outerjoin(Person, Person.member_id == Member.member_id)
        .join(Standing, Standing.member_id == Member.member_id)
        .where(span.holds(Member))
        .order_by(Member.member_id)
    )  # fmt: skip
    return session.execute(rows).all()


def _terms(session: Session, span: Span) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rows = select(TermRow).where(span.booked(TermRow)).order_by(TermRow.member_id, TermRow.term_no)
    for term in session.scalars(rows):
        found[term.member_id].append(term)
    return found


def _kept(session: Session, span: Span) -> dict[int, dict[tuple[str, date, str, str], int]]:
    """What the entries of each member come to, by unit, lot and contra; what comes to nil is left out."""
    name = (Entry.unit, Entry.expires_on, Entry.kind, Entry.contra)
    rows = select(Entry.member_id, *name, func.sum(Entry.points)).where(span.booked(Entry))
    found: dict[int, dict[tuple[str, date, str, str], int]] = defaultdict(dict)
    for member_id, unit, day, kind, contra, points in session.execute(rows.group_by(Entry.member_id, *name)):
        if points:
            found[member_id][unit, day, kind, contra] = int(points)
    return found


def _merged(session: Session, span: Span) -> set[int]:
    """Whom a merge ever moved something to or from."""
    rows = select(Operation.member_id).where(span.booked(Operation), Operation.kind.in_(ledger.merged.MOVES))
    return set(session.scalars(rows.distinct()))


def _last_booked(session: Session, span: Span) -> dict[int, tuple[datetime]]:
    rows = select(Operation.member_id, func.max(Operation.booked_at)).where(span.booked(Operation))
    return {member_id: (at,) for member_id, at in session.execute(rows.group_by(Operation.member_id))}
