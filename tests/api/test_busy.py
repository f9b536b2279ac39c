"""A caller waits at most three seconds for a lock (A4)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from loyalty import ids
from loyalty.db import db
from tests.locks import somebody_else_at_work, until_somebody_waits
from tests.makers import Shopper


@pytest.fixture
def ana(make) -> Shopper:
    make.club()
    return make.shopper()


def test_a4_who_waits_for_a_lock_hears_after_three_seconds_that_nothing_was_done(app, ana):
    sold = {"receipt": "waits"}
    with somebody_else_at_work(app):
        began = time.monotonic()
        refused = ana.buy("10.00", expect=503, **sold)
        assert 2 < time.monotonic() - began < 6
        assert (refused["code"], refused["action"]) == ("busy", "retry")
    assert ana.figures() == (0, 0, 0, 0)
    assert ana.buy("10.00", **sold)["replayed"] is False  # the same key again, and now it is done
    assert ana.figures() == (10, 0, 0, 0)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a4_whose_lock_others_hold_keeps_nobody_else_waiting(app, make, ana):
    ben = make.shopper()
    with ThreadPoolExecutor(1) as pool:
        with app.app_context(), db.engine.connect() as connection, connection.begin():
            mine = {"of": ids.from_text(ana.member_id)}
            connection.execute(text("SELECT 1 FROM standing WHERE member_id = :of FOR UPDATE"), mine)
            waits = pool.submit(ana.buy, "10.00")
            until_somebody_waits()
            ben.buy("10.00")
            assert not waits.done()
        assert waits.result()["balance"]["reward"]["available"] == 10


@pytest.mark.parametrize(("path", "body"), [("block", None), ("cards", {"reason": "stolen"})])
def test_m2_a_card_falls_silent_only_when_what_it_began_is_done(app, ana, path, body):
    silence = f"/members/{ana.member_id}/{path}"
    with somebody_else_at_work(app):
        assert ana.tell(silence, body, 503, key="b")["code"] == "busy"
    ana.buy("10.00")
    ana.tell(silence, body, 200 if body is None else 201, key="b")
    assert ana.buy("10.00", expect=422)["code"] == "card_blocked"


def test_a4_a_look_waits_for_nobody(app, ana):
    ana.buy("10.00")
    with somebody_else_at_work(app):
        assert ana.figures() == (10, 0, 0, 0)
