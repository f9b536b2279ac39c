"""`make pictures`: every page of members and staff: both widths, light and dark, large type, both languages.

A member's pages are found as a person finds them, by following links, those of staff by their addresses.
Pictures stand in a folder that git ignores, named by whose page it is, which, language, width and scheme.
"""

import logging
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests import databases
from tests.applications import application
from tests.clocks import MovableClock
from tests.makers import Maker, Shopper
from tests.pages import colleagues, lives
from tests.pages.at_work import AtWork, at_work
from tests.pages.conftest import CHROMIUM, FLAGS, WIDTHS
from tests.pages.reader import cookie_of
from tests.pages.staff_addresses import addresses_of

LANGUAGES = ("zh-CN", "en-GB")
MOST_OF_ONE = 2  #: pages of one kind: the first two rewards stand for the others
ALL = ("me.benefit",)  #: of these kinds each page has its own parts
LOOKS = (("phone", "light", "normal"), ("phone", "dark", "normal"), ("phone", "light", "large"),
         ("desktop", "light", "normal"), ("desktop", "dark", "normal"))  # fmt: skip


def main(folder: Path) -> None:
    """Fill the folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    logging.disable(logging.WARNING)
    databases.open_home()
    try:
        made = databases.SqliteFiles()
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name in ("diamond", "newcomer", "shopper"):
                with made.clone(place=name) as url:
                    clock = MovableClock()
                    with application(url, clock) as app:
                        _take(browser, app, member(name, Maker(app, clock), clock), folder, name)
            with made.clone(place="staff") as url:
                clock = MovableClock()
                with application(url, clock) as app:
                    _take_staff(browser, at_work(app, Maker(app, clock), clock), folder)
            browser.close()
    finally:
        databases.close_home()


def member(name: str, make: Maker, clock: MovableClock) -> Shopper:
    if name == "shopper":
        return lives.shopper(make, clock)
    house = lives.insurers_house(make, clock)
    return lives.diamond(house, clock) if name == "diamond" else lives.newcomer(house)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    """The address of an application, served by threads; as while developing, it shows its codes itself."""
    room = app.extensions["loyalty"]
    app.extensions["loyalty"] = replace(room, settings=replace(room.settings, env="development"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def _take(browser: Browser, app: Flask, who: Shopper, folder: Path, name: str) -> None:
    """Every page of one member, and the door, in every look."""
    with _served(app) as base:
        cookie: Any = {**cookie_of(app, who), "url": base}
        first = _page(browser, base, LANGUAGES[0], LOOKS[0])
        first.context.add_cookies([cookie])
        paths = list(found(first, app))
        first.context.close()
        for language in LANGUAGES:
            for number, look in enumerate(LOOKS):
                page = _page(browser, base, language, look)
                camera = Camera(page, folder, f"{language[:2]}-{'-'.join(look)}")
                if name == "shopper":
                    _door(camera, f"{language[:2]}{number}@example.org")
                page.context.add_cookies([cookie])
                for path in paths:
                    page.goto(path)
                    camera.take(f"{name}-{path.strip('/').replace('/', '_').replace('?', '-')[:60]}")
                page.context.close()
    print(name, len(paths), "pages")  # noqa: T201 - a tool's own words


def _take_staff(browser: Browser, club: AtWork, folder: Path) -> None:
    """Every page of staff, and their door, in every look."""
    addresses = addresses_of(club)
    with _served(club.app) as base:
        cookie: Any = {**colleagues.cookie_of(club.ada), "url": base}
        for language in LANGUAGES:
            for look in LOOKS:
                page = _page(browser, base, language, look)
                camera = Camera(page, folder, f"{language[:2]}-{'-'.join(look)}")
                page.goto("/staff/sign-in")
                camera.take("staff-door")
                page.context.add_cookies([cookie])
                for number, address in enumerate(addresses):
                    page.goto(address)
                    words = re.sub("/[0-9a-z]{13}", "", address).removeprefix("/staff").strip("/")
                    camera.take(f"staff-{number:03}-{re.sub('[^a-z]+', '-', words)[:40]}")
                page.context.close()
    print("staff", len(addresses), "pages")  # noqa: T201 - a tool's own words


def _page(browser: Browser, base: str, language: str, look: tuple[str, str, str]) -> Page:
    width, scheme, size = look
    wide, high = WIDTHS[width]
    context = browser.new_context(
        base_url=base, viewport={"width": wide, "height": high}, locale=language,
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    context.add_cookies([{"name": "size", "value": size, "url": base}])
    return context.new_page()


@dataclass(frozen=True)
class Camera:
    """Takes pictures of what one browser shows in one look."""

    page: Page
    folder: Path
    look: str

    def take(self, name: str) -> None:
        """Keep what is shown now, as if the window were as high as the page."""
        wide, high = WIDTHS[self.look.split("-")[1]]
        self.page.wait_for_load_state("networkidle")
        whole = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": wide, "height": max(high, whole)})
        self.page.screenshot(path=str(self.folder / f"{name}-{self.look}.png"))
        self.page.set_viewport_size({"width": wide, "height": high})


def _door(camera: Camera, contact: str) -> None:
    """Ask for a code by a contact that is new, tell a wrong one, then the right one, and stop at joining."""
    page = camera.page

    def send(field: str, text: str) -> None:
        page.locator(f"#{field}").fill(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.goto("/me/sign-in")
    camera.take("door-1")
    send("contact", "who")
    camera.take("door-2-fault")
    send("contact", contact)
    camera.take("door-3-code")
    code = re.search("[0-9]{6}", page.locator(".notice").nth(1).inner_text())
    assert code is not None
    send("code", f"{(int(code.group()) + 1) % 10**6:06}")
    camera.take("door-4-wrong")
    send("code", code.group())
    camera.take("door-5-join")


def found(page: Page, app: Flask) -> Iterator[str]:
    """The paths of a member's pages, by links from the first one; each is shown while its path is told."""
    rules = app.url_map.bind("")
    seen, counted, waiting = set(), dict[str, int](), ["/me/"]
    while waiting:
        path = waiting.pop(0)
        kind = str(rules.match(urlsplit(path).path)[0])
        if path in seen or (counted.get(kind, 0) >= MOST_OF_ONE and kind not in ALL):
            continue
        seen.add(path)
        if not (page.request.get(path).headers.get("content-type") or "").startswith("text/html"):
            continue
        counted[kind] = counted.get(kind, 0) + 1
        page.goto(path)
        yield path
        links = page.eval_on_selector_all(
            "a[href]",
            "all => all.filter(one => one.origin === location.origin).map(one => one.pathname + one.search)",
        )
        for link in links:
            asks = any(word in urlsplit(link).query for word in ("language=", "size="))
            if link.startswith("/me") and not asks:
                waiting.append(link)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
