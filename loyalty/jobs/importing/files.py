"""What a file asks for, as steps in the order of time; all of it is read, and held against the books."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial

from sqlalchemy.orm import Session

from loyalty.actions.adjust import FileApproval, adjust
from loyalty.actions.apply_policy import apply_policy
from loyalty.actions.import_member import import_member
from loyalty.actions.import_sale import import_sale
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.db import reading
from loyalty.decide.programme import Editions, Programme
from loyalty.jobs.importing.checks import check_corrections, check_members, find_bearers, of_the_club
from loyalty.jobs.importing.corrections import ToldCorrection, read_corrections
from loyalty.jobs.importing.members import MembersRead, ToldMember
from loyalty.jobs.importing.policies import ToldState, read_states
from loyalty.jobs.importing.purchases import ReadReceipts, ToldReceipt, read_receipts
from loyalty.jobs.importing.run import CLIENT, Done, Import, Step
from loyalty.jobs.importing.table import Fault, Layout, Sealed, Table, counted, rows
from loyalty.ledger import Unit
from loyalty.money import MINOR_DIGITS
from loyalty.policies import PolicyState
from loyalty.rooms import Rooms
from loyalty.sales import Purchase, Return

Approved = FileApproval | None


def of_members(room: Rooms, table: Table, layout: Layout, *, historic: bool, faults: list[Fault]) -> Import:
    """The members of a file. Raises FileUnreadable, NoProgramme."""
    programme, sealed = _programme(room), Sealed(rows(table, layout, faults), "members")
    reader = MembersRead(programme, room.clock.now(), historic=historic, faults=faults)
    told = reader.read(sealed)
    with reading() as session:
        check_members(session, told, faults)
    steps = [Step((one.line,), one.at, partial(_take_over, room, one), _reference_of(one)) for one in told]
    lots = (lot for one in told for lot in one.arrival.luggage.lots)
    sums = _summed(((lot.unit, lot.unit, lot.points) for lot in lots), programme.units)
    says = [f"{counted(len(told), 'member')}, read as {table.read_as}"]
    return Import("members", table.sha256, sealed.digest, sealed.count, sums, steps, False, says)


def of_purchases(room: Rooms, table: Table, layout: Layout, *, historic: bool, faults: list[Fault]) -> Import:
    """The sales and returns of a file. Raises FileUnreadable, NoProgramme."""
    now, club = room.clock.now(), _programme(room).club
    sealed = Sealed(rows(table, layout, faults), "purchases")
    read = read_receipts(sealed, club, faults)
    with reading() as session:
        found = find_bearers(session, read.receipts, now, historic=historic, faults=faults)
    steps = [
        Step(
            told.lines,
            told.at if historic else None,
            partial(_book, found[told.named][1], told.fact),
            ("receipt", repr(told.receipt.receipt)),
        )
        for told in read.receipts
        if told.named in found
    ]
    sums = {"amount": _money(sum(map(_amount_minor, read.receipts)), club.currency)}
    says = _says(read, table.read_as)
    return Import("purchases", table.sha256, sealed.digest, sealed.count, sums, steps, historic, says)


def of_policies(room: Rooms, table: Table, layout: Layout, *, historic: bool, faults: list[Fault]) -> Import:
    """The states of policies of a file. Raises FileUnreadable, NoProgramme."""
    now, club = room.clock.now(), _programme(room).club
    sealed = Sealed(rows(table, layout, faults), "policies")
    told = read_states(sealed, club, historic=historic, faults=faults)
    with reading() as session:
        ours = of_the_club(session, told, now, enrols=club.enrolment == "automatic", faults=faults)
    steps = [Step(one.lines, one.at, partial(_apply, room, one.state), one.known_by) for one in ours]
    says = [
        f"{counted(len(told), 'state')} of policies, read as {table.read_as}",
        f"left out, as nobody in the club holds the policy: {counted(len(told) - len(ours), 'state')}",
    ]
    sums = {"premium": _money(sum(map(_premium_minor, told)), club.currency)}
    return Import("policies", table.sha256, sealed.digest, sealed.count, sums, steps, historic, says)


def of_corrections(
    room: Rooms, table: Table, layout: Layout, *, historic: bool, faults: list[Fault]
) -> Import:
    """The corrections of a file, which a second person approves. Raises FileUnreadable, NoProgramme."""
    now, units = room.clock.now(), _programme(room).units
    sealed = Sealed(rows(table, layout, faults), "corrections")
    told = read_corrections(sealed, units, faults)
    with reading() as session:
        editions, asking = room.shelf.editions(session, now), Asking(CLIENT, None, now)
        found = check_corrections(session, editions, told, asking, faults)
    steps = [
        Step((one.line,), None, partial(_correct, found[one.named], one), ("correction", repr(one.reference)))
        for one in told
        if one.named in found
    ]
    ways = (("added" if one.points > 0 else "taken", one) for one in told)
    sums = _summed(((f"{one.unit} {way}", one.unit, one.points) for way, one in ways), units)
    says = [f"{counted(len(told), 'correction')}, read as {table.read_as}"]
    return Import("corrections", table.sha256, sealed.digest, sealed.count, sums, steps, False, says, True)


def _programme(room: Rooms) -> Programme:
    now = room.clock.now()
    with reading() as session:
        return room.shelf.editions(session, now).at(now).programme


def _says(read: ReadReceipts, read_as: str) -> list[str]:
    told = read.receipts
    back = sum(isinstance(one.fact, Return) for one in told)
    return [
        f"{counted(len(told) - back, 'sale')} and {counted(back, 'return')}"
        f" of {counted(read.lines, 'line')}, read as {read_as}",
        f"left out, as they name no member: {counted(read.nobodys, 'row')}",
        f"rounded to minor units, half up: {counted(read.rounded, 'line')}",
    ]


def _reference_of(told: ToldMember) -> tuple[str, str]:
    return "reference", repr(told.arrival.newcomer.references[0])


def _summed(points: Iterable[tuple[str, str, int]], units: Mapping[str, Unit]) -> dict[str, Decimal]:
    """Points of units summed under their names, as shown to people."""
    sums = defaultdict[str, Decimal](Decimal)
    for name, unit, of_one in points:
        sums[name] += Decimal(of_one).scaleb(-units[unit].decimals)
    return dict(sorted(sums.items()))


def _money(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-MINOR_DIGITS[currency])


def _amount_minor(told: ToldReceipt) -> int:
    """What a receipt comes to; goods that came back are below nil."""
    if isinstance(told.fact, Purchase):
        return told.fact.amount_minor
    return -sum(line.amount_minor for line in told.fact.goods)


def _premium_minor(told: ToldState) -> int:
    return sum(coverage.premium_minor for coverage in told.state.coverages)


def _take_over(
    room: Rooms, told: ToldMember, session: Session, editions: Editions, asking: Asking, _approved: Approved
) -> Done:
    key = room.settings.identity_secret
    known = import_member(session, editions, told.arrival, asking=asking, identity_key=key)
    return "known" if known else "booked"


def _apply(
    room: Rooms, state: PolicyState, session: Session, editions: Editions, asking: Asking, _approved: Approved
) -> Done:
    key = room.settings.identity_secret
    _, known = apply_policy(session, editions, state, asking=asking, identity_key=key)
    return "known" if known else "booked"


def _book(
    bearer: Bearer,
    fact: Purchase | Return,
    session: Session,
    editions: Editions,
    asking: Asking,
    _approved: Approved,
) -> Done:
    answer, known = import_sale(session, editions, bearer, fact, asking=asking)
    if known:
        return "known"
    return "held" if "review_id" in answer else "booked"


def _correct(
    member_id: int,
    told: ToldCorrection,
    session: Session,
    editions: Editions,
    asking: Asking,
    approved: Approved,
) -> Done:
    _, known = adjust(session, editions, told.of(member_id), asking=asking, approved=approved)
    return "known" if known else "booked"
