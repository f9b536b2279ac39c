"""Taking a member to decide about them, and writing down what was decided: one order, everywhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, ids, ledger, members, outbox, tiers, usage
from loyalty.actions.let_go import let_go
from loyalty.actions.look_after import look_after
from loyalty.decide import passing, standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Event, Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.reads.booked import booked_until
from loyalty.reads.contributions import EVIDENCE_LINES, as_evidence, contributions, looked_at_beginning
from loyalty.reads.entitled import lost_bookings, with_all_terms
from loyalty.reads.locked import Locked, load_by_card, load_locked
from loyalty.tiers import Stand, Term
from loyalty.usage import UsageKey, Used

Limits = Callable[[int], Iterable[UsageKey]]  #: the member → the counters a fact of theirs may touch


def no_limits(_: int) -> Iterable[UsageKey]:
    """A fact that touches no limit."""
    return ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A member under their lock."""

    snapshot: Snapshot
    stand: Stand
    known: members.Known
    cards: members.Cards = field(default_factory=dict)  #: the card that named them
    joined: "Joined | None" = None  #: of whoever was merged: the snapshot has all that the survivor has (M6)


@dataclass(frozen=True, slots=True)
class Joined:
    """Whoever was merged and the survivor, both under their locks."""

    gone: Taken
    stays: Taken
    both: passing.Joined


def take(
    session: Session,
    editions: Editions,
    member_id: int,
    now: datetime,
    since: datetime | None = None,
    limits: Iterable[UsageKey] = (),
    *,
    even_erased: bool = False,
    alone: bool = False,
) -> Taken:
    """Lock a member and read them; `since` is how far back the fact needs the terms.

    Whoever was merged is looked at with all that the survivor has, who is locked, too, and true by now:
    what a late fact leads to is passed on to them (M6). `alone` spares that where the merge itself is meant.

    `limits` are the counters that the fact may touch; they are locked last. Raises NotFound, for whoever
    was forgotten, too, unless the clock alone acts (`even_erased`).
    """
    locked = load_locked(session, editions, member_id, now, even_erased=even_erased, since=since)
    taken = _taken(session, locked, limits)
    if alone or taken.snapshot.merged_into is None:
        return taken
    return _joined(session, editions, taken, taken.snapshot.merged_into, now, since)


def take_by_card(
    session: Session,
    editions: Editions,
    card: str,
    now: datetime,
    since: datetime | None = None,
    limits: Limits = no_limits,
) -> Taken:
    """Lock the member that a card was issued to, merged or not, and read them.

    `limits` names the counters that the fact may touch. Raises CardUnknown, CardBlocked.
    """
    locked = load_by_card(session, editions, card, now, since=since)
    return _taken(session, locked, limits(locked.snapshot.member_id))


def _taken(session: Session, locked: Locked, limits: Iterable[UsageKey]) -> Taken:
    used = used_of(session, {locked.snapshot.member_id: limits})
    return Taken(replace(locked.snapshot, used=used), locked.stand, locked.known, locked.cards)


def _joined(
    session: Session, editions: Editions, gone: Taken, survivor: int, now: datetime, since: datetime | None
) -> Taken:
    """Who was merged, with what the survivor has; locked in this order, as whoever parts them does."""
    stays = take_true(session, editions, survivor, now, since)
    promised = ledger.merged.promised_since(session, gone.snapshot.member_id)
    both = passing.Joined(gone.snapshot, stays.snapshot, promised)
    return Taken(both.snapshot, stays.stand, stays.known, joined=Joined(gone, stays, both))


def take_true(
    session: Session, editions: Editions, member_id: int, now: datetime, since: datetime | None = None
) -> Taken:
    """Lock a member, and write down what the clock has made true by now."""
    taken = take(session, editions, member_id, now, since, alone=True)
    outcome = standing.true_at(editions, taken.snapshot, now, fresh_ids(now)).outcome()
    if not (outcome.operations or outcome.terms or outcome.measured or outcome.lifts):
        return taken
    write(session, editions, taken, outcome, now)
    return take(session, editions, member_id, now, since, alone=True)


def write(
    session: Session,
    editions: Editions,
    taken: Taken,
    outcome: Outcome,
    now: datetime,
    imported_at: datetime | None = None,
) -> None:
    """Write everything one fact led to; a first tier brings the member's card (M3).

    `imported_at` is the real instant when history is written as of `now` (N7): it is no news. Raises Invalid
    for history before a later booking of this member: past views would change.
    """
    if taken.joined is not None:
        gone, stays = passing.apart(taken.joined.both, outcome, now, fresh_ids(now))
        write_part(session, editions, taken.joined.gone, [gone], now, imported_at)
        write_part(session, editions, taken.joined.stays, [stays], now, imported_at)
    else:
        write_part(session, editions, taken, [outcome], now, imported_at)


