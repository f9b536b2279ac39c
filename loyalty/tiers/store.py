"""Rows of standing and terms. The standing row is the member's lock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, Update, bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from loyalty.guard import books_of, expect_one
from loyalty.questions import Question, Rows, among, ask, value
from loyalty.tables import Moment, any_of, table_of
from loyalty.tiers import models
from loyalty.tiers.evaluation import Term
from loyalty.writing import adding, changing, later


class Stand(NamedTuple):
    """A member's standing row as it was read."""

    member_id: int
    tier: str | None
    term_no: int
    until_at: datetime | None
    due_at: datetime | None
    event_seq: int
    stopped_at: datetime | None = None  #: nothing may be written of the member until they are released
    erased_at: datetime | None = None  #: the person was forgotten: only the clock still writes of the member


_STANDING = table_of(models.Standing)
_KEPT = ("tier", "term_no", "until_at", "due_at", "event_seq")
_READ = ("member_id", *_KEPT, "stopped_at", "erased_at")
_STAND = select(*(_STANDING.c[name] for name in _READ)).where(_STANDING.c.member_id == bindparam("of_member"))
STANDING = Question(
    select(*(_STANDING.c[name] for name in _READ)).where(among(_STANDING.c.member_id, "members"))
)  #: of `members`: the cells of a Stand
_STAND_LOCKED = _STAND.with_for_update()
_TERM = table_of(models.Term)
_TERM_CELLS = (
    "term_no",
    "tier",
    "from_at",
    "until_at",
    "reason",
    "edition",
    "protected",
    "evidence",
    "measured",
)
#: The running terms of `members`, and those that reach past `terms_since`, oldest first: see `booked_terms`.
TERMS = Question(
    select(
        *(_TERM.c[name] for name in ("member_id", *_TERM_CELLS)),
        case((_TERM.c.lifts_closed_at.is_(None), _TERM.c.lifts_at)).label("lifts_at"),
    )
    .where(
        among(_TERM.c.member_id, "members"),
        or_(_TERM.c.ended_at.is_(None), _TERM.c.ended_at > value("terms_since", Moment)),
    )
    .order_by(_TERM.c.term_no)
)
_BEGUN = adding(models.Term, "lifts_closed_at", "ended_at", "end_booked_at")
_ENDED = changing(models.Term, "ended_at", "end_booked_at", law="12", what="a term that ends")
_MOVED = changing(models.Standing, *_KEPT, law="12", what="the standing")


def open_standing(session: Session, member_id: int) -> None:
    """The standing row of a new member, before the first term."""
    row = {"member_id": member_id, "tier": None, "term_no": 0, "event_seq": 0}
    session.execute(insert(models.Standing), [row])


def stand(session: Session, member_id: int, *, locked: bool = False) -> Stand | None:
    """A member's standing; `locked` takes the row, and with it the member, before anything else is read."""
    row = session.execute(_STAND_LOCKED if locked else _STAND, {"of_member": member_id}).first()
    return Stand(*row) if row else None


def stands(session: Session, member_ids: Collection[int]) -> list[Stand]:
    """The standings of members, whose rows are taken in order."""
    rows = select(*(_STANDING.c[name] for name in _READ)).where(any_of(_STANDING.c.member_id, member_ids))
    return [Stand(*row) for row in session.execute(rows.order_by(_STANDING.c.member_id).with_for_update())]


def stand_of(row: models.Standing) -> Stand:
    """A standing as its row says."""
    return Stand(*(getattr(row, name) for name in _READ))


def due_standings(after_id: int, now: datetime) -> Select[tuple[int]]:
    """A query of the members above `after_id` whose term is measured or reviewed by `now`."""
    table = models.Standing
    return select(table.member_id).where(table.member_id > after_id, table.due_at <= now)


def earliest_due(session: Session) -> datetime | None:
    """The next instant at which any member's term is measured or reviewed."""
    return session.scalar(select(func.min(models.Standing.due_at)))


def terms_since(session: Session, member_id: int, since: datetime | None) -> tuple[Term, ...]:
    """The running term, and earlier ones that reach past `since`, oldest first."""
    (rows,) = ask(session, [TERMS], members=[member_id], terms_since=since)
    return booked_terms(rows).get(member_id, ())


def booked_terms(rows: Rows) -> dict[int, tuple[Term, ...]]:
    """The terms of each member as they are booked now, from what TERMS was answered."""
    found: dict[int, tuple[Term, ...]] = {}
    for member_id, *cells in rows:
        found[member_id] = (*found.get(member_id, ()), Term(*cells))
    return found


def term_of(row: Any) -> Term:
    """A term as its row says now."""
    return _term(row, row.measured, None if row.lifts_closed_at else row.lifts_at)


def terms_as_of(session: Session, member_id: int, at: datetime) -> tuple[Term, ...]:
    """The terms booked by `at`, oldest first, with what was measured and graded by then."""
    table = models.Term
    rows = select(table).where(table.member_id == member_id, table.booked_at <= at).order_by(table.term_no)
    return tuple(
        _term(
            row,
            row.measured if row.measured_booked_at and row.measured_booked_at <= at else None,
            row.lifts_at if _waited(row, at) else None,
        )
        for row in session.scalars(rows)
    )


