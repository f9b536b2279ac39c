"""The journal of visits: every use of a benefit, narrowed, page by page, and taken away as a file."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, get_args

from flask import request
from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.actions.take_visits import take_visits
from loyalty.benefits import State
from loyalty.decide.programme import Editions
from loyalty.document.values import is_code
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.benefit_words import reason_words
from loyalty.pages.staff.blueprint import ask, carry, here, show
from loyalty.pages.staff.days import month_name, month_told, months_to_choose
from loyalty.pages.staff.member_words import visit_words
from loyalty.pages.staff.taking import file_of, form_wanted
from loyalty.pages.words import named
from loyalty.reads.visits import COLUMNS, NOWHERE, Journal, Sought, visit_rows, visits_sought

MOST = 50  #: visits of a page
_FILTERS = ("benefit", "place", "month", "state")


@allowed("benefits:see")
def journal_page() -> Any:
    """The visits that are asked for, the latest first."""
    told, before = _told(request.args), ids.pair_from_text(request.args.get("before", ""))

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        journal: Journal = visits_sought(rows, editions, sought(told, editions), before, MOST)
        return {
            "found": journal,
            "places": benefits.places(rows),
            "names": benefit_names(editions, now),
            "months": list(months_to_choose(calendar.local_day(now, editions.zone))),
        }

    return show(
        "benefits/journal",
        told=told,
        month=month_told(told["month"]),
        kept={name: text for name, text in told.items() if text},
        is_newest=before is None,
        nowhere=NOWHERE,
        month_name=month_name,
        visit_words=visit_words(),
        reason_words=reason_words(),
        **ask(question),
    )


@allowed("books:export")
def take_journal() -> Any:
    """The same visits as a file; that it was taken is an act."""
    told, form, me = _told(request.form), form_wanted(), here().actor
    kept = {name: text for name, text in told.items() if text}
    carry(lambda rows, now: take_visits(rows, "journal", form, kept, me, now))
    return file_of(
        "visits", form, COLUMNS, lambda rows, editions: visit_rows(rows, editions, sought(told, editions))
    )


def sought(told: Mapping[str, str], editions: Editions) -> Sought:
    """What the filters ask for."""
    month = month_told(told["month"])
    since, until = _month(month, editions) if month else (None, None)
    return Sought(told["benefit"] or None, told["place"] or None, told["state"] or None, since, until)


def benefit_names(editions: Editions, now: datetime) -> dict[str, str]:
    """What every benefit that there ever was is called, by its code: those of now first."""
    found: dict[str, str] = {}
    for edition in (editions.at(now), *reversed(editions.items)):
        for one in edition.programme.benefits:
            found.setdefault(one.code, named(one.name))
    return found


def _month(first: date, editions: Editions) -> tuple[datetime, datetime]:
    last = calendar.month_end(first)
    return calendar.day_start(first, editions.zone), calendar.day_after(last, editions.zone)


def _told(given: Mapping[str, str]) -> dict[str, str]:
    """What was asked for; anything that can be none of it is left out."""
    told = {name: given.get(name, "").strip()[:40] for name in _FILTERS}
    sound = {
        "benefit": is_code(told["benefit"]),
        "place": is_code(told["place"]) or told["place"] == NOWHERE,
        "month": month_told(told["month"]) is not None,
        "state": told["state"] in get_args(State),
    }
    return {name: text if sound[name] else "" for name, text in told.items()}


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/journal", "GET", "visit_journal", journal_page),
    ("/benefits/journal/download", "POST", "take_visits", take_journal),
)
