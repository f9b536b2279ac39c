"""The door of the members' pages: who comes in, and by what (security.md, members' pages)."""

from tests.pages.desk import text_of
from tests.pages.reader import Reader


def test_a_session_opens_the_members_pages_and_no_session_leads_to_the_door(app, make):
    make.club()
    ana = make.shopper()
    assert "Sign in" in text_of(app.test_client().get("/me/", follow_redirects=True))
    assert Reader(app, ana).open("/me/").status_code == 200
