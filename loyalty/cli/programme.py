"""`flask programme …`: the club's promises as a document that can live in a git repository."""

import getpass
import json
import sys
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import structlog
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty import programme as documents
from loyalty.actions import publish as publishing
from loyalty.actions.ask_approval import ask_publication
from loyalty.db import carry_out, reading
from loyalty.document import Fault
from loyalty.document import instant as parse_instant
from loyalty.errors import (
    Busy,
    EditionTooSoon,
    NoProgramme,
    NotFound,
    ProgrammeFaulty,
    PublishingClosed,
    Unavailable,
)
from loyalty.ids import to_text
from loyalty.jobs.what_if import Stopped, begin, carry_through
from loyalty.reads.what_if import differing
from loyalty.reads.what_if_print import lines
from loyalty.rooms import rooms
from loyalty.sheets import write_csv

T = TypeVar("T")

_LOG = structlog.get_logger(__name__)
_WHEN = "RFC 3339 with an offset; at least 10 seconds ahead, but for the first."
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)

programme = AppGroup("programme", help="Check, publish and compare editions of the programme.")


@programme.command(short_help="Check FILE and run its examples.")
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Check FILE (TOML, or JSON by its name) and run its examples; faults are told one a line, exit 1."""
    try:
        checked = publishing.check(_load(file))
    except ProgrammeFaulty as faulty:
        _tell(faulty)
    click.echo(f"no faults; examples that hold: {len(checked.examples)}")


@programme.command()
@click.argument("file", type=_FILE)
@click.option("--in-force-from", metavar="INSTANT", help=_WHEN)
def publish(file: Path, in_force_from: str | None) -> None:
    """Make FILE the next edition.

    In production only the first edition can be published here, unless LOYALTY_ALLOW_CLI_PUBLISH is set.
    """
    document, instant = _load(file), _instant(in_force_from)
    by, now, settings = operator_name(), rooms().clock.now(), rooms().settings
    closed = settings.env == "production" and not settings.allow_cli_publish

    def work(session: Session) -> publishing.Published:
        if closed and documents.latest(session) is not None:
            raise PublishingClosed
        return publishing.publish(session, document, by=by, in_force_from=instant, now=now)

    made = _carried_out(work)
    _LOG.info("edition published", edition=made.number)
    click.echo(f"edition {made.number} in force from {made.in_force_from.isoformat()}, sha256 {made.sha256}")
    if made.same_as_before:
        click.echo(f"its document is the same as that of edition {made.number - 1}")


@programme.command(short_help="Let FILE wait for a second person.")
@click.argument("file", type=_FILE)
@click.option("--in-force-from", metavar="INSTANT", help=_WHEN)
def ask(file: Path, in_force_from: str | None) -> None:
    """Let FILE wait for a second person, who publishes it as the next edition by approving it."""
    document, instant = _load(file), _instant(in_force_from)
    by, now = operator_name(), rooms().clock.now()

    def work(session: Session) -> tuple[str, str, datetime]:
        base = documents.latest_number(session)
        asked = ask_publication(session, document, base=base, in_force_from=instant, by=by, now=now)
        return to_text(asked.approval_id), asked.digest, asked.void_at

    approval_id, digest, void_at = _carried_out(work)
    click.echo(f"request {approval_id} waits until {void_at.isoformat()}, digest {digest}")


@programme.command()
@click.argument("number", type=int, required=False)
def show(number: int | None) -> None:
    """List all editions, or print edition NUMBER as TOML."""
    with reading() as session:
        if number is not None:
            click.echo(documents.to_toml(_stored(session, number)), nl=False)
            return
        for row in documents.after(session, 0):
            begins = row.in_force_from.isoformat()
            click.echo(f"{row.number}  in force from {begins}  {row.sha256}  {row.published_by}")


@programme.command(short_help="Compare two editions, or an edition and a file.")
@click.argument("what")
@click.argument("number", type=int, required=False)
def diff(what: str, number: int | None) -> None:
    """Say what differs between edition NUMBER and the file WHAT, or between editions WHAT and NUMBER.

    Without NUMBER the latest edition is meant. Differences are told one a line, exit 1.
    """
    with reading() as session:
        other = _stored(session, number)
        if what.isdecimal():
            before, after = _stored(session, int(what)), other
        else:
            before, after = other, _json_form(Path(what))
    changes = documents.differences(before, after)
    for change in changes:
        click.echo(f"{change.path}: {_brief(change.before)} → {_brief(change.after)}")
    if changes:
        sys.exit(1)
    click.echo("no differences")


@programme.command()
@click.argument("number", type=int)
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(number: int, file: Path) -> None:
    """Write edition NUMBER to FILE as TOML."""
    with reading() as session:
        document = _stored(session, number)
    file.write_text(documents.to_toml(document), encoding="utf-8")


def _carried_out(work: Callable[[Session], T]) -> T:
    """What a work of publishing gives; its refusals end the command."""
    try:
        return carry_out(work)
    except ProgrammeFaulty as faulty:
        _tell(faulty)
    except PublishingClosed:
        told = "in production, publishing here needs LOYALTY_ALLOW_CLI_PUBLISH, or a second person: see ask"
        raise click.ClickException(told) from None
    except EditionTooSoon as soon:
        raise click.ClickException(f"too soon: it can be in force from {soon.facts['earliest']}") from None
    except Busy:
        raise click.ClickException("somebody else is publishing: nothing was done, try again") from None


@programme.command("what-if", short_help="Carry a draft through all members' history.")
@click.argument("file", type=_FILE, required=False)
@click.option("--since", metavar="INSTANT", help="From when on the draft is in force; without it, ever.")
@click.option("--resume", metavar="RUN", help="Do what is left of a run that died, or tell its report.")
@click.option("--json", "as_json", is_flag=True, help="Tell the report as one JSON document.")
@click.option("--csv", "sheet", type=_NEW_FILE, help="Write a row for each member who differs to this file.")
def what_if(
    file: Path | None, since: str | None, resume: str | None, as_json: bool, sheet: Path | None
) -> None:
    """Tell what FILE would have made of everything that happened, beside what really is.

    Nothing is written into the books. Every member's facts are carried out again under the editions as they
    were, which must come to what is booked, and under FILE. RUN is the name that a run says first.
    """
    if (file is None) == (resume is None) or (resume is not None and since is not None):
        raise click.UsageError("name FILE, or a RUN to resume")
    run = _begin(file, since) if file is not None else ids.from_text(resume or "") or 0
    name = ids.to_text(run)
    click.echo(f"run {name}", err=True)
    try:
        told = carry_through(rooms(), run, lambda done, total: click.echo(f"{done} of {total}", err=True))
    except NotFound:
        raise click.ClickException(f"there is no run {resume} to carry on") from None
    except Stopped:
        raise click.ClickException("somebody stopped it; on its page it can be gone on with") from None
    except (Busy, Unavailable) as stopped:
        raise click.ClickException(f"{stopped.code}: flask programme what-if --resume {name}") from None
    if sheet is not None:
        with reading() as session, sheet.open("w", encoding="utf-8", newline="") as target:
            write_csv(target, *differing(session, run, dict.fromkeys(told["units"], 0)))
    text = [json.dumps(told, ensure_ascii=False, indent=2)] if as_json else lines(told)
    for line in text:
        click.echo(line)


def operator_name() -> str:
    """Who runs the command, as acts name them."""
    try:
        return f"cli:{getpass.getuser()}"[:120]
    except (KeyError, OSError):  # a container's user may have no name
        return "cli:operator"


def _begin(file: Path, since: str | None) -> int:
    try:
        return begin(rooms(), _load(file), _instant(since, "--since"), operator_name())
    except ProgrammeFaulty as faulty:
        _tell(faulty)
    except NoProgramme:
        raise click.ClickException("no edition is published") from None


def _load(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        document = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as unreadable:
        raise click.ClickException(f"{file}: {unreadable}") from None
    if not isinstance(document, dict):
        raise click.ClickException(f"{file}: must be a table")
    return document


def _json_form(file: Path) -> dict[str, Any]:
    try:
        return documents.as_json(_load(file))
    except TypeError as inexact:
        raise click.ClickException(f"{file}: {inexact}") from None


def _stored(session: Session, number: int | None) -> Mapping[str, Any]:
    row = documents.latest(session) if number is None else documents.by_number(session, number)
    if row is None:
        raise click.ClickException(
            "no edition is published" if number is None else f"there is no edition {number}"
        )
    return row.document


def _instant(text: str | None, option: str = "--in-force-from") -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise click.UsageError(f"{option} {fault}") from None


def _tell(faulty: ProgrammeFaulty) -> NoReturn:
    faults: list[Fault] = faulty.facts["faults"]  # type: ignore[assignment]
    for path, message in faults:
        click.echo(f"{path}: {message}")
    sys.exit(1)


def _brief(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