def write_part(
    session: Session,
    editions: Editions,
    taken: Taken,
    outcomes: Sequence[Outcome],
    now: datetime,
    imported_at: datetime | None = None,
) -> Stand:
    """Outcomes that go on from each other, written as one; whichever moves the terms comes alone."""
    member_id, outcome = taken.snapshot.member_id, outcomes[-1]
    move_points(session, editions, taken, outcomes, now, imported_at)
    begun = [_with_contributions(session, editions, outcome.after, term) for term in outcome.terms]
    tiers.begin(session, member_id, begun, now)
    known = {no: readings for no, readings in outcome.measured.items() if no <= taken.stand.term_no}
    tiers.keep_measured(session, member_id, known, now)
    waiting = {no: lifts_at for no, lifts_at in outcome.lifts.items() if no <= taken.stand.term_no}
    tiers.keep_lifts(session, member_id, waiting, now)
    events = [(event.kind, event.body) for one in outcomes for event in one.events]
    if outcome.terms and taken.stand.erased_at is None:
        events += [(event.kind, event.body) for event in _of_new_terms(session, editions, outcome, now)]
    is_news = imported_at is None
    last = outbox.add(session, member_id, taken.stand.event_seq, events, now, is_news=is_news)
    due = standing.next_review(Course(editions, outcome.after, iter(())))
    return tiers.move(session, taken.stand, outcome.after.terms[-1], due, last)


def move_points(
    session: Session,
    editions: Editions,
    taken: Taken,
    outcomes: Sequence[Outcome],
    now: datetime,
    imported_at: datetime | None = None,
) -> None:
    """Write down what outcomes that go on from each other moved, and what they used of limits."""
    member_id = taken.snapshot.member_id
    if imported_at is not None:
        _check_order(session, member_id, now)
    ledger.post(
        session,
        member_id,
        taken.snapshot.accounts,
        outcomes[-1].after.accounts,
        [operation for one in outcomes for operation in one.operations],
        editions.zone,
        now,
        imported_at,
    )
    for one in outcomes:
        usage.add(session, member_id, one.uses)


def _of_new_terms(session: Session, editions: Editions, outcome: Outcome, now: datetime) -> Iterator[Event]:
    """The card that a first tier brings, what it lets go of, and who looks after its member (M3, B3, B8)."""
    member_id = outcome.after.member_id
    if members.by_id(session, member_id).merged_into is not None:
        benefits.end_all(session, member_id, now)  # who looks after them is the survivor's
        return
    if any(term.tier for term in outcome.terms) and members.active_card(session, member_id) is None:
        prefix = editions.at(now).programme.club.card_prefix
        members.issue_card(session, members.by_id(session, member_id), prefix, now)
        yield Event("card.issued", {})
    course = Course(editions, with_all_terms(session, outcome.after), iter(()))
    yield from let_go(session, lost_bookings(session, course, now), now)
    yield from look_after(session, course, now)


def used_of(session: Session, limits: Mapping[int, Iterable[UsageKey]]) -> dict[UsageKey, Used]:
    """What is used of the limits of some locked members.

    The members' own are under their lock, those of all take one of their own.
    """
    keys = {key for mine in limits.values() for key in mine}
    names = {ids.to_text(member_id) for member_id in limits}
    own = {key for key in keys if key.subject in names}
    return usage.used(session, own) | usage.used(session, keys - own, locked=True)


def _check_order(session: Session, member_id: int, now: datetime) -> None:
    last = booked_until(session, member_id)
    if last is not None and last > now:
        raise Invalid(fields={"at": f"the member's books are already written until {last.isoformat()}"})


def fresh_ids(now: datetime) -> Iterator[int]:
    """Numbers for the operations of one decision."""
    while True:
        yield ids.new_id(now)


def _with_contributions(session: Session, editions: Editions, after: Snapshot, term: Term) -> Term:
    """The term with the operations that counted most towards its measure (T3)."""
    if term.reason == "joined":
        return replace(term, evidence={**term.evidence, "contributions": []})
    looked = looked_at_beginning(editions, after, term)
    lines = [
        one
        for counter in editions.number(term.edition).programme.ladder.terms.counters
        for one in contributions(session, counter, looked, EVIDENCE_LINES)
    ]
    return replace(term, evidence={**term.evidence, "contributions": as_evidence(lines)})
