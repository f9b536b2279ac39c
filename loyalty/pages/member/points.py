"""Points: what there is, what expires, every line with its rules and lots, and statements to keep."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, g, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoPage

from loyalty import calendar, ids
from loyalty.decide.programme import Editions
from loyalty.pages.member import line_words
from loyalty.pages.member.blueprint import ask, here, show
from loyalty.reads.balance import Expiring
from loyalty.reads.booked_lines import of_operation
from loyalty.reads.lines import Place, Sought
from loyalty.reads.month import month_statement
from loyalty.reads.points import PointsPage, points_page, unit_points
from loyalty.rooms import rooms

LINES = 20  #: lines of a page
WORDS_MOST = 60
_MONTH = re.compile(r"((?:19|2[0-9])[0-9]{2})-(0[1-9]|1[0-2])")  #: the ends of the calendar have no zones
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_FILTERS = ("q", "kind", "from", "to")


def points() -> Any:
    """One unit's balance and its statement, narrowed as was asked."""
    told = {name: request.args.get(name, "").strip() for name in (*_FILTERS, "unit", "before")}
    faults = dict(_faults(told))
    before = place_in(told["before"])

    def question(rows: Session, editions: Editions, now: datetime) -> PointsPage:
        sought = Sought() if faults else _sought(told, editions.zone)
        unit = told["unit"] or None
        return points_page(rows, editions, here().member_id, unit, sought, before, LINES, now)

    page = ask(question)
    kept = {name: text for name, text in told.items() if text and name != "before"}
    shown = show(
        "points",
        page=page,
        at=page.points,
        told=told,
        faults=faults,
        narrowed=any(told[name] for name in _FILTERS),
        older=_address(kept | {"before": place_text(page.older)}) if page.older else None,
        newest=_address(kept) if before else None,
        months=_months(page.points.enrolled_on),
        words=line_words,
    )
    return (shown, 422) if faults else shown


def operation(operation: str) -> Any:
    """One operation with all it did to each unit."""
    pair = ids.pair_from_text(operation)
    if pair is None or pair[0] != here().member_id:
        raise NoPage
    member_id, op_id = pair
    lines, units = ask(
        lambda rows, editions, now: (
            of_operation(rows, editions, member_id, op_id),
            editions.at(now).programme.units,
        )
    )
    if not lines:
        raise NoPage
    return show("operation", lines=lines, units=units, words=line_words)


def expiring() -> Any:
    """When points of a unit expire: by month, each with its days."""
    unit = request.args.get("unit") or None
    at = ask(lambda rows, editions, now: unit_points(rows, editions, here().member_id, unit, now))
    by_month = {month: list(days) for month, days in groupby(at.balance.expiring, key=_month_of)}
    sums = {month: sum(one.points for one in days) for month, days in by_month.items()}
    months = [
        (month, days, sums[month], round(100 * sums[month] / max(sums.values()), 2))
        for month, days in by_month.items()
    ]
    return show("expiring", at=at, months=months)


def statement() -> Any:
    """The statement of the month that was chosen."""
    month = request.args.get("month", "")
    if not _MONTH.fullmatch(month):
        raise NoPage
    return redirect(url_for("me.statement_pdf", month=month), 303)


def pdf(month: str) -> Any:
    """The statement of a month, of the running one so far, to keep and to print."""
    # Its library takes long to load, which no command and no till should wait for.
    from loyalty.pages.member.statement_pdf import Whose, draw

    first = _first_day(month)
    if first is None:
        raise NoPage
    who = Whose(g.club.name, here().name, here().card_number)

    def question(rows: Session, editions: Editions, now: datetime) -> bytes:
        return draw(month_statement(rows, editions, here().member_id, first, now), who, editions.zone)

    answer = Response(ask(question), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="statement-{month}.pdf"'
    return answer


def _faults(told: dict[str, str]) -> Iterable[tuple[str, str]]:
    for name in ("from", "to"):
        if told[name] and _first_day(told[name]) is None:
            yield name, gettext("Please choose a month.")
    if told["kind"] and told["kind"] not in line_words.GROUPS:
        yield "kind", gettext("Please choose what to show.")
    if len(told["q"]) > WORDS_MOST or not told["q"].isprintable():
        yield "q", gettext("Please search for fewer words.")
    if told["from"] and told["to"] and told["from"] > told["to"]:
        yield "to", gettext("The last month lies before the first.")
    if told["before"] and place_in(told["before"]) is None:
        yield "", gettext("These lines are shown from the newest on.")


def _sought(told: dict[str, str], zone: ZoneInfo) -> Sought:
    since, last = _first_day(told["from"]), _first_day(told["to"])
    return Sought(
        line_words.GROUPS[told["kind"]] if told["kind"] else None,
        calendar.day_start(since, zone) if since else None,
        calendar.day_after(calendar.month_end(last), zone) if last else None,
        told["q"],
        line_words.kinds_meant(told["q"]) if told["q"] else frozenset(),
    )


def _first_day(month: str) -> date | None:
    """The first day of a month told as 2026-03; None for anything else."""
    found = _MONTH.fullmatch(month)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _month_of(one: Expiring) -> date:
    return one.last_day.replace(day=1)


def _months(since: date) -> list[date]:
    """The first days of all months of a membership, the newest first."""
    month = calendar.local_day(rooms().clock.now(), g.club.time_zone).replace(day=1)
    months = [month]
    while month > since:
        month = calendar.add_months(month, -1)
        months.append(month)
    return months


def _address(query: dict[str, str]) -> str:
    return url_for("me.points") + (f"?{urlencode(query)}" if query else "")


def place_in(text: str) -> Place | None:
    """The place behind what an address has of it; None for anything else."""
    found = _PLACE.fullmatch(text)
    return Place(_EPOCH + int(found[1]) * calendar.INSTANT, int(found[2])) if found else None


def place_text(place: Place) -> str:
    """A place as an address has it."""
    return f"{(place.happened_at - _EPOCH) // calendar.INSTANT}-{place.seq}"


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/points", "GET", "points", points),
    ("/points/expiring", "GET", "expiring", expiring),
    ("/points/statement", "GET", "statement", statement),
    ("/points/statement/<month>.pdf", "GET", "statement_pdf", pdf),
    ("/points/<operation>", "GET", "operation", operation),
)
