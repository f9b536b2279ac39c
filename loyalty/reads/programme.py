"""The compiled editions, kept in the process: a hot request reads no configuration rows."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import programme
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.errors import NoProgramme

LOOK_EVERY = timedelta(seconds=2)  #: well below the ten seconds an edition is published ahead of its force


class Shelf:
    """The editions of one database. Threads share it without a lock: at worst two compile the same one."""

    def __init__(self) -> None:
        self._known: Editions | None = None
        self._looked_at: datetime | None = None

    def editions(self, session: Session, now: datetime) -> Editions:
        """All published editions, at most two seconds old. Raises NoProgramme when there is none."""
        known = self._known
        if known is None or self._is_stale(now):
            # Said before the look, so that other threads keep to what they have instead of looking too.
            self._looked_at = now
            items = known.items if known else ()
            more = tuple(
                Edition(row.number, row.in_force_from, compile_programme(row.document))
                for row in programme.after(session, items[-1].number if items else 0)
            )
            if more:
                known = self._known = Editions(items + more)
        if known is None:
            raise NoProgramme
        return known

    def forget(self) -> None:
        """Begin anew: the database is another one."""
        self._known, self._looked_at = None, None

    def _is_stale(self, now: datetime) -> bool:
        # A clock that was set back must not stop the looking.
        return self._looked_at is None or not timedelta(0) <= now - self._looked_at < LOOK_EVERY
