"""The programme: the editions, in force, to come and past, and the draft of the next."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.actions.draft import begin_draft, catch_up, drop_draft
from loyalty.errors import Busy, DraftOpen, NoDraft
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import carry, here, look_up, show
from loyalty.pages.staff.drafting import as_number, states_of, the_draft, worded
from loyalty.programme import to_toml
from loyalty.reads.published import edition_view, published_editions


@allowed("programme:see")
def programme_page() -> Any:
    """What is in force, and the draft of what comes next."""
    told = request.args.get("below", "")
    below = int(told) if told.isdecimal() and len(told) < 10 else None
    editions = look_up(lambda rows, now: published_editions(rows, below, now))
    try:
        draft, names = the_draft()
    except NoDraft:
        return show("programme/programme", editions=editions, draft=None, below=below)
    states = states_of(draft)
    return show(
        "programme/programme", editions=editions, draft=draft, names=names, states=states, below=below
    )


@allowed("programme:see")
def edition_page(number: str) -> Any:
    """One edition: what it changed, and its text."""
    found = look_up(lambda rows, now: edition_view(rows, as_number(number), now))
    changes = worded(found.changes, found.document, found.before)
    return show("programme/edition", edition=found, changes=changes, text=to_toml(found.document))


@allowed("programme:edit")
def begin() -> Any:
    """Open a draft of the edition published last."""
    me = here()
    try:
        carry(lambda rows, now: begin_draft(rows, me.actor, now).draft_no)
    except (DraftOpen, Busy):
        flash(gettext("A draft is open already: it is this one."))
    return redirect(url_for("staff.programme"), 303)


@allowed("programme:edit")
def drop() -> Any:
    """Close the draft without publishing it."""
    me = here()
    carry(lambda rows, now: drop_draft(rows, me.actor, now))
    flash(gettext("The draft is dropped. Nothing of it was published."))
    return redirect(url_for("staff.programme"), 303)


@allowed("programme:edit")
def come_up() -> Any:
    """Bring in what was published since the draft began."""
    me = here()

    def wish(rows: Session, now: datetime) -> int:
        return len(catch_up(rows, me.actor, now))

    differing = carry(wish)
    flash(gettext("What was published is in the draft now."))
    if differing:
        flash(gettext("Where both had changed a place the draft stands: look at the changes."), "refused")
    return redirect(url_for("staff.draft_changes"), 303)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme", "GET", "programme", programme_page),
    ("/programme/editions/<number>", "GET", "edition", edition_page),
    ("/programme/begin", "POST", "begin_draft", begin),
    ("/programme/drop", "POST", "drop_draft", drop),
    ("/programme/catch-up", "POST", "catch_up", come_up),
)
