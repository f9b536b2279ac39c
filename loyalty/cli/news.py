"""`flask news`: the information service, by card."""

from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from loyalty import ids
from loyalty.actions.keep_feed import publish_item, withdraw_item
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out
from loyalty.errors import BenefitUnknown, NotFound
from loyalty.rooms import rooms

news = AppGroup("news", help="News for the cards that a benefit belongs to.")


@news.command("publish", short_help="Publish a piece of news; print its id.")
@click.argument("benefit")
@click.option("--zh", required=True, help="Its title in Chinese.")
@click.option("--en", required=True, help="Its title in English.")
@click.option("--zh-text", default="", help="What it says in Chinese.")
@click.option("--en-text", default="", help="What it says in English.")
@click.option("--days", type=click.IntRange(1, 3_650), help="How long it is shown; for ever when left out.")
def publish(benefit: str, zh: str, en: str, zh_text: str, en_text: str, days: int | None) -> None:
    """Publish a piece of news for everybody whose card has BENEFIT, and print its id."""
    room, by = rooms(), operator_name()
    now = room.clock.now()
    until: datetime | None = now + timedelta(days=days) if days else None
    title, body = {"zh": zh, "en": en}, {"zh": zh_text, "en": en_text}
    try:
        item_id = carry_out(
            lambda session: publish_item(
                session, room.shelf.editions(session, now), benefit, title, body, until, by, now
            )
        )
    except BenefitUnknown:
        raise click.ClickException(f"no benefit of news is called {benefit}") from None
    click.echo(ids.to_text(item_id))


@news.command("withdraw")
@click.argument("item")
def withdraw(item: str) -> None:
    """Show a piece of news no more."""
    by, now = operator_name(), rooms().clock.now()
    try:
        carry_out(lambda session: withdraw_item(session, ids.from_text(item) or 0, by, now))
    except NotFound:
        raise click.ClickException(f"no news {item}") from None
    click.echo(f"withdrawn: {item}")
