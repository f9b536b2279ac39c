"""What tests of a member's own pages share: codes as a page for development shows them, and a stale proof."""

import re
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from tests.pages.desk import Desk, text_of

A_WHILE = timedelta(minutes=20)  #: after which a code that was told is not fresh any more


def developing(app: Flask) -> None:
    """Let pages show the codes that would be sent, as a copy for development does."""
    room = app.extensions["loyalty"]
    app.extensions["loyalty"] = replace(room, settings=replace(room.settings, env="development"))


def by_mail(app: Flask, url: str) -> None:
    """Let the application's settings name a mail server."""
    room = app.extensions["loyalty"]
    told = replace(room.settings, smtp_url=url, mail_from="club@example.org")
    app.extensions["loyalty"] = replace(room, settings=told)


def code_on(answer: TestResponse) -> str:
    """The code that the page shows."""
    found = re.search("(?:your code is |验证码是 ?)([0-9]{6})", text_of(answer))
    assert found is not None, text_of(answer)
    return found.group(1)


def another(code: str) -> str:
    """Six other digits."""
    return f"{(int(code) + 1) % 10**6:06}"


def asks(app: Flask, contact: str, address: str = "10.0.0.1") -> Desk:
    """A browser at a network's address that asked for a code by a contact."""
    desk = Desk(app)
    desk.client.environ_base["REMOTE_ADDR"] = address
    desk.open("/me/sign-in")
    desk.send("Send the code", contact=contact)
    return desk


def is_in(answer: TestResponse) -> bool:
    """Whether a page is the first one of a signed-in member."""
    return "My card" in text_of(answer) and answer.request.path == "/me/"
