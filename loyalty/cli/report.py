"""`flask report`: the books and the club in sums, as tables."""

import json
import sys
from datetime import date
from decimal import Decimal

import click
from flask.cli import AppGroup

from loyalty.db import reading
from loyalty.reads.months import months_seen
from loyalty.reads.report import Report
from loyalty.reads.reports import REPORTS
from loyalty.rooms import rooms
from loyalty.sheets import as_text, write_csv

report = AppGroup("report", help="The books and the club in sums, by month.")
MOST_MONTHS = 120
SAYS = {
    "flows": "What members held, and what moved.",
    "expiring": "What is held, by when it expires.",
    "cohorts": "What became of each month's points.",
    "balance": "The trial balance of every unit.",
    "proofs": "When the books were last proven.",
    "value": "What benefits and rewards cost.",
    "tiers": "Members by tier at each month's end.",
    "movements": "Who joined, rose, fell, and who is gone.",
    "reviews": "Terms that end within twelve months.",
    "visits": "What was had of each benefit.",
    "orders": "Rewards that were ordered.",
}


def _command(name: str) -> click.Command:
    def told(unit: str | None, months: int, as_of: str | None, form: str | None) -> None:
        _report(name, unit, months, as_of, form)

    told.__doc__ = (REPORTS[name].__doc__ or "").replace("`", "")
    for option in (
        click.option("--json", "form", flag_value="json", help="As JSON, for programs."),
        click.option("--csv", "form", flag_value="csv", help="As CSV, for spreadsheets."),
        click.option("--as-of", metavar="DAY", help="As the books stood when this day of the club ended."),
        click.option("--months", type=click.IntRange(1, MOST_MONTHS), default=12, show_default=True),
        click.option("--unit", metavar="CODE", help="Only this unit; all of them when left out."),
    ):
        told = option(told)
    return report.command(name, short_help=SAYS[name])(told)


for one in REPORTS:
    _command(one)


def _report(name: str, unit: str | None, months: int, as_of: str | None, form: str | None) -> None:
    now, day = rooms().clock.now(), _day(as_of)
    with reading() as session:
        editions = rooms().shelf.editions(session, now)
        found = REPORTS[name](session, editions, months_seen(now, months, editions.zone, day))
    if unit is not None:
        if "unit" in found.columns and unit not in found.column("unit"):
            raise click.ClickException(f"no unit {unit}")
        found = found.only(unit)
    _print(found, form)


def _day(told: str | None) -> date | None:
    try:
        return date.fromisoformat(told) if told is not None else None
    except ValueError:
        raise click.ClickException(f"{told} is no day: write it as 2026-01-31") from None


def _print(found: Report, form: str | None) -> None:
    if form == "csv":
        write_csv(sys.stdout, found.columns, found.rows)
    elif form == "json":
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        click.echo(json.dumps(rows, default=str, indent=1))
    else:
        lines = [found.columns, *(tuple(map(as_text, row)) for row in found.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        numbers = [any(isinstance(row[no], int | Decimal) for row in found.rows) for no in range(len(widths))]
        for line in lines:
            cells = (
                cell.rjust(width) if is_number else cell.ljust(width)
                for cell, width, is_number in zip(line, widths, numbers, strict=True)
            )
            click.echo("  ".join(cells).rstrip())
