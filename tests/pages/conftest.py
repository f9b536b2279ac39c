"""A real browser before a real server: Chromium at two widths; what it complains of fails the test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from sqlalchemy import event
from werkzeug.serving import make_server

from loyalty.db import db
from tests.databases import STRICT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}
Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    if CHROMIUM is None:
        assert not STRICT, "no Chromium is installed"
        pytest.skip("NO CHROMIUM, tests in a browser are left out")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address of this test's application, served by threads."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What was asked of the database so far; a test clears it before the page it counts."""
    told: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        told.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield told
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[Opener]:
    """Open a page at a width, in a language; nothing may be complained of until the test is over."""
    complaints: list[str] = []
    with ExitStack() as contexts:

        def opener(
            path: str, width: str, language: str, cookie: dict[str, str] | None = None, **more: Any
        ) -> Page:
            wide, high = WIDTHS[width]
            context = browser.new_context(
                base_url=server, viewport={"width": wide, "height": high}, locale=language, **more
            )
            contexts.callback(context.close)
            if cookie is not None:
                context.add_cookies([{**cookie, "url": server}])
            page = context.new_page()
            page.on("console", lambda said: complaints.append(said.text) if _complains(said) else None)
            page.on("pageerror", lambda fault: complaints.append(str(fault)))
            page.goto(path)
            return page

        yield opener
    assert complaints == []


def check(page: Page) -> None:
    """What axe finds, and a page that is wider than its window, fail the test."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    fits(page)


def fits(page: Page) -> None:
    """A page that is wider than its window fails the test."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"


def _complains(said: ConsoleMessage) -> bool:
    """Whether a line of the console is a fault; that a page of ours refuses with 4xx is none."""
    is_page = said.text.startswith("Failed to load resource") and "/look/" not in said.location["url"]
    return said.type == "error" and not is_page
