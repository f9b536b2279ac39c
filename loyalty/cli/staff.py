"""`flask staff`: who works on the club's pages, from the server's own side."""

from collections.abc import Callable
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty import staff as people
from loyalty.actions.admit_staff import open_set_up, reset
from loyalty.actions.link_staff import link_staff, unlink_staff
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out, reading
from loyalty.errors import LinkOver, NotFound
from loyalty.members import search_key
from loyalty.rooms import rooms

OFFICE = "office"  #: where colleagues are linked with members, who serve at no till

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


@staff.command("link", short_help="Say that a colleague is this member, or close to them.")
@click.argument("email")
@click.option("--member", required=True, help="The member's id.")
def link_(email: str, member: str) -> None:
    """Keep the colleague of EMAIL from acting on a member: themselves, or somebody close to them."""
    by, now = operator_name(), rooms().clock.now()
    _carry(lambda rows, who, member_id: link_staff(rows, OFFICE, who, member_id, by, now), email, member)
    click.echo(f"linked: {email} is {member}")


@staff.command("unlink", short_help="Undo such a link.")
@click.argument("email")
@click.option("--member", required=True, help="The member's id.")
def unlink_(email: str, member: str) -> None:
    """Let the colleague of EMAIL act on a member again."""
    by, now = operator_name(), rooms().clock.now()
    _carry(lambda rows, who, member_id: unlink_staff(rows, OFFICE, who, member_id, by, now), email, member)
    click.echo(f"unlinked: {email} is not {member}")


def _carry(wish: Callable[[Session, str, int], object], email: str, member: str) -> None:
    """Carry out a wish on a link of a colleague and a member."""

    def found(rows: Session) -> object:
        who = people.account_by_email(rows, search_key(email))
        if who is None:
            raise NotFound
        return wish(rows, people.actor(who.account_id), ids.from_text(member) or 0)

    try:
        carry_out(found)
    except NotFound:
        raise click.ClickException(f"no colleague {email}, no member {member}, or no such link") from None


@staff.command("list")
def list_() -> None:
    """Show every colleague: address, name, roles, state."""
    with reading() as session:
        for one in people.colleagues(session):
            state = "disabled" if one.disabled_at else "active" if one.has_app else "invited"
            click.echo(f"{one.email}  {one.name}  {', '.join(one.roles)}  {state}")
