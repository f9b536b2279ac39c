"""What the club gave a member in a year, as it pays for it: benefits had and rewards bought (B10)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, rewards


def given_in_year(session: Session, member_id: int, at: datetime, zone: ZoneInfo) -> int:
    """Minor units in the calendar year of an instant; what was cancelled cost nothing."""
    year = calendar.local_day(at, zone).year
    first, last = (calendar.day_start(date(one, 1, 1), zone) for one in (year, year + 1))
    had = [
        one.cost_minor or 0
        for one in benefits.uses(session, member_id)
        if one.counts and first <= one.at < last
    ]
    bought = [
        one.cost_minor or 0
        for one in rewards.orders(session, member_id)
        if one.state != "cancelled" and first <= one.ordered_at < last
    ]
    return sum(had) + sum(bought)
