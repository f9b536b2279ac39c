"""The partners' month: what each provider and place gave members, and what it cost the club."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.actions.take_visits import take_visits
from loyalty.decide.programme import Editions
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, carry, here, show
from loyalty.pages.staff.days import month_name, month_told, months_to_choose
from loyalty.pages.staff.drafting import page_of
from loyalty.pages.staff.journal import benefit_names
from loyalty.pages.staff.taking import file_of, form_wanted
from loyalty.reads.partners import COLUMNS, NOTHING, AtPlace, by_provider, given_by_places, partners_month


@allowed("benefits:see")
def partners_page() -> Any:
    """One month, by provider, place and benefit."""

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        today = calendar.local_day(now, editions.zone)
        month = month_told(request.args.get("month", "")) or today.replace(day=1)
        return {
            "month": month,
            "found": given_by_places(rows, editions, month),
            "names": benefit_names(editions, now),
            "months": list(months_to_choose(today)),
        }

    seen = ask(question)
    found: Sequence[AtPlace] = seen["found"]
    providers = by_provider(found)
    return show(
        "benefits/partners",
        shown=page_of(found),
        providers=providers,
        total=sum(providers.values(), NOTHING),
        months_around=_around(seen["month"]),
        month_name=month_name,
        **seen,
    )


@allowed("books:export")
def take_partners() -> Any:
    """The month as a file; that it was taken is an act."""
    form, me, month = form_wanted(), here().actor, _month(request.form)
    told = {"month": month_name(month)}
    carry(lambda rows, now: take_visits(rows, "partners", form, told, me, now))
    return file_of(
        f"partners-{month_name(month)}",
        form,
        COLUMNS,
        lambda rows, editions: partners_month(rows, editions, month).rows,
    )


def _around(month: date) -> list[tuple[str, date]]:
    return [
        (gettext("The month before"), calendar.add_months(month, -1)),
        (gettext("The month after"), calendar.add_months(month, 1)),
    ]


def _month(given: Mapping[str, str]) -> date:
    """The month that a form names, the running one where it names none."""
    return month_told(given.get("month", "")) or ask(
        lambda _, editions, now: calendar.local_day(now, editions.zone).replace(day=1)
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/partners", "GET", "partners", partners_page),
    ("/benefits/partners/download", "POST", "take_partners", take_partners),
)
