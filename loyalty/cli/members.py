"""`flask members`: what only the counter may do for a member."""

import click
from flask.cli import AppGroup

from loyalty import ids
from loyalty.actions.lock_spending import unfreeze_spending
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out
from loyalty.errors import NotFound
from loyalty.rooms import rooms

members = AppGroup("members", help="What only the counter may do for a member.")


@members.command("unfreeze", short_help="Let the points of a member go again who froze them by a notice.")
@click.argument("member")
@click.option("--reason", required=True, help="Who was seen with which document, for the chain of acts.")
def unfreeze(member: str, reason: str) -> None:
    """Let the points of MEMBER, by the id of the API, go again; their own lock and a pause stay."""
    member_id, by, now = ids.from_text(member), operator_name(), rooms().clock.now()
    if not reason.strip():
        raise click.BadParameter("must say something", param_hint="--reason")
    try:
        thawed = carry_out(lambda session: unfreeze_spending(session, member_id or 0, by, reason, now))
    except NotFound:
        raise click.ClickException(f"no member {member}") from None
    click.echo(f"{'unfrozen' if thawed else 'was not frozen'}: {member}")
