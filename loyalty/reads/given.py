"""What the club gives its members, as it pays for it, and what they pay in premiums (B10)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, policies, rewards
from loyalty.benefits import Use
from loyalty.policies import IN_FORCE, INSTALMENTS
from loyalty.reads.policy import told_of


@dataclass(frozen=True, slots=True)
class Given:
    """Minor units of one calendar year; what was cancelled cost nothing."""

    member_id: int
    benefits: int
    rewards: int
    premium: int  #: a year's premium of the policies that the member held at the end, or now

    @property
    def total(self) -> int:
        """All that was given."""
        return self.benefits + self.rewards


def given_in_year(
    session: Session, member_id: int, at: datetime, zone: ZoneInfo, gone: Collection[Use] = ()
) -> int:
    """What one member was given in the calendar year of an instant, in minor units.

    `gone` are the bookings that a lower card let go of, which may be unwritten: they cost nothing (P5).
    """
    first, until = _year(calendar.local_day(at, zone).year, zone)
    costs = (
        benefits.costs(session, first, until, member_id),
        rewards.costs(session, first, until, member_id),
    )
    let_go = (one.cost_minor or 0 for one in gone if one.counts and first <= one.at < until)
    return sum(cost.get(member_id, 0) for cost in costs) - sum(let_go)


def value_given(session: Session, year: int, zone: ZoneInfo, now: datetime) -> Iterator[Given]:
    """Every member who was given something in a year, in the order of their ids."""
    first, until = _year(year, zone)
    had, bought = benefits.costs(session, first, until), rewards.costs(session, first, until)
    last = min(until - calendar.INSTANT, now)
    for member_id in sorted(had.keys() | bought.keys()):
        premium = _premium(session, member_id, year, last)
        yield Given(member_id, had.get(member_id, 0), bought.get(member_id, 0), premium)


def _year(year: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return calendar.day_start(date(year, 1, 1), zone), calendar.day_start(date(year + 1, 1, 1), zone)


def _premium(session: Session, member_id: int, year: int, at: datetime) -> int:
    """What their policies cost in a year; what is paid once counts in the year of its policy alone."""
    premium = 0
    for number in policies.told_of_holder(session, member_id):
        state = told_of(session, number).at(at)
        if state is not None and state.holder == member_id and state.status in IN_FORCE:
            is_new = state.issued_on is not None and state.issued_on.year == year
            premium += sum(
                one.yearly_minor for one in state.coverages if one.pay_mode in INSTALMENTS or is_new
            )
    return premium
