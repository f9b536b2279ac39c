"""`flask keys`: who may ask."""

import csv
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask.cli import AppGroup

from loyalty import access
from loyalty.access import LANGUAGES, Grant, KeysFaulty, Wanted, split, wanted, wanted_by_file
from loyalty.actions.issue_keys import issue_keys, revoke_key, rotate_key
from loyalty.cli.programme import operator_name
from loyalty.db import books_kept, carry_out, reading
from loyalty.errors import NotFound, TwoLiveKeys
from loyalty.rooms import rooms

keys = AppGroup("keys", help="API keys of tills and systems.")
_COLUMNS = (
    "prefix", "client", "store", "terminals", "place", "scopes", "mode", "signed", "state", "last used",
)  # fmt: skip


@keys.command("create")
@click.option("--terminal", "terminals", multiple=True, help="One it speaks for; any when none is named.")
@click.option("--store", help="The only store it speaks for; any when left out.")
@click.option("--scope", "scopes", multiple=True, help="May be repeated, or separated by commas.")
@click.option("--place", help=f"The place that it is the key of: with --scope {access.PLACE}.")
@click.option(
    "--client",
    help="What survives the key's rotation; the place's or a single terminal's name when left out.",
)
@click.option("--person", help=f"Whose key it is, as its client: needed with --scope {access.DECIDE}.")
@click.option("--mode", type=click.Choice(access.MODES), default="live", show_default=True)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="Of cashier texts."
)
@click.option("--expires-on", type=click.DateTime(["%Y-%m-%d"]), help="The key's last day, in UTC.")
@click.option("--signed", is_flag=True, help="Hear only signed requests; the secret is printed too.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make many: CSV of client, store, terminals, scopes, mode, language, expires_on, signed, place.",
)
def create(
    terminals: tuple[str, ...],
    store: str | None,
    scopes: tuple[str, ...],
    place: str | None,
    client: str | None,
    person: str | None,
    mode: str,
    language: str,
    expires_on: datetime | None,
    signed: bool,
    file: Path | None,
) -> None:
    """Make a key and print it alone on standard output. It is shown this once.

    With --file, make all of its keys or none, and print CSV: client, prefix, key, signing_secret.
    """
    if file is not None:
        if terminals or scopes or client or person or store or place:
            raise click.UsageError("--file names clients, stores, terminals, places and scopes itself")
        _print_all(_make(lambda: wanted_by_file(file)))
        return
    _check_person(person, client, place, split(scopes, ","))
    client = person if client is None else client
    if client is None and place is None and len(terminals) != 1:
        raise click.UsageError("--client is needed, unless there is a --place or exactly one --terminal")
    grant = Grant(
        client=(place or terminals[0]) if client is None else client,
        store=store,
        terminals=tuple(sorted(set(terminals))),
        scopes=split(scopes, ","),
        mode=mode,
        language=language,
        signed=signed,
        place=place,
    )
    [(one, key)] = _make(lambda: [wanted(grant, expires_on)])
    told = f"key {_prefix(key)} of client {one.client} with {', '.join(one.scopes)}"
    click.echo(f"{told}; keep it, it is not shown again", err=True)
    _print(one, key)


@keys.command("list", short_help="Show every key, its rights and its last use.")
def list_() -> None:
    """Show every key; * is any store or terminal. The header goes to standard error."""
    now = rooms().clock.now()
    with reading() as session:
        rows = [_words(row, now) for row in access.all_keys(session)]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for words in (_COLUMNS, *rows):
        line = "  ".join(word.ljust(width) for word, width in zip(words, widths, strict=True))
        click.echo(line.rstrip(), err=words is _COLUMNS)


@keys.command("rotate", short_help="Print a second key like that one.")
@click.argument("prefix")
@click.option("--overlap-hours", type=click.IntRange(0, 24 * 90), default=24, show_default=True)
def rotate(prefix: str, overlap_hours: int) -> None:
    """Print a new key like that one, which itself is accepted until the overlap is over."""
    now, by, overlap = rooms().clock.now(), operator_name(), timedelta(hours=overlap_hours)
    try:
        old, key = carry_out(lambda session: rotate_key(session, prefix, overlap, by, now))
    except NotFound:
        raise click.ClickException(f"no live key begins with {prefix}") from None
    except TwoLiveKeys as refusal:
        client, live = refusal.facts["client"], ", ".join(refusal.facts["prefixes"])  # type: ignore[arg-type]
        raise click.ClickException(f"{client} has two live keys already: revoke one of {live}") from None
    click.echo(f"{prefix} is accepted until {old.expires_at:%Y-%m-%d %H:%M} UTC", err=True)
    _print(access.grant_of(old), key)


@keys.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Accept a key no more; every process knows within two seconds."""
    now, by = rooms().clock.now(), operator_name()
    try:
        carry_out(lambda session: revoke_key(session, prefix, by, now))
    except NotFound:
        raise click.ClickException(f"no key begins with {prefix}") from None
    click.echo(f"revoked {prefix}", err=True)


def _check_person(person: str | None, client: str | None, place: str | None, scopes: tuple[str, ...]) -> None:
    if person is None and access.DECIDE in scopes:
        raise click.UsageError(f"a key with the scope {access.DECIDE} names its --person")
    if person is not None and (client, place) != (None, None):
        raise click.UsageError("--person is the client, and no place")


def _words(row: access.ApiKey, now: datetime) -> tuple[str, ...]:
    """A key as a line of the list."""
    terminals, signed = ",".join(row.terminals) or "*", "yes" if row.signed else "no"
    used = row.last_used_on.isoformat() if row.last_used_on else "never"
    place = row.place or "-"
    speaks = (row.prefix, row.client, row.store or "*", terminals, place, ",".join(row.scopes))
    return (*speaks, row.mode, signed, _state(row, now), used)


def _state(row: access.ApiKey, now: datetime) -> str:
    if row.revoked_at:
        return "revoked"
    return "expired" if row.expires_at and row.expires_at <= now else "live"


def _make(ask: Callable[[], list[Wanted]]) -> list[tuple[Grant, str]]:
    """Make the keys that are asked for, all or none, each with its text."""
    try:
        asked = ask()
    except KeysFaulty as fault:
        raise click.UsageError(str(fault)) from None
    if "training" not in books_kept() and (mode := next((m for m in _modes(asked) if m != "live"), None)):
        raise click.UsageError(f"mode {mode} needs the training books: set LOYALTY_TRAINING_DATABASE_URL")
    now, by = rooms().clock.now(), operator_name()
    try:
        made = carry_out(lambda session: issue_keys(session, asked, by, now))
    except NotFound as refusal:
        raise click.UsageError(f"no place {refusal.facts['place']} is open") from None
    return list(zip((one.grant for one in asked), made, strict=True))


def _modes(asked: list[Wanted]) -> list[str]:
    return [one.grant.mode for one in asked]


def _print(grant: Grant, key: str) -> None:
    click.echo(key)
    if grant.signed:
        click.echo(_signing_secret(key))


def _print_all(made: list[tuple[Grant, str]]) -> None:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["client", "prefix", "key", "signing_secret"])
    for grant, key in made:
        rows.writerow([grant.client, _prefix(key), key, _signing_secret(key) if grant.signed else ""])


def _signing_secret(key: str) -> str:
    return access.signing_secret(rooms().settings.keys_for(access.SIGNING)[0], _prefix(key))


def _prefix(key: str) -> str:
    presented = access.split_key(key)
    return presented.prefix if presented else ""
