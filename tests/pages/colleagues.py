"""Colleagues for tests, and their browsers: made by the subject's own doors, as if come by a link."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from secrets import token_urlsafe

from flask import Flask
from passlib.totp import TOTP

from loyalty import ids, imports, staff
from loyalty.db import carry_out
from loyalty.imports import HandedIn
from loyalty.pages.staff.blueprint import SECRET
from loyalty.pages.staff.opened import LASTS, OPENED
from loyalty.rooms import rooms
from loyalty.staff import ROLES, Made, Role
from tests.pages.desk import Desk

PASSWORD = "four paper boats at noon"
DEVICE = "Chrome · Linux"


@cache
def sealed(password: str) -> str:
    """What is kept of a password; it takes long on purpose, so it is worked out once."""
    return staff.sealed(password)


def code_at(key: str, keys: Sequence[bytes], now: datetime) -> str:
    """What an app shows at an instant whose sealed key this is."""
    return str(TOTP(staff.app_key(key, keys).replace(" ", "")).generate(time=now).token)


class Colleague(Desk):
    """One browser of somebody with these roles, signed in; `language` is what it asks for."""

    def __init__(self, app: Flask, *roles: Role, name: str = "Lin", language: str = "en") -> None:
        super().__init__(app, language)
        self.app, self.name, self.email = app, name, f"{name.lower()}@example.org"
        with app.app_context():
            now, keys = rooms().clock.now(), rooms().settings.staff_keys
            self.key = staff.fresh_app_key(keys)
            self.account_id, self.recovery_codes = carry_out(lambda rows: self._made(rows, roles, now))
        self.sign_in_again()

    def _made(self, rows, roles, now):
        account_id = staff.add_account(rows, self.email, self.name, roles, now)
        staff.set_password(rows, account_id, sealed(PASSWORD), now)
        staff.set_app(rows, account_id, self.key, 0)
        codes = staff.fresh_recovery_codes()
        staff.set_recovery_codes(rows, account_id, codes)
        return account_id, codes

    def sign_in_again(self) -> str:
        """A session as if both factors had been told just now; its secret."""
        with self.app.app_context():
            now = rooms().clock.now()
            secret = carry_out(lambda rows: staff.begin(rows, self.account_id, DEVICE, now))
        with self.client.session_transaction("/staff") as cookie:
            cookie.clear()
            cookie[SECRET] = secret
        return secret

    def opens(self, member_id: str) -> None:
        """Let this browser be shown a member's data, as if they had been opened just now."""
        with self.app.app_context():
            until = rooms().clock.now() + LASTS
        with self.client.session_transaction("/staff") as cookie:
            cookie[OPENED] = {**cookie.get(OPENED, {}), member_id: until.isoformat()}

    def own_things(self) -> dict[str, str]:
        """A fresh passkey, session and file of this colleague, by the names that addresses use."""

        def wish(rows):
            now = rooms().clock.now()
            staff.begin(rows, self.account_id, DEVICE, now)
            staff.add_passkey(rows, self.account_id, Made(token_urlsafe(), "AA", 0), DEVICE, now)
            file = HandedIn("members", "told.csv", b"reference,name", staff.actor(self.account_id))
            return {
                "import_id": ids.to_text(imports.hand_in(rows, file, now)),
                "session_id": ids.to_text(staff.sessions_of(rows, self.account_id, now)[0].session_id),
                "passkey_id": ids.to_text(staff.passkeys_of(rows, self.account_id)[-1].passkey_id),
            }

        with self.app.app_context():
            return carry_out(wish)

    def code(self) -> str:
        """What this colleague's app shows now."""
        with self.app.app_context():
            return code_at(self.key, rooms().settings.staff_keys, rooms().clock.now())

    def token(self) -> str:
        """What a form of this browser carries."""
        return re.search('name="csrf_token" value="([^"]+)"', self.client.get("/staff").text).group(1)

    def post(self, path: str, **filled):
        """Send a form that no page was opened for."""
        return self.client.post(path, data={"csrf_token": self.token(), **filled}, headers=self.headers)


def administrator(app: Flask, name: str = "Ada", language: str = "en") -> Colleague:
    """Somebody with every role."""
    return Colleague(app, *ROLES, name=name, language=language)


def cookie_of(colleague: Colleague) -> dict[str, str]:
    """The cookie of a signed-in browser, as Playwright's `add_cookies` takes it, without its address."""
    name = colleague.app.config["SESSION_COOKIE_NAME"] + "-staff"
    cookie = colleague.client.get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value}


def tries(app, email, password, desk=None):
    """A browser that told an address and a password."""
    desk = desk or Desk(app)
    desk.open("/staff/sign-in")
    desk.send("Go on", email=email, password=password)
    return desk


def is_in(desk):
    return desk.open("/staff").request.path == "/staff"


def path_of(colleague):
    return ids.to_text(colleague.account_id)


def token_in(answer):
    return re.search('name="csrf_token" value="([^"]+)"', answer.text).group(1)
