"""`flask report`: the books and the club in sums, as tables."""

import json
import sys
from datetime import date
from decimal import Decimal

import click

from loyalty.db import reading
from loyalty.reads.months import months_seen
from loyalty.reads.report import Report
from loyalty.reads.reports import REPORTS
from loyalty.rooms import rooms
from loyalty.sheets import as_text, write_csv

MOST_MONTHS = 120


@click.command("report", short_help="The books and the club in sums, by month.")
@click.argument("name", type=click.Choice(list(REPORTS)))
@click.option("--unit", metavar="CODE", help="Only this unit; all of them when left out.")
@click.option("--months", type=click.IntRange(1, MOST_MONTHS), default=12, show_default=True)
@click.option("--as-of", metavar="DAY", help="As the books stood when this day of the club ended.")
@click.option("--csv", "form", flag_value="csv", help="As CSV, for spreadsheets.")
@click.option("--json", "form", flag_value="json", help="As JSON, for programs.")
def report(name: str, unit: str | None, months: int, as_of: str | None, form: str | None) -> None:
    """Print a report, of the months up to now.

    \b
    flows      what members held and what moved against each contra, signed, by when it was booked
    expiring   what members hold by the month in which it expires, and what they owe
    cohorts    what came in during a month, what of it expired, what is left
    balance    the trial balance: contras, what members hold and owe, and what is left over, which is nil
    proofs     when the books were last proven, and what was found
    value      what benefits and rewards cost, and the premiums paid
    tiers      members by tier when each month ended
    movements  who joined, rose, kept their tier, fell, was forgotten
    reviews    terms that end in the next twelve months; rise, keep and fall as if reviewed today
    visits     what was had of each benefit
    orders     rewards that were ordered
    """
    now, day = rooms().clock.now(), _day(as_of)
    with reading() as session:
        editions = rooms().shelf.editions(session, now)
        found = REPORTS[name](session, editions, months_seen(now, months, editions.zone, day))
    if unit is not None:
        if "unit" in found.columns and unit not in found.column("unit"):
            raise click.ClickException(f"no unit {unit}")
        found = found.of(unit)
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
