"""What the pages of the books and of the club share: what is looked at, figures and charts, files to take."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast

from flask import Response, request
from sqlalchemy.orm import Session

from loyalty.actions.hand_out import Wanted, hand_out
from loyalty.actions.once import Asking
from loyalty.calendar import FOREVER
from loyalty.decide.programme import Editions, Programme
from loyalty.errors import NotFound
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, here
from loyalty.pages.staff.figure_words import heading, is_month, named_in
from loyalty.pages.words import named, number_text
from loyalty.reads.months import Months, months_seen
from loyalty.reads.report import Cell, Report
from loyalty.reads.reports import REPORTS
from loyalty.sheets import MEDIA_TYPES, Form, write_sheet

MONTHS = (6, 12, 24, 36)  #: that may be chosen
Way = Literal["stacked", "beside", "none"]  #: how the series of a chart stand


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody chose to look at."""

    months: Months
    unit: str
    programme: Programme

    @property
    def as_of(self) -> str:
        """The day that was chosen; nothing for the present."""
        return "" if self.months.is_now else self.months.day.isoformat()


@dataclass(frozen=True, slots=True)
class Chart:
    """A table with a drawing of some of its columns before it."""

    name: str  #: of the report, under which its file is had
    title: str
    help: str
    table: Report
    drawn: tuple[str, ...]  #: the columns that are drawn
    way: Way = "stacked"
    heads: tuple[str, ...] = ()  #: the words over the columns
    starts: tuple[str, ...] = ()  #: the words before the rows

    @property
    def has_figures(self) -> bool:
        """Whether anything but nil stands in it."""
        return any(any(row[1:]) for row in self.table.rows)

    def is_monthly(self, row: tuple[Cell, ...]) -> bool:
        """Whether a row is of a month, which a drawing names in short."""
        return is_month(str(row[0]))


def looked(editions: Editions, now: datetime) -> Looked:
    """What the query names: the present and a year where it names nothing that there is."""
    told, programme = request.values, editions.at(now).programme
    count = int(told["months"]) if told.get("months", "") in map(str, MONTHS) else 12
    months = months_seen(now, count, editions.zone, _day(told.get("as_of", "")))
    spent = [unit.code for unit in programme.units.values() if unit.spendable]
    unit = told.get("unit", "")
    return Looked(months, unit if unit in programme.units else [*spent, *programme.units][0], programme)


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if date(1970, 1, 2) <= day < FOREVER else None


def chart(
    looked: Looked,
    name: str,
    title: str,
    table: Report,
    drawn: Sequence[str] = (),
    *,
    way: Way = "stacked",
    help: str = "",
) -> Chart:
    """A chart with its words; columns in which nothing stands are left out, unless they are drawn."""
    kept = [0, *(no for no, one in enumerate(table.columns[1:], 1) if one in drawn or any(table.column(one)))]
    shown = Report(
        tuple(table.columns[no] for no in kept), tuple(tuple(row[no] for no in kept) for row in table.rows)
    )
    heads = tuple(heading(column, looked.programme) for column in shown.columns)
    starts = tuple(named_in(str(row[0]), looked.programme) for row in shown.rows)
    return Chart(name, title, help, shown, tuple(drawn), way, heads, starts)


def pivoted(report: Report, across: str, value: str) -> Report:
    """A row a month, and a column for each thing that `across` names."""
    months = tuple(dict.fromkeys(report.column("month")))
    things = tuple(dict.fromkeys(map(str, report.column(across))))
    at = {
        (month, str(thing)): found
        for month, thing, found in zip(
            report.column("month"), report.column(across), report.column(value), strict=True
        )
    }
    return Report(
        ("month", *things), tuple((month, *(at.get((month, one)) for one in things)) for month in months)
    )


def summed(report: Report, values: Sequence[str]) -> Report:
    """A row a month, with the sums of these columns; None where nothing is known."""
    sums = [pivoted(report, report.columns[1], value).rows for value in values]
    rows = (tuple(total(row[1:]) for row in parts) for parts in zip(*sums, strict=True))
    months = dict.fromkeys(report.column("month"))
    return Report(("month", *values), tuple((month, *row) for month, row in zip(months, rows, strict=True)))


def total(cells: Sequence[Cell]) -> int | Decimal | None:
    """The sum of figures; None where none is known."""
    known = [cell for cell in cells if isinstance(cell, int | Decimal)]
    return sum(known) if known else None


def cell_text(cell: Cell) -> str:
    """A figure as people read it."""
    if isinstance(cell, int):
        return number_text(cell)
    if isinstance(cell, Decimal):
        places = max(0, -int(cell.as_tuple().exponent))
        return number_text(int(cell.scaleb(places)), places)
    return cell or "\u2013"


def unit_names(programme: Programme) -> list[tuple[str, str]]:
    """The units that may be chosen."""
    return [(unit.code, named(unit.name)) for unit in programme.units.values()]


@allowed("books:export")
def take_report() -> Any:
    """Take a report as a file, which is noted."""
    name, form = request.form.get("name", ""), cast(Form, request.form.get("form", ""))
    if name not in REPORTS or form not in MEDIA_TYPES:
        raise NotFound.at("name")
    me = here()

    def wish(rows: Session, editions: Editions, asking: Asking) -> tuple[Report, date]:
        seen = looked(editions, asking.now)
        wanted = Wanted(name, seen.unit, form)
        return hand_out(rows, editions, wanted, seen.months, me.actor, asking.now), seen.months.day

    report, day = act(wish)
    file = io.BytesIO()
    write_sheet(file, form, report.columns, report.rows)
    answer = Response(file.getvalue(), mimetype=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day.isoformat()}.{form}"'
    return answer


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/reports", "POST", "take_report", take_report),
)
