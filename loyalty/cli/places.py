"""`flask places`: where benefits are given."""

import click
from flask.cli import AppGroup

from loyalty import benefits
from loyalty.actions.keep_place import close_place, open_place
from loyalty.benefits import Place
from loyalty.cli.programme import operator_name
from loyalty.db import books_kept, carry_out, reading
from loyalty.document.values import CODE_FORM, is_code
from loyalty.errors import NotFound
from loyalty.rooms import rooms

places = AppGroup("places", help="Counters, lounges, clinics, hotels: where benefits are given.")


def _code(_: click.Context, __: click.Parameter, told: str) -> str:
    if not is_code(told):
        raise click.BadParameter(CODE_FORM)
    return told


@places.command("open", short_help="Say where a provider gives benefits.")
@click.argument("code", callback=_code)
@click.option("--provider", required=True, callback=_code, help="As the programme's benefits name it.")
@click.option("--zh", required=True, help="What it is called in Chinese.")
@click.option("--en", required=True, help="What it is called in English.")
def open_(code: str, provider: str, zh: str, en: str) -> None:
    """Open a place, or change its provider and names; one that was closed is open again."""
    by, now = operator_name(), rooms().clock.now()
    place, name = Place(code, provider), {"zh": zh, "en": en}
    fresh, *_ = [
        carry_out(lambda session: open_place(session, place, name, by, now), books=books)
        for books in books_kept()
    ]
    click.echo(f"{'opened' if fresh else 'changed'}: {code} of {provider}")


@places.command("close")
@click.argument("code")
def close(code: str) -> None:
    """Give nothing there any more; bookings that are open stay."""
    by, now = operator_name(), rooms().clock.now()
    try:
        for books in books_kept():
            carry_out(lambda session: close_place(session, code, by, now), books=books)
    except NotFound:
        raise click.ClickException(f"no place {code}") from None
    click.echo(f"closed: {code}")


@places.command("list")
def list_() -> None:
    """Show every place: code, provider, names; a closed one says so."""
    with reading() as session:
        for row in benefits.places(session):
            closed = "  closed" if row.closed_at else ""
            click.echo(f"{row.code}  {row.provider}  {row.name['zh']}  {row.name['en']}{closed}")
