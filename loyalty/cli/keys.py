"""`flask keys`: who may ask."""

from datetime import UTC, datetime, timedelta
from typing import cast

import click
from flask.cli import AppGroup

from loyalty import access
from loyalty.access import Scope
from loyalty.db import carry_out, reading
from loyalty.errors import NotFound
from loyalty.rooms import rooms

keys = AppGroup("keys", help="Keys of tills and systems.")
_NAME = 40


@keys.command("create")
@click.option("--terminal", required=True, help="The terminal that the key speaks for.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="May be repeated, or separated by commas."
)
@click.option("--client", help="What survives the key's rotation; the terminal's name when left out.")
@click.option("--mode", type=click.Choice(["live"]), default="live", show_default=True)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of cashier texts."
)
@click.option("--expires-on", type=click.DateTime(["%Y-%m-%d"]), help="The key's last day, in UTC.")
def create(
    terminal: str,
    scopes: tuple[str, ...],
    client: str | None,
    mode: str,
    language: str,
    expires_on: datetime | None,
) -> None:
    """Make a key and print it alone on standard output. It is shown this once."""
    client = terminal if client is None else client
    for name in (terminal, client):
        if not (name.isprintable() and name.strip() == name and 1 <= len(name) <= _NAME):
            raise click.UsageError(
                f"{name!r}: a name has 1 to {_NAME} printable characters, no blanks around it"
            )
    wanted = _scopes(scopes)
    expires_at = expires_on and expires_on.replace(tzinfo=UTC) + timedelta(days=1)
    now = rooms().clock.now()
    key = carry_out(
        lambda session: access.add_key(
            session,
            now,
            client=client,
            terminal=terminal,
            scopes=wanted,
            mode=mode,
            language=language,
            expires_at=expires_at,
        )
    )
    click.echo(
        f"key for terminal {terminal} with {', '.join(wanted)}; keep it, it is not shown again", err=True
    )
    click.echo(key)


@keys.command("list")
def list_() -> None:
    """Show every key: prefix, terminal, client, scopes, state, last use."""
    now = rooms().clock.now()
    with reading() as session:
        rows = access.all_keys(session)
    for row in rows:
        state = (
            "revoked" if row.revoked_at else "expired" if row.expires_at and row.expires_at <= now else "live"
        )
        used = row.last_used_on or "never"
        click.echo(
            f"{row.prefix}  {row.terminal}  {row.client}  {','.join(row.scopes)}  {state}  last used {used}"
        )


@keys.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Accept a key no more; every process knows within two seconds."""
    now = rooms().clock.now()
    try:
        carry_out(lambda session: access.revoke_key(session, prefix, now))
    except NotFound:
        raise click.ClickException(f"no key begins with {prefix}") from None
    click.echo(f"revoked {prefix}", err=True)


def _scopes(told: tuple[str, ...]) -> list[Scope]:
    wanted = [scope.strip() for text in told for scope in text.split(",") if scope.strip()]
    unknown = sorted(set(wanted) - set(access.SCOPES))
    if unknown or not wanted:
        raise click.UsageError(f"no such scope: {', '.join(unknown)}; there are {', '.join(access.SCOPES)}")
    return cast(list[Scope], sorted(set(wanted)))
