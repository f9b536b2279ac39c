"""Locks, freezes and wishes of members, for tests: what their pages do."""

from loyalty import ids
from loyalty.actions.change_member import want_letters
from loyalty.actions.lock_spending import freeze_spending, lock_spending, unlock_spending
from loyalty.db import carry_out


class Page:
    """One member's page."""

    def __init__(self, app, clock, shopper):
        self._app, self._clock, self.member_id = app, clock, ids.from_text(shopper.member_id)

    def do(self, work):
        """Carry out `work(session, member_id, now)`."""
        with self._app.app_context():
            return carry_out(lambda session: work(session, self.member_id, self._clock.now()))

    def lock(self):
        return self.do(lock_spending)

    def unlock(self):
        return self.do(lambda session, member_id, _: unlock_spending(session, member_id))

    def freeze(self):
        return self.do(lambda session, member_id, now: freeze_spending(session, member_id, now, now))

    def want(self, *kinds):
        return self.do(lambda session, member_id, _: want_letters(session, member_id, kinds))


def patch(shopper, expect=200, **changes):
    """Change a member as the core system or staff do."""
    path = f"/members/{shopper.member_id}"
    etag = shopper.till.get(path).headers["ETag"]
    answer = shopper.till.send("PATCH", path, changes, if_match=etag)
    assert answer.status_code == expect, answer.json
    return answer.json
