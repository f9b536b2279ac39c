"""What the night works out for pages of staff, because it takes long: what became of each month's points."""

from loyalty import work
from loyalty.db import carry_out, reading
from loyalty.reads.cohorts import KEPT, sums_by_month
from loyalty.reads.months import months_until
from loyalty.rooms import Rooms

MONTHS_KEPT = 60  #: that are told apart


def keep_cohorts(room: Rooms) -> None:
    """Keep what became of each month's points by now as a row of the table `work`. Raises NoProgramme."""
    now = room.clock.now()
    task = carry_out(lambda session: work.start(session, KEPT, as_of=now, now=now))
    try:
        with reading() as session:
            editions = room.shelf.editions(session, now)
            found = sums_by_month(session, editions, months_until(now, MONTHS_KEPT, editions.zone))
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()))
        raise
    sums = [[*of, *points] for of, points in sorted(found.items())]
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result={"sums": sums}))
