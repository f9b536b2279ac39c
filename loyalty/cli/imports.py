"""`flask import`: members, purchases and policies that other systems kept."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from loyalty.cli.programme import operator_name
from loyalty.errors import Busy, NoProgramme
from loyalty.jobs.importing import members as members_file
from loyalty.jobs.importing import policies as policies_file
from loyalty.jobs.importing import purchases as purchases_file
from loyalty.jobs.importing.files import of_members, of_policies, of_purchases
from loyalty.jobs.importing.run import Import, carry_in
from loyalty.jobs.importing.table import Fault, FileUnreadable, Layout, counted, encoding_of, header_of
from loyalty.rooms import rooms

imports = AppGroup("import", help="Bring in members, purchases and policies that other systems kept.")

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
    click.option("--encoding", help="Of the file; found by itself where it is UTF-8 or GB18030."),
)
_OPTIONS = (
    FILE,
    *MAPPING,
    click.option(
        "--historic", is_flag=True, help="As if the clock stood at each row's time, nights between."
    ),
    click.option("--dry-run", is_flag=True, help="Tell every fault by its line, and write nothing."),
)

_ONE = {"members": "member", "purchases": "purchase", "policies": "state"}  #: what is counted


def _command(name: str, short_help: str) -> Callable[[Callable[..., None]], click.Command]:
    def made(function: Callable[..., None]) -> click.Command:
        for option in reversed(_OPTIONS):
            function = option(function)
        return imports.command(name, short_help=short_help)(function)

    return made


@_command("members", "Take members over, with what they had.")
def members(**told: Any) -> None:
    """Take members over from FILE, a row each (CSV), with the cards, tiers, points and consents they had.

    A column with the name of a field is that field, unless told otherwise.

    Fields: reference, name, phone, email, birth_date, locale, enrolled_at, as_of, card; tier, tier_from,
    tier_last_day; unit, points, last_day, earned_on (a second lot: unit.2, points.2 …) or lots and consents
    as JSON lists. Times without an offset are the club's own.

    Told now, they are given nothing for joining. With --historic they join when they did (enrolled_at), or
    are taken over as of another instant (as_of).
    """
    _run("members", told, members_file.is_field, members_file.NEEDED, of_members)


@_command("purchases", "Book sales and returns, told now or as history.")
def purchases(**told: Any) -> None:
    """Book sales and returns from FILE (CSV), a row a line, rows of one receipt together.

    A column with the name of a field is that field, unless told otherwise.

    Fields: reference, card or member_id; store, terminal, business_date, receipt, sold_at, cashier, currency;
    line, sku, category, quantity, and amount or unit_price. Times without an offset are the club's own. A
    receipt below nil is a return without a receipt. Amounts are rounded to minor units a line, half up.
    Rows that name no member are left out.

    With --historic nothing may be booked meanwhile: no till, and no worker.
    """
    _run("purchases", told, purchases_file.FIELDS.__contains__, purchases_file.NEEDED, of_purchases)


@_command("policies", "Follow policies by their states, told now or as history.")
def policies(**told: Any) -> None:
    """Follow policies by the states in FILE (CSV), a row a coverage, rows of a policy and version together.

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
    _run("policies", told, policies_file.FIELDS.__contains__, policies_file.NEEDED, of_policies)


def _run(
    what: str,
    told: Mapping[str, Any],
    is_field: Callable[[str], bool],
    needed: Sequence[Sequence[str]],
    make: Callable[..., Import],
) -> None:
    file, faults = told["file"], list[Fault]()
    csv.field_size_limit(1_000_000)
    try:
        encoding = told["encoding"] or encoding_of(file)
        header = header_of(file, encoding)
        layout = layout_of(told["mapped"], told["fixed"], header, is_field, needed)
        wanted = make(rooms(), file, encoding, layout, historic=told["historic"], faults=faults)
    except (FileUnreadable, LookupError) as unreadable:
        raise click.ClickException(f"{file}: {unreadable}") from None
    except NoProgramme:
        raise click.ClickException("no programme is published: flask programme publish FILE") from None
    if ignored := [name for name in header if name not in layout.columns.values()]:
        click.echo(f"ignored, as no fields: {', '.join(ignored)}", err=True)
    for line in wanted.says:
        click.echo(line)
    if faults:
        tell_faults(faults, "nothing was written")
    if told["dry_run"]:
        could_be = counted(len(wanted.steps), _ONE[what])
        click.echo(f"no faults: {could_be} could be imported; nothing was written")
        return
    _carry_in(what, wanted)


def _carry_in(what: str, wanted: Import) -> None:
    room, bar = rooms(), click.progressbar(length=len(wanted.steps), label=what, file=sys.stderr)
    started = room.clock.monotonic()
    try:
        with bar:
            carried = carry_in(room, wanted, by=operator_name(), tell=bar.update)
    except Busy:
        raise click.ClickException(
            "somebody else kept the books too long; run it again, it goes on"
        ) from None
    took = room.clock.monotonic() - started
    booked = counted(carried.booked, _ONE[what])
    click.echo(f"{booked} booked, {carried.known} known before, in {took:.0f} s")
    if carried.held:
        click.echo(f"held for review: {carried.held}")
    if carried.faults:
        tell_faults(
            carried.faults, "the rest was booked" if not wanted.ordered else "nothing after it was booked"
        )


def layout_of(
    mapped: Sequence[str],
    fixed: Sequence[str],
    header: Sequence[str],
    is_field: Callable[[str], bool],
    needed: Sequence[Sequence[str]],
) -> Layout:
    """Where the fields are, as the options and the header say. Raises UsageError."""
    columns, constants = _pairs(mapped, "--map"), _pairs(fixed, "--set")
    told = {*columns, *columns.values(), *constants}
    by_name = {name: name for name in header if is_field(name) and name not in told}
    layout = Layout(columns | by_name, constants)
    named = [*layout.columns, *layout.constants]
    for name in named:
        if not is_field(name) or named.count(name) > 1:
            raise click.UsageError(f"{name} is {'told twice' if is_field(name) else 'no field'}")
    for one_of in needed:
        if not set(one_of) & set(named):
            raise click.UsageError(f"{' or '.join(one_of)} is needed: --map {one_of[0]}=COLUMN")
    return layout


def _pairs(told: Sequence[str], option: str) -> dict[str, str]:
    pairs = [text.partition("=")[::2] for text in told]
    if not all(name and value for name, value in pairs):
        raise click.UsageError(f"{option} takes FIELD={'COLUMN' if option == '--map' else 'VALUE'}")
    return {name.strip(): value.strip() for name, value in pairs}


def tell_faults(faults: Sequence[Fault], so: str) -> NoReturn:
    """Tell every fault by its line, and end. Raises ClickException."""
    for fault in sorted(faults):
        click.echo(f"line {fault.line}: {fault.says}")
    raise click.ClickException(f"{counted(len(faults), 'fault')}; {so}")
