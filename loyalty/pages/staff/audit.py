"""The trail of what was done: looked through, proven, taken away."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import acts
from loyalty.actions.check_acts import ask_check
from loyalty.acts import Sought
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import carry, editions_of, here, look_up, show
from loyalty.reads.acts_done import COLUMNS, rows_of, trail, what_is_sought
from loyalty.sheets import MEDIA_TYPES, as_text, write_sheet

MOST = 50  #: lines of a page
_FILTERS = ("who", "kind", "subject", "day")
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
_SEQ = re.compile(r"[1-9][0-9]{0,17}")
_PIECE = 65_536  #: bytes that are sent at once
_IN_MEMORY = 4_000_000  #: bytes of a file to take away, before it goes to a disk


@allowed("audit:see")
def audit_page() -> Any:
    """The lines that are asked for, the last one first."""
    told = _told(request.args)
    day = _day(told["day"])
    faults = {"day": gettext("This is no day.")} if told["day"] and day is None else {}
    given = request.args.get("before", "")
    before = int(given) if _SEQ.fullmatch(given) else None
    found = look_up(lambda rows, now: trail(rows, _sought(rows, told, day, now), before, MOST))
    kept = {name: text for name, text in told.items() if text}
    shown = show(
        "audit/audit",
        found=found,
        told=told,
        faults=faults,
        narrowed=bool(kept),
        kept=kept,
        is_newest=before is None,
        as_text=as_text,
    )
    return (shown, 422) if faults else shown


@allowed("audit:see")
def check_audit() -> Any:
    """Let a worker prove the chain."""
    carry(ask_check)
    flash(gettext("The chain is being proven. It takes a minute or two."))
    return redirect(url_for("staff.audit"), 303)


@allowed("audit:see")
def download_audit() -> Any:
    """The same lines as a file; that it was taken is an act, too.

    What was typed and finds nothing is not kept: it may name a person, and the chain never forgets.
    """
    told, me = _told(request.form), here().actor
    day = _day(told["day"])

    def note(rows: Session, now: datetime) -> None:
        known = acts.sought(rows, _sought(rows, told, day, now), None, 1)
        narrowed = {name: text for name, text in told.items() if text} if known else {}
        content = {"form": "csv"} | narrowed
        acts.record(rows, now, actor=me, kind="audit.taken", subject="acts", content=content)

    carry(note)
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - who is sent the last piece closes it

    def write(rows: Session, now: datetime) -> None:
        write_sheet(cast(Any, file), "csv", COLUMNS, rows_of(rows, _sought(rows, told, day, now)))

    look_up(write)
    file.seek(0)
    answer = Response(_pieces(file), content_type=MEDIA_TYPES["csv"])
    answer.headers["Content-Disposition"] = 'attachment; filename="acts.csv"'
    return answer


def _pieces(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _told(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "").strip()[:80] for name in _FILTERS}


def _day(text: str) -> date | None:
    """A day as a field tells it; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _sought(rows: Session, told: Mapping[str, str], day: date | None, now: datetime) -> Sought:
    editions = editions_of(rows, now)
    zone = editions.zone if editions else ZoneInfo("UTC")
    return what_is_sought(rows, told["who"], told["kind"], told["subject"], day, zone)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/audit", "GET", "audit", audit_page),
    ("/audit/check", "POST", "check_audit", check_audit),
    ("/audit/download", "POST", "download_audit", download_audit),
)
