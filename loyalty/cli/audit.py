"""`flask audit`: what staff and operators did, proven by its chain and by anchors outside the database."""

import click
from flask import current_app
from flask.cli import AppGroup

from loyalty import acts
from loyalty.db import reading
from loyalty.errors import NoProgramme
from loyalty.jobs.anchor import anchor_file, broken_anchors, drop_anchor
from loyalty.reads.sealed_words import first_changed
from loyalty.rooms import rooms

audit = AppGroup("audit", help="What staff, operators and systems did, and its proof.")


@audit.command("show")
@click.option("--last", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Lines to show.")
def show(last: int) -> None:
    """Print the last acts, oldest first."""
    with reading() as session:
        count, _ = acts.head(session)
        found = [line for line, _ in acts.lines(session, count - last)]
    for line in found:
        told = " ".join(f"{name}={value}" for name, value in sorted(line.content.items()))
        click.echo(f"{line.seq}  {line.at.isoformat()}  {line.actor}  {line.kind}  {line.subject}  {told}")


@audit.command("verify", short_help="Walk the chain and compare the anchors.")
def verify() -> None:
    """Walk the chain and compare the anchors; name the first broken line, and end with 1."""
    room = rooms()
    file = anchor_file(room, current_app.instance_path)
    with reading() as session:
        broken = acts.first_broken(session) or first_changed(session)
        if broken is not None:
            raise click.ClickException(f"act {broken[0]} {broken[1]}")
        count, link = acts.head(session)
    if days := broken_anchors(room, file, room.clock.now()):
        raise click.ClickException("; ".join(f"{day}: {fault}" for day, fault in days))
    click.echo(f"{count} acts, all as they were written; the last one's hash is {link or 'none yet'}")


@audit.command("anchor", short_help="Anchor the days that ended, as the night does.")
def anchor() -> None:
    """Write the days that ended since the last anchor to the anchor file, as the night does."""
    room = rooms()
    file = anchor_file(room, current_app.instance_path)
    try:
        written = drop_anchor(room, file, room.clock.now())
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None
    click.echo(f"days anchored in {file}: {written}", err=True)
