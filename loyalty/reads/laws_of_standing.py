"""What must hold of terms, standing and news: laws 12 and 13."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select

from loyalty.decide.course import NEWS
from loyalty.fingerprint import steps
from loyalty.law import Finding, Law, Look, agree, alike, each_of, equal, found, none_of, unequal, where_not
from loyalty.ledger import OperationRow as Operation
from loyalty.outbox import Message
from loyalty.tables import id_text
from loyalty.tiers import Standing, Stop
from loyalty.tiers import TermRow as Term


def _chain() -> Select[Any]:
    """Each term beside its place and the start of the one after it."""
    return select(
        Term.member_id,
        Term.term_no,
        Term.tier,
        Term.from_at,
        Term.until_at,
        Term.ended_at,
        func.row_number().over(partition_by=Term.member_id, order_by=Term.term_no).label("place"),
        func.lead(Term.from_at).over(partition_by=Term.member_id, order_by=Term.term_no).label("next_from"),
        func.lag(Term.tier).over(partition_by=Term.member_id, order_by=Term.term_no).label("tier_before"),
    )


def _broken_chain() -> Select[Any]:
    """Terms that are misnumbered, or that do not end where the next one begins."""
    chain = _chain().subquery()
    term = chain.c
    torn = and_(term.next_from.is_not(None), term.ended_at.is_distinct_from(term.next_from))
    last = and_(term.next_from.is_(None), term.ended_at.is_not(None))
    outlived = and_(term.until_at.is_not(None), term.ended_at > term.until_at)
    return (
        select(chain)
        .where(or_(term.term_no != term.place, torn, last, outlived))
        .order_by(term.member_id, term.term_no)
    )


def _misplaced() -> Select[Any]:
    """Standing rows that do not say what the member's last term says."""
    term_no = select(Term.member_id, func.max(Term.term_no).label("last")).group_by(Term.member_id).subquery()
    astray = (Standing.tier.is_distinct_from(Term.tier), Standing.until_at.is_distinct_from(Term.until_at))
    waits = and_(Term.lifts_at.is_not(None), Term.lifts_closed_at.is_(None))
    ahead = or_(Standing.until_at.is_not(None), waits)
    unreviewed = or_(
        Standing.due_at.is_not(None) != ahead,
        Standing.due_at > Standing.until_at,
        and_(waits, Standing.due_at > Term.lifts_at),
    )
    return (
        select(
            Standing.member_id, Standing.term_no, Standing.tier, Standing.until_at, Standing.due_at,
            term_no.c.last, Term.tier.label("held"), Term.until_at.label("until"),
        )
        .outerjoin(term_no, term_no.c.member_id == Standing.member_id)
        .outerjoin(Term, and_(Term.member_id == Standing.member_id, Term.term_no == term_no.c.last))
        .where(or_(Standing.term_no.is_distinct_from(term_no.c.last), *astray, unreviewed))
    )  # fmt: skip


def _priced_apart() -> Select[Any]:
    """Points paid for a tier where no term begins."""
    begins = and_(Term.member_id == Operation.member_id, Term.from_at == Operation.happened_at)
    return (
        select(Operation.member_id, Operation.op_id, Operation.happened_at)
        .outerjoin(Term, begins)
        .where(Operation.kind == "tier_price", Term.term_no.is_(None))
    )


STANDING = Law(
    "12",
    "a member has exactly one term at any instant, and stands where the last one says",
    (Standing, Term),
    (
        none_of(
            Term,
            _broken_chain(),
            "term {place} ends at {ended_at} (planned {until_at}), the next begins at {next_from}",
        ),
        none_of(
            Standing,
            _misplaced(),
            "stands in term {term_no}: {tier} until {until_at}, due {due_at}; "
            "the last is {last}: {held} until {until}",
        ),
        none_of(Operation, _priced_apart(), "a tier was paid for at {happened_at}, and none began"),
    ),
)


def _marked() -> Select[Any]:
    return select(Standing.member_id, literal(1)).where(Standing.stopped_at.is_not(None))


def _open_stops() -> Select[Any]:
    return select(Stop.member_id, literal(1)).where(Stop.released_at.is_(None))


STOPPED = Law(
    "stopped",
    "whoever is stopped was stopped once, by a law that was broken, and is not released",
    (Standing, Stop),
    (alike(Standing, "stopped, and its reasons", _marked(), _open_stops()),),
)


def _gaps() -> Select[Any]:
    numbered = select(
        Message.member_id,
        Message.seq,
        func.row_number().over(partition_by=Message.member_id, order_by=Message.seq).label("place"),
    ).subquery()
    return select(numbered).where(numbered.c.seq != numbered.c.place)


def _lifted() -> Select[Any]:
    """A row for each term that changed the tier."""
    chain = _chain().subquery()
    return select(chain.c.member_id, literal(1)).where(chain.c.tier.is_distinct_from(chain.c.tier_before))


def _changes_told() -> Select[Any]:
    return select(Message.member_id, literal(1)).where(Message.kind == "tier.changed")


def _done_and_told() -> tuple[Select[Any], Select[Any]]:
    """Operations that are news beside the news of them, by the names that news calls them by."""
    name = id_text(Operation.member_id) + "-" + id_text(Operation.op_id)
    kind = case(NEWS, value=Operation.kind).label("kind")
    done = select(Operation.member_id, kind, name.label("name"), literal(1)).where(Operation.kind.in_(NEWS))
    named = Message.body["operation"].as_string()
    told = select(Message.member_id, Message.kind, named, literal(1)).where(Message.kind.in_(NEWS.values()))
    return done, told


_DONE, _TOLD = _done_and_told()
_DONE_AND_TOLD, _ALL_TOLD = unequal(_DONE, _TOLD), agree(_DONE, _TOLD)


def _untold(look: Look) -> Iterator[Finding]:
    """Operations without their news, and news without its operation, or told twice."""
    if _ALL_TOLD(look):
        return
    for row in look.rows(_DONE_AND_TOLD):
        times = 1 - row["stored"] + row["counted"]
        detail = f"{row['kind']} of operation {row['name']}: told {times} times"
        yield found(Message, {"member_id": row["member_id"]}, detail)


#: Each event is a step from one number to the next, from nil to the count of the standing.
_NUMBERED = equal(
    steps(select(Message.seq), (Message.member_id, Message.seq - 1), (Message.member_id, Message.seq)),
    steps(
        select(Standing.event_seq),
        (Standing.member_id, literal(0)),
        (Standing.member_id, Standing.event_seq),
    ),
)
NEWS_TOLD = Law(
    "13",
    "one event per kind and operation, numbered without a gap up to the standing's count",
    (Message, Standing),
    (
        where_not(_NUMBERED, each_of(Message, _gaps(), "it is event {place}")),
        alike(
            Standing,
            "events",
            select(Standing.member_id, Standing.event_seq),
            select(Message.member_id, literal(1)),
        ),
        alike(Standing, "changes of tier and their news", _lifted(), _changes_told()),
        _untold,
    ),
)
