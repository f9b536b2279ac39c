"""What cards bring by post, as staff see it: how much is to be posted, the lists taken, what came back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from loyalty.benefits import Mailing
from loyalty.members import Member, Person
from loyalty.reads.to_post import ARRIVES

LISTS = 20  #: that are shown, the last ones


@dataclass(frozen=True, slots=True)
class Post:
    """The mailings of one benefit."""

    benefit: str
    to_post: int
    first_day: date | None  #: that one of them is to arrive on
    unreachable: int  #: made, for somebody whom no post reaches now
    posted: int
    returned: int


@dataclass(frozen=True, slots=True)
class PostList:
    """A list that was taken, and with that posted."""

    benefit: str
    written_at: datetime
    rows: int


def post(session: Session) -> dict[str, Post]:
    """How much is to be posted, was and came back, by benefit; those alone of which there was any."""
    made, reached = Mailing.state == "made", and_(*ARRIVES)
    rows = (
        select(
            Mailing.benefit,
            func.sum(case((and_(made, reached), 1), else_=0)),
            func.min(case((and_(made, reached), Mailing.for_day))),
            func.sum(case((made, 1), else_=0)),
            func.sum(case((Mailing.state == "written", 1), else_=0)),
            func.sum(case((Mailing.state == "returned", 1), else_=0)),
        )
        .outerjoin(Person, Person.member_id == Mailing.member_id)
        .join(Member, Member.member_id == Mailing.member_id)
        .group_by(Mailing.benefit)
    )
    return {
        benefit: Post(benefit, reachable, first, all_made - reachable, posted, returned)
        for benefit, reachable, first, all_made, posted, returned in session.execute(rows).tuples()
    }


def lists_taken(session: Session) -> list[PostList]:
    """The last lists that were taken, the newest first."""
    rows = select(Mailing.benefit, Mailing.written_at, func.count()).where(Mailing.written_at.is_not(None))
    grouped = rows.group_by(Mailing.benefit, Mailing.written_at)
    newest = grouped.order_by(Mailing.written_at.desc(), Mailing.benefit).limit(LISTS)
    return [PostList(benefit, at, count) for benefit, at, count in session.execute(newest).tuples() if at]
