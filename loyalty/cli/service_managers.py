"""`flask service-managers`: who looks after members."""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from loyalty import benefits
from loyalty.actions.keep_manager import keep_manager, manager_leaves
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out, reading
from loyalty.document.values import text
from loyalty.errors import NotFound
from loyalty.rooms import rooms

service_managers = AppGroup(
    "service-managers", help="Service managers: agents of policies, and those of the pool."
)
LONGEST_CODE = 80  #: what a line in the chain of acts can name
LONGEST_NAME = 120


def _at_most(letters: int) -> Callable[[click.Context, click.Parameter, str], str]:
    """Lets through visible text of so many letters."""

    def checked(_: click.Context, __: click.Parameter, told: str) -> str:
        try:
            return text(told, letters)
        except ValueError as fault:
            raise click.BadParameter(str(fault)) from None

    return checked


@service_managers.command("add", short_help="Somebody looks after members.")
@click.argument("code", callback=_at_most(LONGEST_CODE))
@click.option("--name", required=True, callback=_at_most(LONGEST_NAME), help="As members read it.")
@click.option("--pool/--no-pool", "in_pool", default=True, help="Whether members without an agent get them.")
def add(code: str, name: str, in_pool: bool) -> None:
    """Keep a manager; CODE is what the core system calls the agent. Whoever had left is back."""
    by, now = operator_name(), rooms().clock.now()
    fresh = carry_out(lambda session: keep_manager(session, code, name, in_pool, by, now))
    click.echo(f"{'added' if fresh else 'changed'}: {code}")


@service_managers.command("leave")
@click.argument("code")
def leave(code: str) -> None:
    """Somebody looks after nobody any more.

    The night finds others for their members.
    """
    by, now = operator_name(), rooms().clock.now()
    try:
        carry_out(lambda session: manager_leaves(session, code, by, now))
    except NotFound:
        raise click.ClickException(f"no manager {code}") from None
    click.echo(f"left: {code}")


@service_managers.command("list")
def list_() -> None:
    """Show everybody: code, name, whether of the pool, whether they left."""
    with reading() as session:
        for one in benefits.managers(session):
            told = ("  pool" if one.in_pool else "") + ("  left" if one.left_at else "")
            click.echo(f"{one.code}  {one.name}{told}")
