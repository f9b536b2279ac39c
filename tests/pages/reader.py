"""A member's browser without scripts, signed in; and the cookie that lets a real one in."""

from flask import Flask

from loyalty import access, ids
from loyalty.db import carry_out
from loyalty.pages.member.blueprint import SECRET
from loyalty.rooms import rooms
from tests.makers import Shopper
from tests.pages.desk import Desk


class Reader(Desk):
    """One browser of one member; `language` is what it asks for."""

    def __init__(self, app: Flask, shopper: Shopper, language: str = "en") -> None:
        super().__init__(app, language)
        self.home = "/me/"
        secret = session_of(app, shopper)
        with self.client.session_transaction() as cookie:
            cookie[SECRET] = secret


def session_of(app: Flask, shopper: Shopper) -> str:
    """The secret of a new session of a member, as if a code had been told just now."""
    member_id = ids.from_text(shopper.member_id) or 0
    with app.app_context():
        now = rooms().clock.now()
        return carry_out(lambda rows: access.begin_session(rows, member_id, "Chrome · Android", now))


def cookie_of(app: Flask, shopper: Shopper) -> dict[str, str]:
    """The cookie of a signed-in browser, as Playwright's `add_cookies` takes it, without its address."""
    reader = Reader(app, shopper)
    reader.open("/me/")
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = reader.client.get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value}
