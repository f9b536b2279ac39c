"""The books refuse to be written when they are not as they were read."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import ids, ledger
from loyalty.db import carry_out
from loyalty.guard import BooksDisturbed
from loyalty.rooms import rooms
from tests.clocks import START


def test_a_write_that_meets_other_rows_than_it_read_is_undone(app, make):
    make.club()
    ana = make.shopper()
    member_id = ids.from_text(ana.member_id)

    def disturbed(session):
        zone = rooms().shelf.editions(session, START).zone
        before = ledger.accounts(session, member_id, lambda edition, unit: ledger.Expiry(never=True))
        session.execute(text("UPDATE account SET version = version + 1"))  # somebody who took no lock
        acted = {unit: replace(account, last_active_on=START.date()) for unit, account in before.items()}
        ledger.post(session, member_id, before, acted, [], zone, START)

    with app.app_context(), pytest.raises(BooksDisturbed, match="0 rows where one was expected"):
        carry_out(disturbed)
    assert ana.figures() == (0, 0, 0, 0)


def test_what_was_decided_wrongly_is_not_written(app, make):
    make.club()
    ana = make.shopper()
    member_id = ids.from_text(ana.member_id)

    def wrong(session):
        zone = rooms().shelf.editions(session, START).zone
        before = ledger.accounts(session, member_id, lambda edition, unit: ledger.Expiry(never=True))
        richer = {unit: replace(account, debt=5) for unit, account in before.items()}
        ledger.post(session, member_id, before, richer, [], zone, START)

    with app.app_context(), pytest.raises(BooksDisturbed, match="law 1: decided wrongly: reward: owed 0"):
        carry_out(wrong)
    assert ana.figures() == (0, 0, 0, 0)


def test_a_claim_is_not_taken_for_a_twin_when_the_database_fails(app):
    def broken(session):
        session.execute(text("DROP TABLE claim"))
        ledger.claims.take(session, "purchase", "r1", "", START)

    with app.app_context(), pytest.raises(DBAPIError):
        carry_out(broken)
