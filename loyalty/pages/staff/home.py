"""Where staff begin: what they may do here; and what answers where there is no page."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for

from loyalty.errors import NotFound
from loyalty.pages.staff.allowing import for_staff
from loyalty.pages.staff.blueprint import here, show
from loyalty.pages.staff.role_words import role_name, role_purpose


@for_staff
def home_page() -> Any:
    """My roles, and what they are for."""
    return show("home", duties=[(role_name(role), role_purpose(role)) for role in here().roles])


@for_staff
def home_too() -> Any:
    """The same, for who types a slash."""
    return redirect(url_for("staff.home"), 303)


@for_staff
def nothing(path: str) -> Any:
    """An address that leads nowhere is told on a page of ours, to staff alone."""
    raise NotFound(path=path)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("", "GET", "home", home_page),
    ("/", "GET", "home_too", home_too),
    ("/<path:path>", "GET", "nothing", nothing),
)
