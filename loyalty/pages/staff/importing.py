"""One file handed in: what was found in it, begun, stopped, gone on with, and what came of it."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext

from loyalty.actions.import_file import start_import, stop_import, take_result
from loyalty.db import carry_out
from loyalty.errors import Invalid, RequestOfOthers
from loyalty.pages.staff import import_words
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, carry, editions_of, here, look_up, show
from loyalty.pages.staff.import_faults import in_words
from loyalty.pages.words import said
from loyalty.reads.imports import import_view
from loyalty.rooms import rooms
from loyalty.sheets import MEDIA_TYPES

FAULTS_A_PAGE = 50
PATIENCE_SECONDS = 30.0  #: with the worker, which has the books chunk after chunk
MOST_LOOKS = 200  #: that a page takes by itself, so that one left open does not keep its session alive


@allowed("imports:act")
def import_page(import_id: int) -> Any:
    """All of it."""
    return _page(import_id)


@allowed("imports:act")
def import_part(import_id: int) -> Any:
    """The same without the frame, for a page that looks again by itself while a worker is at it."""
    return _page(import_id, "part")


@allowed("imports:act", fresh=True)
def begin(import_id: int) -> Any:
    """Ask a second person to let the rows that were seen be carried in, or go on with approved ones."""
    digest, by = request.form.get("digest", ""), here().actor
    try:
        asked = act(
            lambda rows, editions, asking: (
                start_import(rows, editions, import_id, digest, by=by, now=asking.now) is not None
            )
        )
    except RequestOfOthers as refusal:
        return _page(import_id, fault=said(refusal)), 422
    except Invalid:
        return _page(import_id, fault=gettext("These are not the rows that wait. Look at them again.")), 422
    begun = gettext("A worker carries them in within a minute.")
    flash(gettext("A second person is asked to approve them.") if asked else begun)
    return _back(import_id)


@allowed("imports:act")
def stop(import_id: int) -> Any:
    """Let it come no further."""
    by, now = here().actor, rooms().clock.now()
    carry_out(lambda rows: stop_import(rows, import_id, by=by, now=now), patience_seconds=PATIENCE_SECONDS)
    flash(gettext("Stopped. What is booked stays; you may go on at any time, and nothing is booked twice."))
    return _back(import_id)


@allowed("imports:act")
def result(import_id: int) -> Any:
    """What came of each line, as a file to take away."""
    by = here().actor
    row, content = carry(lambda rows, now: take_result(rows, import_id, by=by, now=now))
    form = "xlsx" if row.result_form == "xlsx" else "csv"
    answer = Response(content, mimetype=MEDIA_TYPES[form])  # type: ignore[index]
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.kind}-result.{form}"'
    return answer


def _back(import_id: int) -> Any:
    return redirect(url_for("staff.import_file", import_id=import_id), 303)


def _page(import_id: int, template: str = "one", **more: Any) -> str:
    one, editions = look_up(lambda rows, now: (import_view(rows, import_id, now), editions_of(rows, now)))
    first = max(request.args.get("first", 0, int), 0)
    looks = max(request.args.get("looks", 0, int), 0)
    return show(
        f"imports/{template}",
        one=one,
        words=import_words,
        in_words=in_words,
        units=editions.items[-1].programme.units if editions else {},
        first=first,
        faults_shown=one.faults[first : first + FAULTS_A_PAGE],
        faults_a_page=FAULTS_A_PAGE,
        looks_again=looks + 1 if one.is_running and looks < MOST_LOOKS else None,
        **more,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/imports/<opaque:import_id>", "GET", "import_file", import_page),
    ("/imports/<opaque:import_id>/part", "GET", "import_part", import_part),
    ("/imports/<opaque:import_id>/begin", "POST", "begin_import", begin),
    ("/imports/<opaque:import_id>/stop", "POST", "stop_import", stop),
    ("/imports/<opaque:import_id>/result", "POST", "import_result", result),
)
