"""`flask staff`: who works on the club's pages, from the server's own side."""

from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from loyalty import staff as people
from loyalty.actions.admit_staff import open_set_up, reset
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out, reading
from loyalty.errors import LinkOver, NotFound
from loyalty.members import search_key
from loyalty.rooms import rooms

staff = AppGroup("staff", help="Colleagues who sign in to the staff's pages.")


def staff_door() -> str:
    """Where staff sign in to this copy."""
    settings = rooms().settings
    parts = urlsplit(settings.public_url or f"http://localhost:{settings.port}")  # passkeys want a name
    return f"{parts.scheme}://{parts.netloc}/staff"


def way_in(token: str) -> str:
    """The address that a one-time token opens, on this copy."""
    return f"{staff_door()}/enter/{token}"


@staff.command("set-up", short_help="Make the link for the first administrator.")
def set_up() -> None:
    """Print a link that makes the first administrator: once, within 24 hours, while there is none."""
    by, now = operator_name(), rooms().clock.now()
    try:
        token = carry_out(lambda session: open_set_up(session, by, now))
    except LinkOver:
        raise click.ClickException("there is an administrator: flask staff reset EMAIL") from None
    click.echo(way_in(token))


@staff.command("reset", short_help="Make a link for somebody who cannot sign in.")
@click.argument("email")
def reset_(email: str) -> None:
    """Take what a colleague signs in by, and print a link to choose anew: once, within 72 hours."""
    by, now = operator_name(), rooms().clock.now()
    try:
        with reading() as session:
            found = people.account_by_email(session, search_key(email))
        if found is None:
            raise NotFound
        account_id = found.account_id
        token = carry_out(lambda session: reset(session, account_id, by, now))
    except NotFound:
        raise click.ClickException(f"nobody signs in by {email}") from None
    click.echo(way_in(token))


@staff.command("list")
def list_() -> None:
    """Show every colleague: address, name, roles, state."""
    with reading() as session:
        for one in people.colleagues(session):
            state = "disabled" if one.disabled_at else "active" if one.has_app else "invited"
            click.echo(f"{one.email}  {one.name}  {', '.join(one.roles)}  {state}")
