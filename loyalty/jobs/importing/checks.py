"""What a file says, held against the books before anything is written: every fault with its line."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from loyalty import ids, ledger, members, policies
from loyalty.actions.adjust import is_known as is_corrected
from loyalty.actions.import_member import KIND
from loyalty.actions.import_sale import is_known
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.decide import spend
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import KeyReused, Refusal
from loyalty.jobs.importing.corrections import ToldCorrection
from loyalty.jobs.importing.members import ToldMember
from loyalty.jobs.importing.policies import ToldState
from loyalty.jobs.importing.purchases import Named, ToldReceipt
from loyalty.jobs.importing.run import in_words
from loyalty.jobs.importing.table import Fault
from loyalty.policies import PolicyState
from loyalty.reads.booked import booked_until
from loyalty.reads.state import state_at

Found = tuple[int, Bearer]  #: the member, and how a till would name them


def check_members(session: Session, told: Sequence[ToldMember], faults: list[Fault]) -> None:
    """Nobody is a member already, and no card somebody's, but by an earlier run of the import."""
    for one in told:
        reference = one.arrival.newcomer.references[0]
        if ledger.claims.find(session, KIND, ledger.claims.key_of((reference,))) is not None:
            continue
        if _is_there(lambda: members.by_reference(session, reference)):  # noqa: B023 -- called at once
            faults.append(Fault(one.line, "reference", f"{reference!r} is a member already"))
        card = one.arrival.card
        if card is not None and _is_there(lambda: members.holder(session, card)):  # noqa: B023
            faults.append(Fault(one.line, "card", f"{members.masked(card)} is somebody's already"))


def find_bearers(
    session: Session, told: Sequence[ToldReceipt], now: datetime, *, historic: bool, faults: list[Fault]
) -> dict[Named, Found]:
    """Who is meant, by how the file names them; unknown ones, stamps ahead and torn histories are noted."""
    found, booked = dict[Named, Found | None](), dict[int, datetime | None]()
    for receipt in told:
        if receipt.named not in found:
            found[receipt.named] = _find(session, *receipt.named)
        member = found[receipt.named]
        if receipt.at > now:
            faults.append(Fault(receipt.line, "sold_at", f"{receipt.at.isoformat()} lies in the future"))
        if member is None:
            field, text = receipt.named
            faults.append(Fault(receipt.line, field, f"{text!r} is no member"))
        elif historic:
            member_id = member[0]
            if member_id not in booked:
                booked[member_id] = booked_until(session, member_id)
            _check_order(session, receipt, booked[member_id], faults)
    return {named: member for named, member in found.items() if member is not None}


def of_the_club(
    session: Session, told: Sequence[ToldState], now: datetime, *, enrols: bool, faults: list[Fault]
) -> list[ToldState]:
    """The states of policies that somebody in the club holds, or held before by the file or the books (I8).

    `enrols`: whoever holds a policy joins with it. Unknown ids, stamps ahead and torn histories are noted.
    """
    found, booked, ours = dict[Named, int | None](), dict[int, datetime | None](), set[str]()
    mine = list[ToldState]()
    for one in told:
        state = one.state
        named = ("member_id", ids.to_text(state.holder)) if state.holder else ("reference", _reference(state))
        if named not in found:
            bearer = _find(session, *named)
            found[named] = bearer[0] if bearer else None
        member_id = found[named]
        if one.at is not None and one.at > now:
            field, text = one.known_by
            faults.append(Fault(one.line, field, f"{text} lies in the future: {one.at.isoformat()}"))
        if member_id is None and state.holder is not None:
            faults.append(Fault(one.line, "member_id", f"{named[1]!r} is no member"))
        elif member_id is not None and one.at is not None:
            if member_id not in booked:
                booked[member_id] = booked_until(session, member_id)
            _check_state_order(session, one, one.at, booked[member_id], faults)
        if member_id is not None or enrols or _is_ours(session, state.policy_no, ours):
            ours.add(state.policy_no)
            mine.append(one)
    return mine


def check_corrections(
    session: Session,
    editions: Editions,
    told: Sequence[ToldCorrection],
    asking: Asking,
    faults: list[Fault],
) -> dict[Named, int]:
    """Whose points they correct. Each is decided as it would be booked, after those of the file before it."""
    found, states = dict[Named, int](), dict[int, Snapshot]()
    for one in told:
        if one.named not in found and (bearer := _find(session, *one.named)) is not None:
            found[one.named] = bearer[0]
        if one.named not in found:
            field, text = one.named
            faults.append(Fault(one.line, field, f"{text!r} is no member"))
            continue
        try:
            _decide(session, editions, found[one.named], one, asking, states)
        except KeyReused:
            faults.append(
                Fault(one.line, "correction", f"{one.reference!r} was booked before, with other content")
            )
        except Refusal as refusal:
            faults.append(Fault(one.line, "points", in_words(refusal)))
    return found


def _decide(
    session: Session,
    editions: Editions,
    member_id: int,
    told: ToldCorrection,
    asking: Asking,
    states: dict[int, Snapshot],
) -> None:
    """Go on from the member's state with one correction. Raises KeyReused; InDebt, NotEnoughPoints."""
    if is_corrected(session, told.of(member_id), asking):
        return
    now = asking.now
    if member_id not in states:
        states[member_id] = state_at(session, editions, member_id, now, now).after
    outcome = spend.adjust(editions, told.unit, told.points, states[member_id], now, count(1), {})
    states[member_id] = outcome.after


def _reference(state: PolicyState) -> str:
    return state.holder_reference or ""


def _is_ours(session: Session, policy_no: str, ours: set[str]) -> bool:
    return policy_no in ours or bool(policies.states(session, policy_no))


def _check_state_order(
    session: Session, told: ToldState, at: datetime, booked: datetime | None, faults: list[Fault]
) -> None:
    key = ledger.claims.key_of((told.state.policy_no, str(told.state.version)))
    known = ledger.claims.find(session, ledger.claims.scope_of("policy", None), key) is not None
    if booked is not None and booked > at and not known:
        says = f"the member's books are already written until {booked.isoformat()}"
        field, text = told.known_by
        faults.append(Fault(told.line, field, f"{text}: {says}"))


def _check_order(
    session: Session, receipt: ToldReceipt, booked: datetime | None, faults: list[Fault]
) -> None:
    if booked is not None and booked > receipt.at and not is_known(session, receipt.fact):
        faults.append(
            Fault(
                receipt.line, "sold_at", f"the member's books are already written until {booked.isoformat()}"
            )
        )


def _find(session: Session, field: str, text: str) -> Found | None:
    try:
        if field == "card":
            return members.holder(session, text), Bearer(card=text)
        if field == "reference":
            member_id = members.by_reference(session, text).member_id
        else:
            member_id = members.by_id(session, ids.from_text(text) or 0).member_id
    except Refusal:
        return None
    return member_id, Bearer(member_id=member_id)


def _is_there(look: Callable[[], object]) -> bool:
    try:
        look()
    except Refusal:
        return False
    return True
