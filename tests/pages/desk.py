"""A place's page as a browser without scripts sees it: forms are filled in and sent, links followed."""

import re
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

_FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
_TIME = re.compile(r"<time[^>]*>(.*?)</time>")
_INPUT = re.compile(r"<input[^>]*>")


def text_of(answer: TestResponse) -> str:
    """What a page says, without its marks."""
    whole = _TIME.sub(lambda time: re.sub(r"<[^>]+>", "", time[1]), answer.text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", whole)))


def says(answer: TestResponse, *words: str, status: int = 200) -> None:
    """A page has that status, and all these words."""
    assert answer.status_code == status, text_of(answer)
    for one in words:
        assert one in text_of(answer), text_of(answer)


class Desk:
    """One browser at one place."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": language}
        self.last: TestResponse | None = None

    def open(self, path: str = "/partner") -> TestResponse:
        """Follow a link, or type an address."""
        self.last = self.client.get(path, headers=self.headers, follow_redirects=True)
        return self.last

    def send(self, button: str, **filled: str) -> TestResponse:
        """Fill in the form of the page at hand that has this button, and press it."""
        assert self.last is not None
        form = next(one for one in _FORM.findall(self.last.text) if button in text_of_form(one))
        told = {
            attribute(one, "name"): attribute(one, "value") for one in _INPUT.findall(form) if _counts(one)
        }
        path = attribute(form.split(">")[0], "action") or self.last.request.path
        self.last = self.client.post(path, data=told | filled, headers=self.headers, follow_redirects=True)
        return self.last

    def sign_in(self, key: str) -> TestResponse:
        """Sign in by the place's key."""
        self.open("/partner/sign-in")
        return self.send("Sign in", key=key)

    def look(self, who: str) -> TestResponse:
        """Scan a card or a code."""
        self.open()
        return self.send("Look", who=who)


def text_of_form(form: str) -> str:
    """The words of a form."""
    return unescape(re.sub(r"<[^>]+>", " ", form))


def attribute(tag: str, name: str) -> str:
    """One attribute of a tag; empty when it has none."""
    found = re.search(rf'{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def _counts(tag: str) -> bool:
    return not re.search('type="(radio|checkbox)"', tag) or "checked" in tag
