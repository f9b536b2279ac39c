"""`flask import`: members, purchases and policies that other systems kept, and corrections of points."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from loyalty.cli.programme import operator_name
from loyalty.errors import Busy, NoProgramme
from loyalty.jobs.importing.kinds import KINDS, Kind, Needed
from loyalty.jobs.importing.kinds import layout_of as meant
from loyalty.jobs.importing.opening import open_table
from loyalty.jobs.importing.result import carried_in, checked, write_result
from loyalty.jobs.importing.run import Carried, Import, Unapproved, carry_in
from loyalty.jobs.importing.table import (
    Fault,
    FileUnreadable,
    Layout,
    LayoutFaulty,
    Table,
    counted,
    in_columns,
)
from loyalty.rooms import rooms
from loyalty.sheets import MEDIA_TYPES, Form

imports = AppGroup("import", help="Bring in members, purchases, policies, corrections by file.")

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MAPPING = (
    click.option(
        "--map",
        "mapped",
        multiple=True,
        metavar="FIELD=COLUMN",
        help="Where a field is, but in its own column.",
    ),
    click.option(
        "--set", "fixed", multiple=True, metavar="FIELD=VALUE", help="What a field is in every row."
    ),
    click.option("--encoding", help="Of a CSV file; found by itself where it is UTF-8 or GB18030."),
)
_HISTORIC = click.option(
    "--historic", is_flag=True, help="As if the clock stood at each row's time, nights between."
)
_RESULT = (
    click.option("--dry-run", is_flag=True, help="Tell every fault by its line, and write nothing."),
    click.option(
        "--result",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write what came of each line into this file: .csv or .xlsx.",
    ),
)
_MOST_TOLD = 1_000  #: faults told one by one; the result holds all


def _command(
    name: str, short_help: str, *, historic: bool = True
) -> Callable[[Callable[..., None]], click.Command]:
    def made(function: Callable[..., None]) -> click.Command:
        for option in reversed((FILE, *MAPPING, *((_HISTORIC,) if historic else ()), *_RESULT)):
            function = option(function)
        return imports.command(name, short_help=short_help)(function)

    return made


@_command("members", "Take members over, with what they had.")
def members(**told: Any) -> None:
    """Take members over from FILE, a row each, with the cards, tiers, points and consents they had.

    A column with the name of a field is that field, unless told otherwise.

    Fields: reference, name, phone, email, birth_date, locale, enrolled_at, as_of, card; tier, tier_from,
    tier_last_day; unit, points, last_day, earned_on (a second lot: unit.2, points.2 …) or lots and consents
    as JSON lists. Times without an offset are the club's own.

    Told now, they are given nothing for joining. With --historic they join when they did (enrolled_at), or
    are taken over as of another instant (as_of).
    """
    _run("members", told)


@_command("purchases", "Book sales and returns, told now or as history.")
def purchases(**told: Any) -> None:
    """Book sales and returns from FILE, a row a line, rows of one receipt together.

    A column with the name of a field is that field, unless told otherwise.

    Fields: reference, card or member_id; store, terminal, business_date, receipt, sold_at, cashier, currency;
    line, sku, category, quantity, and amount or unit_price. Times without an offset are the club's own. A
    receipt below nil is a return without a receipt. Amounts are rounded to minor units a line, half up.
    Rows that name no member are left out.

    With --historic nothing may be booked meanwhile: no till, and no worker.
    """
    _run("purchases", told)


@_command("policies", "Follow policies by their states, told now or as history.")
def policies(**told: Any) -> None:
    """Follow policies by the states in FILE, a row a coverage, rows of a policy and version together.

    A column with the name of a field is that field, unless told otherwise.

    Fields: policy_no, version, effective_at, told_at, status; reference or member_id of the holder;
    issued_on, receipt_signed_on, cooling_off_ends_on, paid_to, years_paid, grace_ends_on, group, channel,
    service_agent, holder_is_agent, currency (the club's); coverage (its number), product, main, premium,
    reduced_premium, pay_mode, pay_years or pay_until_age, cover_years, cover_until_age or whole_life; insured
    and attributes as JSON. Times without an offset are the club's own. States of policies that nobody in the
    club holds are left out, unless the club takes holders in.

    With --historic each is booked as if the clock stood at told_at, or else at effective_at, and nothing may
    be booked meanwhile: no till, and no worker.
    """
    _run("policies", told)


@_command("corrections", "Check corrections of points, which a second person approves.", historic=False)
def corrections(**told: Any) -> None:
    """Check corrections of points in FILE, a row each, and tell what a second person is asked to approve.

    A column with the name of a field is that field, unless told otherwise.

    Fields: card, member_id or reference of the member; unit, points (minus takes away), reason_code, note;
    correction, its own name, by which it is booked once.
    """
    _run("corrections", told)


def _run(what: str, told: Mapping[str, Any]) -> None:
    kind = KINDS[what]
    file, result, faults = told["file"], told["result"], list[Fault]()
    if result is not None:
        _check_result(result)
    try:
        table = open_table(file, told["encoding"])
        layout = layout_of(told["mapped"], told["fixed"], table.header, kind.is_field, kind.needed)
        wanted = kind.read(rooms(), table, layout, historic=told.get("historic", False), faults=faults)
    except (FileUnreadable, LookupError) as unreadable:
        raise click.ClickException(f"{file}: {unreadable}") from None
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None
    faults = in_columns(faults, layout)
    if ignored := [name for name in table.header if name and name not in layout.columns.values()]:
        click.echo(f"ignored, as no fields: {', '.join(ignored)}", err=True)
    for line in (*wanted.says, *(f"sum of {name}: {of_all}" for name, of_all in wanted.sums.items())):
        click.echo(line)
    if faults or told["dry_run"] or wanted.needs_approval:
        _write(result, table, checked(wanted, faults), faults)
    if faults:
        tell_faults(faults, "nothing was written")
    if told["dry_run"]:
        could_be = counted(len(wanted.steps), kind.one)
        click.echo(f"no faults: {could_be} could be imported; nothing was written")
        return
    carried = _carry_in(kind, wanted)
    refused = in_columns(carried.faults, layout)
    _write(result, table, carried_in(wanted, carried), refused)
    if refused:
        tell_faults(refused, "the rest was booked" if not wanted.ordered else "nothing after it was booked")


def _carry_in(kind: Kind, wanted: Import) -> Carried:
    room = rooms()
    started = room.clock.monotonic()
    try:
        wanted.check(None)
        with click.progressbar(length=len(wanted.steps), label=wanted.kind, file=sys.stderr) as bar:
            carried = carry_in(room, wanted, by=operator_name(), tell=bar.update)
    except Unapproved as waits:
        raise click.ClickException(f"{waits}; nothing was written") from None
    except Busy:
        raise click.ClickException(
            "somebody else kept the books too long; run it again, it goes on"
        ) from None
    took = room.clock.monotonic() - started
    booked = counted(carried.counts["booked"], kind.one)
    click.echo(f"{booked} booked, {carried.counts['known']} known before, in {took:.0f} s")
    if held := carried.counts["held"]:
        click.echo(f"held for review: {held}")
    return carried


def _check_result(result: Path) -> None:
    """Raises ClickException for a result that could not be written once all is done."""
    if result.suffix[1:] not in MEDIA_TYPES:
        raise click.ClickException(f"{result} ends neither in .csv nor in .xlsx")
    if result.exists():
        raise click.ClickException(f"{result} exists: a result is written once")


def _write(result: Path | None, table: Table, came: Mapping[int, str], faults: Sequence[Fault]) -> None:
    """Write the result for its owner alone: it holds what the file does."""
    if result is None:
        return
    form: Form = "xlsx" if result.suffix == ".xlsx" else "csv"
    try:
        with open(os.open(result, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            write_result(file, form, table, came, faults)
    except OSError as error:
        raise click.ClickException(f"{result} cannot be written: {error.strerror}") from None
    click.echo(f"what came of each line: {result}")


def layout_of(
    mapped: Sequence[str],
    fixed: Sequence[str],
    header: Sequence[str],
    is_field: Callable[[str], bool],
    needed: Needed,
) -> Layout:
    """Where the fields are, as the options and the header say. Raises UsageError."""
    try:
        return meant(header, _pairs(mapped, "--map"), _pairs(fixed, "--set"), is_field, needed)
    except LayoutFaulty as faulty:
        how = f": --map {faulty.missing}=COLUMN" if faulty.missing else ""
        raise click.UsageError(f"{faulty}{how}") from None


def _pairs(told: Sequence[str], option: str) -> dict[str, str]:
    pairs = [text.partition("=")[::2] for text in told]
    if not all(name and value for name, value in pairs):
        raise click.UsageError(f"{option} takes FIELD={'COLUMN' if option == '--map' else 'VALUE'}")
    return {name.strip(): value.strip() for name, value in pairs}


def tell_faults(faults: Sequence[Fault], so: str) -> NoReturn:
    """Tell faults by their lines, the first ones if there are many, and end. Raises ClickException."""
    for fault in faults[:_MOST_TOLD]:
        click.echo(f"line {fault.line}: {fault}")
    if (more := len(faults) - _MOST_TOLD) > 0:
        click.echo(f"and {counted(more, 'fault')} more: --result FILE holds all")
    raise click.ClickException(f"{counted(len(faults), 'fault')}; {so}")
