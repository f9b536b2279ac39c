"""The books: what members hold, what moved, what expires, whether it balances, what was given."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, show
from loyalty.pages.staff.figures import MONTHS, Chart, Looked, cell_text, chart, looked, total, unit_names
from loyalty.pages.words import moment_text, named
from loyalty.reads.report import Cell, Report
from loyalty.reads.reports import all_of_books

SOON = 3  #: months, the running one included, of which the head tells what expires
_DRAWN = ("issued", "imported", "position", "redeemed", "expired", "returned", "adjusted", "forfeited")


@allowed("books:see")
def books_page() -> Any:
    """The books of one unit, by month."""

    def question(rows: Session, editions: Editions, now: datetime) -> tuple[Looked, dict[str, Report]]:
        seen = looked(editions, now)
        return seen, all_of_books(rows, editions, seen.months)

    seen, reports = ask(question)
    of_unit = {name: report.of(seen.unit) for name, report in reports.items()}
    return show(
        "figures/books",
        looked=seen,
        choices=MONTHS,
        units=unit_names(seen.programme),
        unit_name=named(seen.programme.units[seen.unit].name),
        figures=_figures(of_unit),
        charts=_charts(seen, of_unit),
        cell_text=cell_text,
        proofs=reports["proofs"].rows,
        proven=lambda at: moment_text(datetime.fromisoformat(str(at)).astimezone(seen.months.zone)),
        left_over=of_unit["balance"].rows[-1][1],
    )


def _figures(reports: dict[str, Report]) -> list[tuple[str, Cell]]:
    """What matters, at the head."""
    flows, expiring = reports["flows"], reports["expiring"]
    this_month = dict(zip(flows.columns, flows.rows[-1], strict=True))
    points = dict(zip(expiring.column("month"), expiring.column("points"), strict=True))
    coming = expiring.column("points")[1 : 1 + SOON]  # behind what is overdue
    return [
        (gettext("Outstanding"), this_month["closing"]),
        (gettext("Expires within three months"), total(coming)),
        (gettext("Issued this month"), this_month["issued"]),
        (gettext("Spent this month"), this_month["redeemed"]),
        (gettext("Expired this month"), this_month["expired"]),
        (gettext("Owed by members"), points["owed"]),
    ]


def _charts(seen: Looked, reports: dict[str, Report]) -> list[Chart]:
    flows, came_in = reports["flows"], reports["cohorts"]
    moved = [name for name in _DRAWN if any(flows.column(name))]
    expiring = Report(reports["expiring"].columns, tuple(row for row in reports["expiring"].rows if row[1]))
    lines = reports["balance"].rows
    balance = Report(reports["balance"].columns, (*(row for row in lines[:-3] if row[1]), *lines[-3:]))
    currency = seen.programme.club.currency
    value = gettext("As the club pays for them, in %(currency)s.", currency=currency)
    spent = gettext(
        "Of the points that came in during each month. The ones that came in first count as spent."
    )
    when = gettext("Signed, by when it was booked: a month that is over stays as it is.")
    given = ("benefits", "rewards")
    return [
        chart(seen, "flows", gettext("What moved"), flows, moved, help=when),
        chart(seen, "expiring", gettext("What expires when"), expiring, ("points",)),
        chart(seen, "cohorts", gettext("What became of them"), came_in, ("expired", "left"), help=spent),
        chart(seen, "value", gettext("Value given"), reports["value"], given, help=value),
        chart(seen, "balance", gettext("Trial balance"), balance, way="none"),
    ]


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (("/books", "GET", "books", books_page),)
