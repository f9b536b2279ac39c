"""Figures that prove many rows at once: what is equal has the same, and whatever differs shows in them."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import and_, literal, select, text

from loyalty.fingerprint import count, fingerprint, steps
from loyalty.law import Look
from loyalty.ledger import AccountRow as Account
from loyalty.ledger import Entry
from loyalty.ledger import LotRow as Lot
from loyalty.ledger import OperationPartRow as Part
from loyalty.ledger import OperationRow as Operation
from loyalty.reads.audit import LAWS
from tests.pasts import live
from tests.reads.unguarded import audited, lived, spoilt

LISBON = ZoneInfo("Europe/Lisbon")
LOTS = fingerprint(select(Lot.member_id, Lot.unit, Lot.remaining))
ACCOUNTS = fingerprint(select(Account.member_id, Account.unit, Account.available))
BY_LOT = fingerprint(select(Lot.member_id, Lot.unit, Lot.expires_on, Lot.kind, Lot.remaining + Lot.held))
BY_ENTRY = fingerprint(
    select(Entry.member_id, Entry.unit, Entry.expires_on, Entry.kind, Entry.points).where(
        Entry.kind != "debt"
    )
)
KEY = (Entry.member_id, Entry.unit)
WALK = steps(select(Entry.seq), (*KEY, Entry.seq - 1), (*KEY, Entry.seq))
ENDS = steps(
    select(Account.version),
    (Account.member_id, Account.unit, literal(0)),
    (Account.member_id, Account.unit, Account.version),
)


@pytest.fixture(scope="module")
def past(postgresql_databases):
    with lived(postgresql_databases, live) as engine:
        yield engine


@pytest.fixture
def books(past):
    with spoilt(past) as session:
        yield session


def test_what_agrees_key_by_key_has_the_same_figure_in_each_look(books):
    first, second = Look(books, LISBON), Look(books, LISBON)
    for look in (first, second):
        assert look.figure(LOTS) == look.figure(ACCOUNTS) != 0
        assert look.figure(BY_LOT) == look.figure(BY_ENTRY) != 0
        assert look.figure(WALK) == look.figure(ENDS) != 0
    assert first.figure(LOTS) != second.figure(LOTS)


@pytest.mark.parametrize(
    ("spoil", "one", "other"),
    [
        pytest.param(
            "UPDATE lot SET remaining = remaining + CASE member_id WHEN (SELECT min(member_id) FROM lot)"
            " THEN 7 ELSE -7 END WHERE member_id IN (SELECT min(member_id) FROM lot UNION"
            " SELECT max(member_id) FROM lot)",
            LOTS,
            ACCOUNTS,
            id="points of one member that another one has",
        ),
        pytest.param("UPDATE lot SET expires_on = expires_on + 1", BY_LOT, BY_ENTRY, id="the day after"),
        pytest.param("UPDATE lot SET kind = kind || '~'", BY_LOT, BY_ENTRY, id="another class"),
        pytest.param("UPDATE entry SET seq = -1 WHERE seq = 2", WALK, ENDS, id="a gap"),
        pytest.param("DELETE FROM entry WHERE seq = 1", WALK, ENDS, id="no beginning"),
        pytest.param("UPDATE account SET version = version + 1", WALK, ENDS, id="another end"),
    ],
)
def test_whatever_differs_has_another_figure(books, spoil, one, other):
    assert books.execute(text(spoil)).rowcount
    look = Look(books, LISBON)
    assert look.figure(one) != look.figure(other)


def test_numbers_too_great_for_a_figure_leave_it_to_the_rows(books):
    books.execute(text("UPDATE account SET available = 1152921504606846976 WHERE available > 0"))
    assert Look(books, LISBON).figure(ACCOUNTS) is None
    assert {fault.law for fault in audited(books, LISBON, "1")} == {"1"}


def test_a_row_that_an_outer_join_leaves_out_is_found_though_no_row_compares(books):
    same = and_(Operation.member_id == Part.member_id, Operation.op_id == Part.op_id)
    unheard = select(Part.op_id).outerjoin(Operation, and_(same, Operation.kind == "unheard of"))
    heard = select(Part.op_id).join(Operation, same).where(Operation.kind == "unheard of")
    look = Look(books, LISBON)
    assert look.figure(count(unheard.where(Operation.op_id.is_(None)))) == look.count(Part)
    assert look.figure(count(heard)) == 0


def test_sound_books_are_proven_by_figures_alone(books):
    look = Look(books, LISBON)
    assert not [fault for law in LAWS for fault in law.faults(look)]
    assert None not in look.kept.values()


def test_some_members_are_looked_at_row_by_row(books):
    look = replace(Look(books, LISBON), members=[1])
    assert look.figure(LOTS) is None
    assert not look.kept
