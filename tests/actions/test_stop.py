"""Two who stop a member, or let them go on, at the same time: the second finds it done."""

import pytest

from loyalty import ids
from loyalty.actions.stop import release_account, stop_account
from loyalty.db import carry_out
from loyalty.errors import NotFound


def test_whoever_comes_second_changes_nothing_and_tells_nobody(app, make, clock):
    make.club()
    ana, now = make.shopper(), clock.now()
    member_id = ids.from_text(ana.member_id)
    with app.app_context():
        stopped = [
            carry_out(lambda session: stop_account(session, member_id, "1", "a total", now)) for _ in "ab"
        ]
        released = [
            carry_out(lambda session: release_account(session, member_id, "Rui", "mended", now)) for _ in "ab"
        ]
    assert (stopped, released) == ([True, False], [True, False])
    make.run("jobs", "post")
    events = [one["type"] for one in ana.till.get("/events?limit=100").json["items"]]
    assert (events.count("account.stopped"), events.count("account.released")) == (1, 1)


def test_nobody_is_not_stopped(app, make, clock):
    make.club()
    with app.app_context(), pytest.raises(NotFound):
        carry_out(lambda session: stop_account(session, 1, "1", "a total", clock.now()))
