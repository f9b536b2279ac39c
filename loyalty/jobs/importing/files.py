"""What a file asks for, as steps in the order of time; all of it is read, and held against the books."""

import hashlib
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from loyalty.actions.apply_policy import apply_policy
from loyalty.actions.import_member import import_member
from loyalty.actions.import_sale import import_sale
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.db import reading
from loyalty.decide.programme import Editions, Programme
from loyalty.jobs.importing.checks import check_members, find_bearers, of_the_club
from loyalty.jobs.importing.members import MembersRead, ToldMember
from loyalty.jobs.importing.policies import read_states
from loyalty.jobs.importing.purchases import ReadReceipts, read_receipts
from loyalty.jobs.importing.run import Done, Import, Step
from loyalty.jobs.importing.table import ENCODINGS, Fault, Layout, counted, rows
from loyalty.policies import PolicyState
from loyalty.rooms import Rooms
from loyalty.sales import Purchase, Return


def of_members(
    room: Rooms, file: Path, encoding: str, layout: Layout, *, historic: bool, faults: list[Fault]
) -> Import:
    """The members of a file. Raises FileUnreadable, NoProgramme."""
    now = room.clock.now()
    reader = MembersRead(_programme(room), now, historic=historic, faults=faults)
    told = reader.read(rows(file, encoding, layout, faults))
    with reading() as session:
        check_members(session, told, faults)
    steps = [Step(one.line, one.at, partial(_take_over, room, one), _known_by(one)) for one in told]
    says = f"{counted(len(told), 'member')}, {_read_as(encoding)}"
    return Import("members", _digest(file), steps, False, [says])


def of_purchases(
    room: Rooms, file: Path, encoding: str, layout: Layout, *, historic: bool, faults: list[Fault]
) -> Import:
    """The sales and returns of a file. Raises FileUnreadable, NoProgramme."""
    now = room.clock.now()
    read = read_receipts(rows(file, encoding, layout, faults), _programme(room).club, faults)
    with reading() as session:
        found = find_bearers(session, read.receipts, now, historic=historic, faults=faults)
    steps = [
        Step(
            told.line,
            told.at if historic else None,
            partial(_book, found[told.named][1], told.fact),
            f"receipt: {told.receipt.receipt!r}",
        )
        for told in read.receipts
        if told.named in found
    ]
    return Import("purchases", _digest(file), steps, historic, _says(read, encoding))


def of_policies(
    room: Rooms, file: Path, encoding: str, layout: Layout, *, historic: bool, faults: list[Fault]
) -> Import:
    """The states of policies of a file. Raises FileUnreadable, NoProgramme."""
    now, club = room.clock.now(), _programme(room).club
    told = read_states(rows(file, encoding, layout, faults), club, historic=historic, faults=faults)
    with reading() as session:
        ours = of_the_club(session, told, now, enrols=club.enrolment == "automatic", faults=faults)
    steps = [Step(one.line, one.at, partial(_apply, room, one.state), one.known_by) for one in ours]
    says = [
        f"{counted(len(told), 'state')} of policies, {_read_as(encoding)}",
        f"left out, as nobody in the club holds the policy: {counted(len(told) - len(ours), 'state')}",
    ]
    return Import("policies", _digest(file), steps, historic, says)


def _programme(room: Rooms) -> Programme:
    now = room.clock.now()
    with reading() as session:
        return room.shelf.editions(session, now).at(now).programme


def _says(read: ReadReceipts, encoding: str) -> list[str]:
    told = read.receipts
    back = sum(isinstance(one.fact, Return) for one in told)
    return [
        f"{counted(len(told) - back, 'sale')} and {counted(back, 'return')}"
        f" of {counted(read.lines, 'line')}, {_read_as(encoding)}",
        f"left out, as they name no member: {counted(read.nobodys, 'row')}",
        f"rounded to minor units, half up: {counted(read.rounded, 'line')}",
    ]


def _read_as(encoding: str) -> str:
    return f"read as {ENCODINGS.get(encoding, encoding)}"


def _known_by(told: ToldMember) -> str:
    return f"reference: {told.arrival.newcomer.references[0]!r}"


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _take_over(room: Rooms, told: ToldMember, session: Session, editions: Editions, asking: Asking) -> Done:
    key = room.settings.identity_secret
    known = import_member(session, editions, told.arrival, asking=asking, identity_key=key)
    return "known" if known else "booked"


def _apply(room: Rooms, state: PolicyState, session: Session, editions: Editions, asking: Asking) -> Done:
    key = room.settings.identity_secret
    _, known = apply_policy(session, editions, state, asking=asking, identity_key=key)
    return "known" if known else "booked"


def _book(
    bearer: Bearer, fact: Purchase | Return, session: Session, editions: Editions, asking: Asking
) -> Done:
    answer, known = import_sale(session, editions, bearer, fact, asking=asking)
    if known:
        return "known"
    return "held" if "review_id" in answer else "booked"
