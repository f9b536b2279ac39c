"""`flask staff-cards`: which members serve at which tills."""

import click
from flask.cli import AppGroup

from loyalty import access, ids, reviews
from loyalty.actions.link_staff import link_staff, unlink_staff
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out, reading
from loyalty.errors import NotFound
from loyalty.rooms import rooms

staff_cards = AppGroup("staff-cards", help="Cashiers' own cards: flagged or denied at their own till.")


def _name(_: click.Context, __: click.Parameter, told: str) -> str:
    if not access.is_name(told):
        raise click.BadParameter(access.NAMES_HAVE)
    return told


_STORE = click.option("--store", required=True, callback=_name, help="The store, as its tills name it.")
_CASHIER = click.option("--cashier", required=True, callback=_name, help="The cashier, as those tills do.")
_MEMBER = click.option("--member", "member", required=True, help="The member's id.")


@staff_cards.command("link", short_help="Say that a cashier is this member.")
@_STORE
@_CASHIER
@_MEMBER
def link(store: str, cashier: str, member: str) -> None:
    """Say that a cashier is this member, or close to them; several members may be linked."""
    by, now, member_id = operator_name(), rooms().clock.now(), _number(member)
    try:
        fresh = carry_out(lambda session: link_staff(session, store, cashier, member_id, by, now))
    except NotFound:
        raise click.ClickException(f"no member {member}") from None
    click.echo(f"{'linked' if fresh else 'already linked'}: {cashier} of {store} is {member}")


@staff_cards.command("unlink")
@_STORE
@_CASHIER
@_MEMBER
def unlink(store: str, cashier: str, member: str) -> None:
    """Undo a link."""
    by, now, member_id = operator_name(), rooms().clock.now(), _number(member)
    try:
        carry_out(lambda session: unlink_staff(session, store, cashier, member_id, by, now))
    except NotFound:
        raise click.ClickException(f"{cashier} of {store} is not linked with {member}") from None
    click.echo(f"unlinked: {cashier} of {store} is not {member}")


@staff_cards.command("list")
def list_() -> None:
    """Show every link: store, cashier, member."""
    with reading() as session:
        for row in reviews.links(session):
            click.echo(f"{row.store}  {row.cashier}  {ids.to_text(row.member_id)}")


def _number(member: str) -> int:
    number = ids.from_text(member)
    if number is None:
        raise click.ClickException(f"no member {member}")
    return number
