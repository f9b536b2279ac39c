"""The draft tried on real history: asked for, watched, stopped, gone on with, and what came of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import calendar, ids
from loyalty.actions.ask_what_if import (
    Tried,
    ask_what_if_once,
    go_on_with_what_if,
    note_taken,
    stop_what_if,
)
from loyalty.actions.once import Asking
from loyalty.db import carry_out
from loyalty.decide.programme import Editions
from loyalty.document import Fault
from loyalty.errors import NoDraft, ProgrammeFaulty, TooManyWaiting
from loyalty.pages.staff import what_if_figures as figures
from loyalty.pages.staff import what_if_words as words
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, ask, carry, form_key, here, look_up, show
from loyalty.pages.staff.drafting import number_told, show_draft, the_draft, told_faults
from loyalty.pages.staff.figures import cell_text, unit_names
from loyalty.pages.staff.taking import form_wanted, list_of
from loyalty.pages.words import said
from loyalty.reads.draft import draft_view
from loyalty.reads.what_if_runs import Result, Run, result_view, run_view, runs_view, table_view
from loyalty.rooms import rooms

A_PAGE = 20
PATIENCE_SECONDS = 30.0  #: with the worker, which has the run part after part
MOST_LOOKS = 200  #: that a page takes by itself, so that one left open does not keep its session alive
_FIRST = date(1970, 1, 2)


@allowed("programme:see")
def runs_page() -> Any:
    """The form, where a draft is open, and every run, the last one first."""
    return _runs()


@allowed("programme:edit")
def try_draft() -> Any:
    """Ask for the draft, as it was seen, to be tried."""
    seen = number_told("seen")
    zone = ask(lambda _rows, editions, _now: editions.zone)
    try:
        since = _since(zone)
    except ValueError:
        return _runs({"day": gettext("Choose a day that has begun.")}), 422
    try:
        run_id = act(lambda rows, editions, asking: _ask(rows, editions, asking, seen, since), key=form_key())
    except ProgrammeFaulty as faulty:
        faults = cast("list[Fault]", faulty.facts["faults"])
        return _runs({"": gettext("It cannot be tried before its faults are mended.")}, faults), 422
    except TooManyWaiting as refusal:
        return _runs({"": said(refusal)}), 422
    return redirect(url_for("staff.what_if", run_id=run_id), 303)


@allowed("programme:see")
def run_page(run_id: int) -> Any:
    """One run: how far it is, and all that came of it."""
    run, ahead = look_up(lambda rows, _: run_view(rows, run_id))
    if run.stage != "done":
        return show("what-if/one", run=run, **_progress(run, ahead))
    shows_people = "members:see" in here().permissions
    result = ask(lambda rows, editions, _: result_view(rows, editions, run_id, shows_people))
    return show("what-if/result", run=run, words=words, **_shown(result))


@allowed("programme:see")
def run_part(run_id: int) -> Any:
    """How far it is, without the frame, for a page that looks again by itself; at the end it loads anew."""
    run, ahead = look_up(lambda rows, _: run_view(rows, run_id))
    answer = make_response(show("what-if/part", run=run, **_progress(run, ahead)))
    if not run.is_going:
        answer.headers["HX-Refresh"] = "true"
    return answer


@allowed("programme:edit")
def stop(run_id: int) -> Any:
    """Let it come no further."""
    by, now = here().actor, rooms().clock.now()
    carry_out(lambda rows: stop_what_if(rows, run_id, by=by, now=now), patience_seconds=PATIENCE_SECONDS)
    flash(gettext("Stopped. What is done stays; you may go on at any time."))
    return redirect(url_for("staff.what_if", run_id=run_id), 303)


@allowed("programme:edit")
def go_on(run_id: int) -> Any:
    """Let what was stopped go on."""
    by = here().actor
    carry(lambda rows, now: go_on_with_what_if(rows, run_id, by=by, now=now))
    return redirect(url_for("staff.what_if", run_id=run_id), 303)


@allowed("books:export")
def take_table(run_id: int) -> Any:
    """Take the table of members who differ as a file, which is noted."""
    form, by = form_wanted(), here().actor
    columns, rows = ask(lambda rows, editions, _: table_view(rows, editions, run_id))
    carry(lambda rows, now: note_taken(rows, run_id, form, by=by, now=now))
    return list_of(f"what-if-{ids.to_text(run_id)}", form, columns, rows)


def _since(zone: ZoneInfo) -> datetime | None:
    """The first instant of the day that was chosen; None for ever. Raises ValueError."""
    if request.form.get("when") != "since":
        return None
    day = date.fromisoformat(request.form.get("day", ""))
    if not _FIRST <= day <= calendar.local_day(rooms().clock.now(), zone):
        raise ValueError(day)
    return calendar.day_start(day, zone).astimezone(UTC)


def _ask(rows: Session, editions: Editions, asking: Asking, seen: int, since: datetime | None) -> int:
    draft = draft_view(rows, seen)
    tried = Tried(draft.document, since, draft.draft_no, draft.revision)
    return ask_what_if_once(rows, editions, tried, asking=asking)


def _runs(faults: Mapping[str, str] | None = None, found: list[Fault] | None = None) -> str:
    before = ids.from_text(request.args.get("before", ""))
    runs = look_up(lambda rows, _: runs_view(rows, before, A_PAGE + 1))
    more: dict[str, Any] = {
        "runs": runs[:A_PAGE],
        "older": ids.to_text(runs[A_PAGE - 1].run_id) if len(runs) > A_PAGE else None,
        "is_newest": before is None,
        "faults": faults or {},
        "told": request.form,
        "words": words,
    }
    try:
        draft, names = the_draft()
    except NoDraft:
        return show("what-if/alone", **more)
    return show_draft("trying", draft, names, told_faults=told_faults(found or [], draft.document), **more)


def _progress(run: Run, ahead: int) -> dict[str, Any]:
    looks = max(request.args.get("looks", 0, int), 0)
    looks_again = looks + 1 if run.is_going and looks < MOST_LOOKS else None
    return {"words": words, "ahead": ahead, "looks_again": looks_again}


def _shown(result: Result) -> dict[str, Any]:
    units = unit_names(result.draft)
    spent = [code for code, _ in units if result.draft.units[code].spendable]
    told = request.args.get("unit", "")
    unit = told if told in result.report["units"] else [*spent, *result.report["units"]][0]
    differing, alike = figures.rules(result)
    return {
        "result": result,
        "report": result.report,
        "unit": unit,
        "units": units,
        "matrix": figures.matrix(result),
        "moves": figures.moves(result),
        "tiers": figures.tiers_chart(result),
        "charts": [figures.held_chart(result, unit), figures.moved_chart(result, unit)],
        "rules": differing,
        "rules_alike": alike,
        "benefits": figures.costs(result, "benefits", "uses"),
        "rewards": figures.costs(result, "rewards", "orders"),
        "winners": figures.extremes(result, unit, "winners"),
        "losers": figures.extremes(result, unit, "losers"),
        "cell_text": cell_text,
        "as_of": datetime.fromisoformat(result.report["as_of"]),
    }


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/what-if", "GET", "what_ifs", runs_page),
    ("/programme/what-if", "POST", "try_draft", try_draft),
    ("/programme/what-if/<opaque:run_id>", "GET", "what_if", run_page),
    ("/programme/what-if/<opaque:run_id>/part", "GET", "what_if_part", run_part),
    ("/programme/what-if/<opaque:run_id>/stop", "POST", "stop_what_if", stop),
    ("/programme/what-if/<opaque:run_id>/go-on", "POST", "go_on_with_what_if", go_on),
    ("/programme/what-if/<opaque:run_id>/table", "POST", "take_what_if", take_table),
)
