"""How many things the pages of what the card gives ask of the database, however long the history."""

from datetime import timedelta

import pytest

from tests.ladders import midnight
from tests.pages.gives import BENEFITS, announce, open_club, visited
from tests.pages.reader import Reader

BOOK = "/me/benefits/check/book"
REVIEW = midnight("2027-03-18")  #: where the term ends of who joined at NOW


@pytest.mark.parametrize("times", [0, 30])
@pytest.mark.parametrize("is_due", [False, True])
def test_a_page_asks_the_database_eight_things_at_most(app, make, clock, statements, times, is_due):
    club = open_club(make, clock)
    ana = club.shopper(birth_date="1968-05-06")
    visited(ana, clock, times)
    clock.move(REVIEW - timedelta(days=2))
    event = announce(club, starts=clock.now() + timedelta(days=10))
    reader = Reader(app, ana)
    reader.open(BOOK)
    day = f"{clock.now() + timedelta(days=9):%Y-%m-%d}"
    path = reader.send("Book", place="c1", day=day, time="10:30", consent="yes").request.path
    if is_due:  # the term is reviewed by arithmetic alone, until the night writes it
        clock.move(REVIEW + timedelta(hours=1))
    reader = Reader(app, ana)
    own = [f"/me/benefits/{one['code']}" for one in BENEFITS if one["code"] != "coach"]
    seen = (
        path,
        "/me/benefits",
        BOOK,
        "/me/bookings",
        "/me/events",
        f"/me/events/{event}",
        *own,
        "/me/",
        "/me/why",
    )
    for page in seen:
        reader.open(page)
        statements.clear()
        assert reader.open(page).status_code == 200, page
        asked = [one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]
        assert len(asked) <= 8, (page, asked)
