"""What is booked on a day: how much at each place, and the list of one, to be printed and worked through."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.decide.programme import Editions
from loyalty.document.values import is_code
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, show
from loyalty.pages.staff.days import day_told
from loyalty.pages.staff.member_words import visit_words
from loyalty.reads.day_of_places import list_of_day, places_of_day
from loyalty.reads.visits import NOWHERE

MOST = 200  #: visits of a page


@allowed("benefits:see")
def bookings_page() -> Any:
    """A day of all places, or of one."""
    told = request.args.get("place", "")
    place = told if is_code(told) or told == NOWHERE else ""
    after = ids.pair_from_text(request.args.get("after", ""))

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        today = calendar.local_day(now, editions.zone)
        day: date = day_told(request.args.get("day", "")) or today
        seen = {"day": day, "today": today, "of_day": places_of_day(rows, editions, day)}
        if place:
            seen["list"] = list_of_day(rows, editions, day, place, after, MOST, now)
            seen["at"] = next((one for one in benefits.places(rows) if one.code == place), None)
        return seen

    seen = ask(question)
    one_day = timedelta(days=1)
    around = {"earlier": seen["day"] - one_day, "later": seen["day"] + one_day}
    return show(
        "benefits/bookings",
        place=place,
        nowhere=NOWHERE,
        is_first=after is None,
        visit_words=visit_words(),
        **around,
        **seen,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/bookings", "GET", "bookings", bookings_page),
)
