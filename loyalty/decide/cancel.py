"""What cancelling a sale leads to: all that is still given is taken back (P18). Pure."""

from collections.abc import Iterator
from datetime import datetime

from loyalty import calendar
from loyalty.decide import milestones, standing
from loyalty.decide.course import Course
from loyalty.decide.giving import count_back
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.resuming import Gone
from loyalty.decide.take_back import Sold, issues_of, pay_back, take, undo


def cancel(
    editions: Editions,
    sold: Sold,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    *,
    void: bool,
    gone: Gone | None = None,
    judged_at: datetime | None = None,
) -> Outcome:
    """Take back all that a sale still gives, and give back all it was paid with in points.

    Where it is `void`, units that leave opened points to the member leave none, the terms that it alone
    caused end (T10), and it counts against no limit of a rule (P15): in the periods of the instant it was
    judged by, today's for a sale. Otherwise it is a return of the rest.
    """
    course = standing.true_at(editions, snapshot, now, ids)
    pay_back(course, sold, sold.refund(None), now)
    if void:
        count_back(course, editions.number(sold.edition), sold.award, judged_at or now)
        milestones.count_back(course, sold.sums)
    undo(course, sold, "cancel", now, take(course, sold, _still_given(course, sold), void), gone, now)
    return course.outcome()


def is_void(editions: Editions, sold_at: datetime, cancelled_at: datetime) -> bool:
    """Whether a sale is cancelled on its own day in the club (P18); a stamp ahead counts as now."""
    zone = editions.zone
    return calendar.local_day(min(sold_at, cancelled_at), zone) == calendar.local_day(cancelled_at, zone)


def _still_given(course: Course, sold: Sold) -> dict[str, int]:
    """Per unit, what the sale gave or promised and no return took."""
    opened = issues_of(course.operations, sold.op_id)
    due = {}
    for unit in sorted({*sold.issues, *opened}):
        issues = sold.issues.get(unit, ()) + opened.get(unit, ())
        pending = sum(p.points for p in course.account(unit).pending if p.op_id == sold.op_id)
        if left := sum(issue.points for issue in issues) - sold.taken.get(unit, 0) + pending:
            due[unit] = left
    return due
