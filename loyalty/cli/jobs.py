"""`flask jobs`: work the clock asks for."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from loyalty import calendar
from loyalty.channels import channels_of
from loyalty.db import Books, books_kept, reading, take_into_service
from loyalty.errors import NoProgramme
from loyalty.jobs.anchor import anchor_file, drop_anchor
from loyalty.jobs.figures import keep_cohorts
from loyalty.jobs.importing.queue import work_on_imports
from loyalty.jobs.letters import write_and_send
from loyalty.jobs.nightly import nightly as run_night
from loyalty.jobs.post import post as send_post
from loyalty.jobs.retention import retain
from loyalty.jobs.sender import Sender
from loyalty.jobs.verifying import verify_night
from loyalty.jobs.verifying_acts import check_acts, check_asked
from loyalty.jobs.what_if import work_on_what_ifs
from loyalty.jobs.worker import make_worker
from loyalty.risks import UnsafeDatabase
from loyalty.rooms import rooms

jobs = AppGroup("jobs", help="Work the clock asks for.")


@jobs.command("nightly", short_help="Write down what the clock made true.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As if it were that day's first instant in the club."
)
def nightly(as_of: datetime | None) -> None:
    """Write down what the clock made true: holds, openings, expiry, reviews, birthdays, anniversaries.

    Then the books are proven, what changed or, once a week, everything; exits with 1 when a law is broken.
    What became of each month's points is kept for the page of the books; what is no longer needed goes.
    """
    room = rooms()
    now = room.clock.now()
    try:
        if as_of is not None:
            with reading() as session:
                zone = room.shelf.editions(session, now).zone
            now = calendar.day_start(as_of.date(), zone)
        nights = {books: run_night(room, now, _tell, books=books) for books in books_kept()}
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None
    drop_anchor(room, anchor_file(room, current_app.instance_path), room.clock.now())
    for books, night in nights.items():
        written = ", ".join(f"{kind} {total}" for kind, total in night.members.items())
        of = "" if books == "live" else f" in the {books} books"
        click.echo(f"night of {now.isoformat()}{of}: {written}")
        if night.stopped:
            click.echo(f"stopped accounts passed over{of}: {night.stopped}")
    broken = sum(_verify(books) for books in books_kept())
    faults = check_acts(room, anchor_file(room, current_app.instance_path))
    click.echo(f"verified acts: {f'broken ({faults[0]})' if faults else 'ok'}")
    keep_cohorts(room)
    for books in books_kept():
        _retain(books)
    if broken or faults:
        raise SystemExit(1)


@jobs.command("retention", short_help="Drop what is no longer needed.")
def retention() -> None:
    """Drop what is older than it is kept, as every night does: answers, codes, sessions, letters, runs."""
    try:
        for books in books_kept():
            _retain(books)
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None


@jobs.command("post", short_help="Tell webhook endpoints what is new.")
def post() -> None:
    """Tell webhook endpoints what they have not been told yet, as the worker does every minute."""
    click.echo(f"events sent: {send_post(rooms(), Sender())}", err=True)


@jobs.command("letters", short_help="Write to members of what is new.")
def letters() -> None:
    """Write to members and send what is due, as the worker does every minute."""
    room = rooms()
    click.echo(f"letters sent: {write_and_send(room, channels_of(room.settings))}", err=True)


@jobs.command("imports", short_help="Check and carry in files handed in.")
def imports() -> None:
    """Check the files that staff handed in, and carry in those begun, as the worker does every minute."""
    click.echo(f"files looked at: {work_on_imports(rooms())}", err=True)


@jobs.command("what-if", short_help="Try drafts on real history.")
def what_if() -> None:
    """Carry the drafts that staff asked for through all members' history, as the worker does every minute."""
    click.echo(f"drafts tried: {work_on_what_ifs(rooms())}", err=True)


@jobs.command("checks", short_help="Prove the acts where a colleague asked for it.")
def checks() -> None:
    """Prove the chain of acts where a colleague asked for it, as the worker does every minute."""
    room = rooms()
    done = check_asked(room, anchor_file(room, current_app.instance_path))
    click.echo(f"checks made: {done}", err=True)


@jobs.command("worker", short_help="Run the nights and send the post, until stopped.")
def worker() -> None:
    """Run the nights as they come due and send the post each minute, until stopped."""
    try:
        take_into_service(rooms().settings.accepted_risks)
    except UnsafeDatabase as unsafe:
        raise click.ClickException(str(unsafe)) from None
    make_worker(current_app._get_current_object()).run()  # type: ignore[attr-defined]


def _verify(books: Books) -> int:
    """Prove the books as the worker does; how many faults there are."""
    found = verify_night(rooms(), books)
    of, what = "" if books == "live" else f" of the {books} books", "changes" if found.since else "everything"
    faults = ", ".join(f"law {law}: {count}" for law, count in sorted(found.faults.items()))
    click.echo(f"verified {what}{of}: {f'broken ({faults})' if faults else 'ok'}")
    return found.faults.total()


def _retain(books: Books) -> None:
    """Drop what is no longer needed, and say how many rows of each kind."""
    of = "" if books == "live" else f" of the {books} books"
    dropped = ", ".join(f"{kind} {count}" for kind, count in retain(rooms(), books).items())
    click.echo(f"dropped{of}: {dropped or 'nothing'}", err=True)


def _tell(kind: str, total: int) -> None:
    click.echo(f"  {kind}: {total}", err=True)
