"""`flask jobs`: work the clock asks for."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from loyalty import calendar
from loyalty.db import reading
from loyalty.errors import NoProgramme
from loyalty.jobs.nightly import nightly as run_night
from loyalty.jobs.worker import make_worker
from loyalty.rooms import rooms

jobs = AppGroup("jobs", help="Work the clock asks for.")


@jobs.command("nightly")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As if it were that day's first instant in the club."
)
def nightly(as_of: datetime | None) -> None:
    """Write down what the clock made true: holds, openings, expiry, reviews, birthdays, anniversaries."""
    room = rooms()
    now = room.clock.now()
    try:
        if as_of is not None:
            with reading() as session:
                zone = room.shelf.editions(session, now).zone
            now = calendar.day_start(as_of.date(), zone)
        night = run_night(room, now, lambda kind, total: click.echo(f"  {kind}: {total}", err=True))
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None
    written = ", ".join(f"{kind} {total}" for kind, total in night.members.items())
    click.echo(f"night of {now.isoformat()}: {written}")


@jobs.command("worker")
def worker() -> None:
    """Run the nights as they come due, until stopped."""
    make_worker(current_app._get_current_object()).run()  # type: ignore[attr-defined]