def begin(session: Session, member_id: int, terms: Sequence[Term], now: datetime) -> None:
    """Write new terms down; each ends the one before it at its start."""
    table = models.Term
    for term in terms:
        if term.no > 1:
            _change(session, member_id, term.no - 1, {"ended_at": term.from_at, "end_booked_at": now})
        with books_of(member_id):
            session.execute(insert(table), [_row(member_id, term, now)])


def _row(member_id: int, term: Term, now: datetime) -> dict[str, Any]:
    return {
        "member_id": member_id,
        "term_no": term.no,
        "tier": term.tier,
        "from_at": term.from_at,
        "until_at": term.until_at,
        "reason": term.reason,
        "edition": term.edition,
        "protected": term.protected,
        "evidence": dict(term.evidence),
        "measured": dict(term.measured) if term.measured is not None else None,
        "measured_booked_at": now if term.measured is not None else None,
        "lifts_at": term.lifts_at,
        "lifts_booked_at": now if term.lifts_at is not None else None,
        "booked_at": now,
    }


def follow(
    session: Session, before: Stand, term: Term, due_at: datetime | None, event_seq: int, now: datetime
) -> None:
    """A term follows the running one; it is written with those of others, later."""
    ended = {"member_id": before.member_id, "term_no": term.no - 1, "ended_at": term.from_at}
    later(session, _ENDED, [{**ended, "end_booked_at": now}], before.member_id)
    later(session, _BEGUN, [_row(before.member_id, term, now)], before.member_id)
    move(session, before, term, due_at, event_seq)


def keep_measured(
    session: Session, member_id: int, measured: Mapping[int, Mapping[str, int]], now: datetime
) -> None:
    """Keep what the review's own measuring day showed."""
    for term_no, readings in measured.items():
        _change(session, member_id, term_no, {"measured": dict(readings), "measured_booked_at": now})


def keep_lifts(session: Session, member_id: int, lifts: Mapping[int, datetime | None], now: datetime) -> None:
    """Keep when a lift out of a term starts, or that none is waiting any more."""
    for term_no, lifts_at in lifts.items():
        waits = {"lifts_at": lifts_at, "lifts_booked_at": now, "lifts_closed_at": None}
        values = waits if lifts_at is not None else {"lifts_closed_at": now}
        _change(session, member_id, term_no, values)


def _change(session: Session, member_id: int, term_no: int, values: dict[str, Any]) -> None:
    mine = (_TERM.c.member_id == member_id, _TERM.c.term_no == term_no)
    with books_of(member_id):
        done = session.execute(update(_TERM).where(*mine).values(values))
    expect_one(done, "12", f"term {term_no}", member_id)


def move(session: Session, before: Stand, running: Term, due_at: datetime | None, event_seq: int) -> Stand:
    """Bring the standing row to the running term; how it stands then."""
    after = before._replace(
        tier=running.tier,
        term_no=running.no,
        until_at=running.until_at,
        due_at=due_at,
        event_seq=event_seq,
    )
    if after != before:
        row = {name: getattr(after, name) for name in _KEPT}
        later(session, _MOVED, [{"member_id": before.member_id, **row}], before.member_id)
    return after


def count_event(session: Session, member_id: int) -> None:
    """One event more is told of a member, who is locked; whatever else there is of the standing stays."""
    mine = update(_STANDING).where(_STANDING.c.member_id == member_id)
    expect_one(
        session.execute(mine.values(event_seq=_STANDING.c.event_seq + 1)), "12", "the standing", member_id
    )


def counting_events(told: FromClause) -> Update:
    """What counts the events that are told of members, who are locked: of each, from `turn` 1 on."""
    more = select(told.c.member_id, func.max(told.c.turn).label("told")).group_by(told.c.member_id).subquery()
    counted = _STANDING.c.event_seq + more.c.told
    return update(_STANDING).where(_STANDING.c.member_id == more.c.member_id).values(event_seq=counted)


def alive(session: Session, member_ids: Iterable[int]) -> list[int]:
    """Those of some members who were not forgotten, in order."""
    asked = {*member_ids}
    gone = select(_STANDING.c.member_id).where(
        _STANDING.c.member_id.in_(asked), _STANDING.c.erased_at.is_not(None)
    )
    return sorted(asked - set(session.scalars(gone)))


def forget_person(session: Session, member_id: int, now: datetime) -> None:
    """Nobody stands here any more; the words with which a tier was given by hand are gone (M7)."""
    mine = select(models.Term).where(models.Term.member_id == member_id)
    for term in session.scalars(mine).all():
        if "note" in term.evidence:
            _change(session, member_id, term.term_no, {"evidence": {**term.evidence, "note": ""}})
    gone = update(_STANDING).where(_STANDING.c.member_id == member_id, _STANDING.c.erased_at.is_(None))
    expect_one(session.execute(gone.values(erased_at=now)), "12", "the standing", member_id)


def _waited(row: models.Term, at: datetime) -> bool:
    """Whether a lift out of the term was known to be waiting at an instant."""
    booked_at, closed_at = row.lifts_booked_at, row.lifts_closed_at
    return booked_at is not None and booked_at <= at and (closed_at is None or closed_at > at)


def _term(row: Any, measured: Mapping[str, int] | None, lifts_at: datetime | None) -> Term:
    return Term(
        row.term_no,
        row.tier,
        row.from_at,
        row.until_at,
        row.reason,
        row.edition,
        row.protected,
        row.evidence,
        measured,
        lifts_at,
    )
