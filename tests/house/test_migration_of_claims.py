import json

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty.db import carry_out, reading

ORPHANS = (
    "INSERT INTO lot SELECT member_id, 'none', expires_on, kind, remaining, held FROM lot",
    "INSERT INTO tally SELECT member_id, 'none', day, earned FROM tally",
    "INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)"
    " SELECT member_id + 1, op_id, kind, edition, happened_at, booked_at FROM operation",
)


def told(app):
    """How outcomes stand in the books: of JSON, or packed."""
    with app.app_context(), reading() as session:
        return session.scalars(
            text("SELECT CAST(outcome AS VARCHAR) FROM claim WHERE outcome IS NOT NULL")
        ).all()


def test_answers_live_through_the_migration_that_packs_them_and_back(app, make):
    """A retry hears the same words whatever the schema was meanwhile; claims are refused to be removed."""
    make.club()
    ana = make.shopper()
    sale = ana.sale("40.00")
    first = ana.till.post("/purchases", sale, idempotency_key="k-1")
    assert first.status_code == 201, first.json
    assert ana.redeem(10**6, 422)["code"] == "not_enough_points"
    before = told(app)
    with app.app_context():
        downgrade(revision="0042")
    kept = [json.loads(one) for one in told(app)]
    assert len(kept) == len(before)
    assert first.json["purchase_id"] in [one.get("answer", {}).get("purchase_id") for one in kept]
    with app.app_context():
        for orphan in ORPHANS:
            with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
                carry_out(lambda session, words=orphan: session.execute(text(words)))
        upgrade()
        with pytest.raises(DBAPIError, match="append-only"):
            carry_out(lambda session: session.execute(text("DELETE FROM claim")))
        with pytest.raises(DBAPIError, match="append-only"):
            carry_out(lambda session: session.execute(text("UPDATE operation SET kind = 'earn'")))
    for key in ("k-1", "k-2"):
        again = ana.till.post("/purchases", sale, idempotency_key=key)
        assert again.status_code == 201
        assert again.json | {"replayed": False} == first.json | {"replayed": False}
    make.run("ledger", "verify")
