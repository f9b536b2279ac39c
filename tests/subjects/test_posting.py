"""The books refuse to be written when they are not as they were read."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import ids, ledger
from loyalty.db import carry_out
from loyalty.guard import BooksDisturbed
from loyalty.rooms import rooms
from tests.clocks import START


def refused(app, make, says, spoil):
    """What `spoil` makes of a member's accounts is not written, and nothing of it is."""
    make.club()
    ana = make.shopper()
    member_id = ids.from_text(ana.member_id)

    def wrong(session):
        zone = rooms().shelf.editions(session, START).zone
        before = ledger.accounts(session, member_id, lambda edition, unit: ledger.Expiry(never=True))
        after = {unit: spoil(session, account) for unit, account in before.items()}
        ledger.post(session, member_id, before, after, [], zone, START)

    with app.app_context(), pytest.raises(BooksDisturbed, match=says):
        carry_out(wrong)
    assert ana.figures() == (0, 0, 0, 0)


def test_a_write_that_meets_other_rows_than_it_read_is_undone(app, make):
    def disturb(session, account):
        session.execute(text("UPDATE account SET version = version + 1"))  # somebody who took no lock
        return account._replace(last_active_on=START.date())

    refused(app, make, "0 rows where 2 were expected", disturb)


def test_what_was_decided_wrongly_is_not_written(app, make):
    says = "law 1: decided wrongly: reward: owed 0"
    refused(app, make, says, lambda session, account: account._replace(debt=5))


def test_a_claim_is_not_taken_for_a_twin_when_the_database_fails(app):
    def broken(session):
        session.execute(text("DROP TABLE claim"))
        ledger.claims.take(session, "purchase", "r1", "", START)

    with app.app_context(), pytest.raises(DBAPIError):
        carry_out(broken)
