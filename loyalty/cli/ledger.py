"""`flask ledger`: proving the books, and handing them to somebody who checks them."""

import csv
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import calendar, ids
from loyalty.actions.stop import release_account
from loyalty.db import Books, books_kept, carry_out, reading
from loyalty.errors import NoProgramme
from loyalty.law import Fault, Law, Look
from loyalty.ledger import TrialBalance, trial_balance
from loyalty.reads.audit import LAWS, audit, looks, touched
from loyalty.reads.export import Sheet, sheets
from loyalty.reads.without_sale import Issued
from loyalty.reads.without_sale import without_sale as points_without_sale
from loyalty.rooms import rooms
from loyalty.sheets import as_text
from loyalty.tiers import is_stopped, open_stops

ledger = AppGroup("ledger", help="The books: prove them, hand them out.")
MOST_SHOWN = 50
MOST_BY, MOST_REASON = 80, 200  #: letters that are kept
TELL_EVERY = 100_000


@ledger.command("verify", short_help="Check everything that must always hold.")
@click.option("--since", metavar="DAY|INSTANT", help="Only members of whom anything was booked since.")
@click.option("--member", metavar="ID", help="Only this member.")
def verify(since: str | None, member: str | None) -> None:
    """Check everything that must always hold, from one look; exits with 1 when anything does not.

    Looking at some members finds nothing that was written past the application about others, and leaves out
    what holds only of all together: that transfers clear, and the trial balance.
    """
    if since is not None and member is not None:
        raise click.UsageError("either --since or --member")
    broken = 0
    for books in books_kept():
        if books != "live":
            click.echo(f"the {books} books:")
        broken += _verify(books, since, member)
    if broken:
        raise SystemExit(1)


def _verify(books: Books, since: str | None, member: str | None) -> int:
    shown, broken = list[str](), 0
    with reading(books) as session:
        zone = _zone(session)
        members = _wanted(session, zone, since, member)
        parts = list(looks(Look(session, zone), members))
        for name, law in _named(LAWS):
            click.echo(f"law {name:<7} ", nl=False)  # the rest of the line follows when it is proven
            found = chain.from_iterable(law.faults(part) for part in parts)
            first = list(islice(found, MOST_SHOWN))
            faults = len(first) + sum(1 for _ in found)
            broken += faults
            verdict = _counted(faults, "fault") if faults else "ok"
            rows = sum(law.rows(part) for part in parts)
            click.echo(f"{verdict:<10} {_counted(rows, 'row'):>15}  {law.says}")
            shown += _told(name, first, faults)
        for balance in trial_balance(session) if members is None else ():
            click.echo(_line(balance))
        if members is not None:
            click.echo(f"looked at {_counted(len(members), 'member')}")
    for line in shown:
        click.echo(line)
    return broken


def _wanted(session: Session, zone: ZoneInfo, since: str | None, member: str | None) -> Sequence[int] | None:
    """Whose books are looked at; None: everybody's."""
    if member is not None:
        return [_number(member)]
    return touched(session, _instant(since, zone)) if since is not None else None


def _instant(told: str, zone: ZoneInfo) -> datetime:
    """An instant, or the first one of a day in the club."""
    try:
        if len(told) == len("2026-01-31"):
            return calendar.day_start(date.fromisoformat(told), zone)
        at = datetime.fromisoformat(told)
    except ValueError:
        raise click.ClickException(f"{told} is neither a day nor an instant") from None
    if at.tzinfo is None:
        raise click.ClickException(f"{told} has no offset: write it as 2026-01-31T09:30:00Z")
    return at


def _number(member: str) -> int:
    number = ids.from_text(member)
    if number is None:
        raise click.ClickException(f"no member {member}")
    return number


@ledger.command("stopped", short_help="Show whose books broke a law.")
def stopped() -> None:
    """Show the members of whom nothing is written, oldest stop first: since when, and what was broken."""
    for books in books_kept():
        with reading(books) as session:
            for one in open_stops(session):
                of = "" if books == "live" else f"  ({books})"
                at = calendar.instant_text(one.stopped_at)
                click.echo(f"{ids.to_text(one.member_id)}  {at}  law {one.law}: {one.detail}{of}")


@ledger.command("release", short_help="Let stopped members go on.")
@click.argument("members", metavar="ID...", nargs=-1, required=True)
@click.option("--by", required=True, help="Who lets them go on.")
@click.option("--reason", required=True, help="What was found, and mended.")
def release(members: Sequence[str], by: str, reason: str) -> None:
    """Let stopped members go on whose books keep every law again; exits with 1 when any does not."""
    held = 0
    for member in members:
        faults = _release(member, _number(member), by, reason)
        for fault in faults:
            click.echo(f"law {fault.law} is broken at {fault.where}: {fault.detail}")
        click.echo(f"{member} {'stays stopped' if faults else 'is released'}")
        held += bool(faults)
    if held:
        raise SystemExit(1)


def _release(member: str, member_id: int, by: str, reason: str) -> list[Fault]:
    """Release a member, or say what is still broken."""
    for books in books_kept():
        with reading(books) as session:
            if not is_stopped(session, member_id):
                continue
            faults = list(islice(audit(session, _zone(session), [member_id]), MOST_SHOWN))
        if not faults:
            now = rooms().clock.now()
            carry_out(partial(_let_go, member_id, by, reason, now), books=books)
        return faults
    raise click.ClickException(f"{member} is not stopped")


def _let_go(member_id: int, by: str, reason: str, now: datetime, session: Session) -> bool:
    return release_account(session, member_id, by[:MOST_BY], reason[:MOST_REASON], now)


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
