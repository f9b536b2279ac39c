"""`flask ledger`: proving the books, and handing them to somebody who checks them."""

import csv
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.db import Books, books_kept, reading
from loyalty.errors import NoProgramme
from loyalty.law import Fault, Law
from loyalty.ledger import TrialBalance, trial_balance
from loyalty.reads.audit import LAWS
from loyalty.reads.export import Sheet, as_text, sheets
from loyalty.reads.without_sale import Issued
from loyalty.reads.without_sale import without_sale as points_without_sale
from loyalty.rooms import rooms

ledger = AppGroup("ledger", help="The books: prove them, hand them out.")
MOST_SHOWN = 50
TELL_EVERY = 100_000


@ledger.command("verify", short_help="Check everything that must always hold.")
def verify() -> None:
    """Check everything that must always hold, from one look; exits with 1 when anything does not."""
    broken = 0
    for books in books_kept():
        if books != "live":
            click.echo(f"the {books} books:")
        broken += _verify(books)
    if broken:
        raise SystemExit(1)


def _verify(books: Books) -> int:
    shown, broken = list[str](), 0
    with reading(books) as session:
        zone = _zone(session)
        for name, law in _named(LAWS):
            click.echo(f"law {name:<7} ", nl=False)  # the rest of the line follows when it is proven
            found = law.faults(session, zone)
            first = list(islice(found, MOST_SHOWN))
            faults = len(first) + sum(1 for _ in found)
            broken += faults
            verdict = _counted(faults, "fault") if faults else "ok"
            click.echo(f"{verdict:<10} {_counted(law.rows(session), 'row'):>15}  {law.says}")
            shown += _told(name, first, faults)
        for balance in trial_balance(session):
            click.echo(_line(balance))
    for line in shown:
        click.echo(line)
    return broken


@ledger.command("export", short_help="Write the books as CSV files into FOLDER.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the books as plain rows into FOLDER: a CSV file a table, and a manifest; nothing personal."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty: an export begins in an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    as_of = rooms().clock.now()
    with reading() as session:
        files = {f"{sheet.name}.csv": _write(session, sheet, folder) for sheet in sheets()}
    manifest = {"as_of": as_text(as_of), "files": files}
    # Written last: an export without its manifest is not whole.
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    click.echo(f"{sum(file['rows'] for file in files.values())} rows in {folder}")


@ledger.command("without-sale", short_help="Show points that came without a sale.")
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first local day."
)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last local day.")
def without_sale(first: datetime, last: datetime) -> None:
    """Show points that came without a sale and were booked on these days: by whom, for what."""
    with reading() as session:
        zone = _zone(session)
        starts_at = calendar.day_start(first.date(), zone)
        ends_at = calendar.day_start(last.date() + timedelta(days=1), zone)
        found = points_without_sale(session, starts_at, ends_at)
    for one in found:
        click.echo(_told_issue(one))
    if not found:
        click.echo("nothing")


def _named(laws: Sequence[Law]) -> list[tuple[str, Law]]:
    """Laws by their codes, numbers first; those that share one are told apart as 5.1, 5.2 …"""
    by_code = sorted(laws, key=lambda law: (not law.code.isdecimal(), law.code.zfill(2)))
    named = list[tuple[str, Law]]()
    for code, of_code in groupby(by_code, lambda law: law.code):
        same = list(of_code)
        named += [(f"{code}.{no}" if len(same) > 1 else code, law) for no, law in enumerate(same, start=1)]
    return named


def _told_issue(one: Issued) -> str:
    why = one.reason or "-"
    times, points = _counted(one.operations, "time"), _counted(one.points, "point")
    return f"{one.by}  {one.kind}  {why}  {one.unit}  {times}  {points}"


def _zone(session: Session) -> ZoneInfo:
    """The club's zone; without an edition there is no club, and no day to judge."""
    try:
        return rooms().shelf.editions(session, rooms().clock.now()).zone
    except NoProgramme:
        return ZoneInfo("UTC")


def _told(name: str, first: list[Fault], faults: int) -> list[str]:
    lines = [f"law {name} is broken at {fault.where}: {fault.detail}" for fault in first]
    more = faults - len(first)
    return [*lines, f"law {name}: {more} more"] if more else lines


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _line(balance: TrialBalance) -> str:
    moved = "  ".join(f"{contra} {points:+}" for contra, points in balance.moved.items())
    return (
        f"unit {balance.unit}: {moved or 'nothing moved'}  =  {balance.balance}"
        f" (available {balance.available} + held {balance.held} - debt {balance.debt};"
        f" pending {balance.pending})"
    )


def _write(session: Session, sheet: Sheet, folder: Path) -> dict[str, Any]:
    """Write one table; its row count and digest."""
    path, count = folder / f"{sheet.name}.csv", 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(sheet.header)
        for row in sheet.rows(session):
            writer.writerow(row)
            count += 1
            if count % TELL_EVERY == 0:
                click.echo(f"{sheet.name}: {count} rows …", err=True)
    click.echo(f"{sheet.name}: {count} rows", err=True)
    return {"rows": count, "sha256": _digest(path)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
