"""`flask policies`: what is followed compared with the core system, and rated by a newer edition."""

from collections import Counter
from pathlib import Path
from typing import Any, get_args

import click
from flask.cli import AppGroup

from loyalty import calendar, ids
from loyalty import policies as subject
from loyalty.cli.imports import FILE, MAPPING, layout_of, tell_faults
from loyalty.cli.programme import operator_name
from loyalty.db import reading
from loyalty.decide.rebasing import Rebasing
from loyalty.errors import Busy, NoProgramme
from loyalty.jobs.importing import current as current_file
from loyalty.jobs.importing.opening import open_table
from loyalty.jobs.importing.table import Fault, FileUnreadable, counted, in_columns, rows
from loyalty.jobs.rebasing import chunks
from loyalty.jobs.rebasing import rebase as rebase_all
from loyalty.reads.policy_differences import Comparison, Current
from loyalty.reads.rebasing import When, rebasing
from loyalty.rooms import rooms

policies = AppGroup("policies", help="Policies in force: compare them, rate them anew.")


def _reading_a_file(function: Any) -> Any:
    for option in reversed((FILE, *MAPPING)):
        function = option(function)
    return function


@policies.command("reconcile", short_help="Compare what the core system holds with the club.")
@_reading_a_file
def reconcile(file: Path, mapped: Any, fixed: Any, encoding: str | None) -> None:
    """Compare FILE (CSV or XLSX), the core system's policies as they are now, with what the club holds.

    Fields: policy_no, version, status; reference or member_id of the holder; premium, one instalment of all
    coverages together (rows of one policy add up; left out, it is not compared). A difference is told a
    line, and the exit code is then 1. A policy that counts nothing any more need not be in FILE, and one
    that nobody in the club holds is no difference.
    """
    there = _read(file, mapped, fixed, encoding)
    kinds = Counter[str]()
    with reading() as session:
        now = rooms().clock.now()
        comparison = Comparison(session, rooms().shelf.editions(session, now), there, now)
        for one in comparison.differences():
            kinds[one.kind] += 1
            click.echo(f"{one.policy_no}: {one.kind}" + (f": {one.says}" if one.says else ""))
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    policies_there = f"{len(there)} {'policy' if len(there) == 1 else 'policies'}"
    click.echo(
        f"{policies_there} in the file, {comparison.outsiders} of nobody in the club;"
        f" {counted(kinds.total(), 'difference')}{': ' if told else ''}{told}"
    )
    if kinds:
        raise SystemExit(1)


@policies.command("rebase", short_help="Rate policies by a newer edition.")
@click.option("--edition", type=int, required=True, help="The edition, which must be in force.")
@click.option("--when", type=click.Choice(get_args(When)), required=True, help="From when on.")
@click.option("--policy", "numbers", multiple=True, metavar="NO", help="Only these policies.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing.")
def rebase(edition: int, when: When, numbers: tuple[str, ...], dry_run: bool) -> None:
    """Rate every layer of policies by a newer edition, which else rates only what came since.

    From now on (at_once), or from the end of the holder's running term on (next_review), just before it is
    reviewed; a holder without a tier waits for nothing. Layers that a newer edition rates stay. Each policy
    that comes to give more or less is told a line; running it again changes nothing more.
    """
    _check(edition, numbers)
    if dry_run:
        done = _preview(edition, when, numbers)
        click.echo(f"{_counted(done)} would be rated by edition {edition}; nothing was written")
        return
    try:
        done = rebase_all(rooms(), edition, when, numbers, by=operator_name(), tell=_tell_all)
    except Busy:
        raise click.ClickException(
            "somebody else kept the books too long; run it again, it goes on"
        ) from None
    click.echo(f"{_counted(done)} rated by edition {edition}")


def _read(file: Path, mapped: Any, fixed: Any, encoding: str | None) -> dict[str, Current]:
    faults = list[Fault]()
    try:
        table = open_table(file, encoding)
        fields, needed = current_file.FIELDS, current_file.NEEDED
        layout = layout_of(mapped, fixed, table.header, fields.__contains__, needed)
        with reading() as session:
            now = rooms().clock.now()
            club = rooms().shelf.editions(session, now).at(now).programme.club
        there = current_file.read_current(rows(table, layout, faults), club, faults)
    except (FileUnreadable, LookupError) as unreadable:
        raise click.ClickException(f"{file}: {unreadable}") from None
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None
    if faults:
        tell_faults(in_columns(faults, layout), "nothing was compared")
    return there


def _check(edition: int, numbers: tuple[str, ...]) -> None:
    """Raises ClickException for an edition that is not in force, and for policies that nobody told of."""
    now = rooms().clock.now()
    with reading() as session:
        try:
            editions = rooms().shelf.editions(session, now)
            editions.number(edition)
        except NoProgramme:
            raise click.ClickException(f"there is no edition {edition}") from None
        if editions.at(now).number < edition:
            raise click.ClickException(f"edition {edition} is not in force yet")
        for policy_no in numbers:
            if not subject.states(session, policy_no):
                raise click.ClickException(f"no policy {policy_no}")


def _preview(edition: int, when: When, numbers: tuple[str, ...]) -> int:
    now, done = rooms().clock.now(), 0
    for chunk in chunks(numbers):
        with reading() as session:
            editions = rooms().shelf.editions(session, now)
            for policy_no in chunk:
                made, holder = rebasing(session, editions, policy_no, edition, when, now)
                if made is not None:
                    _tell(policy_no, made, f"  {ids.to_text(holder)}" if holder else "")
                    done += 1
    return done


def _tell_all(made: dict[str, Rebasing]) -> None:
    for policy_no, one in made.items():
        _tell(policy_no, one)


def _tell(policy_no: str, made: Rebasing, holder: str = "") -> None:
    if made.changes:
        units = sorted({*made.before, *made.after})
        points = ", ".join(f"{unit} {made.before.get(unit, 0)} → {made.after.get(unit, 0)}" for unit in units)
        click.echo(f"{policy_no}{holder}  from {calendar.instant_text(made.at)}  {points}")


def _counted(count: int) -> str:
    return f"{count} {'policy' if count == 1 else 'policies'}"
