"""`flask club-events`: what members are invited to."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from loyalty import benefits, calendar, ids
from loyalty.actions.keep_event import announce, call_off, let_go_of
from loyalty.benefits import ClubEvent
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out, reading
from loyalty.errors import BenefitUnknown, Invalid, NotFound
from loyalty.rooms import rooms
from loyalty.stops import carry_on

club_events = AppGroup("club-events", help="Events of the club: announced, called off.")


@club_events.command("announce", short_help="Invite members to an event; print its id.")
@click.option("--benefit", required=True, help="The benefit that lets a card come.")
@click.option("--starts", "starts_at", required=True, help="An instant with its offset.")
@click.option("--capacity", required=True, type=click.IntRange(1, 1_000_000), help="Companions included.")
@click.option("--place", help="Where it is.")
@click.option("--zh", required=True, help="What it is called in Chinese.")
@click.option("--en", required=True, help="What it is called in English.")
def invite(benefit: str, starts_at: str, capacity: int, place: str | None, zh: str, en: str) -> None:
    """Announce an event and print its id alone on standard output."""
    room, by = rooms(), operator_name()
    now = room.clock.now()
    event = ClubEvent(benefit, {"zh": zh, "en": en}, _instant(starts_at), place, capacity)
    try:
        event_id = carry_out(
            lambda session: announce(session, room.shelf.editions(session, now), event, by, now)
        )
    except BenefitUnknown:
        raise click.ClickException(f"no benefit of events is called {benefit}") from None
    except NotFound:
        raise click.ClickException(f"no place {place} is open") from None
    except Invalid:
        raise click.ClickException(f"{starts_at} is over") from None
    click.echo(ids.to_text(event_id))


@club_events.command("cancel", short_help="Call an event off.")
@click.argument("event")
def cancel(event: str) -> None:
    """Call an event off and end its bookings, whose members are told; doing it again changes nothing."""
    room, by, event_id = rooms(), operator_name(), ids.from_text(event) or 0
    now, ended = room.clock.now(), 0
    try:
        carry_out(lambda session: call_off(session, event_id, by, now))
    except NotFound:
        raise click.ClickException(f"no event {event}") from None
    while carry_on(
        room, lambda session: let_go_of(session, room.shelf.editions(session, now), event_id, now)
    ):
        ended += 1
    click.echo(f"cancelled: {event}; bookings ended: {ended}")


@club_events.command("list")
def list_() -> None:
    """Show the events to come.

    A line each: id, when, places left of all, benefit, names.
    """
    now = rooms().clock.now()
    with reading() as session:
        for one in benefits.coming(session, now):
            at, left = calendar.instant_text(one.starts_at), one.capacity - one.taken
            names = f"{one.name['zh']}  {one.name['en']}"
            click.echo(f"{ids.to_text(one.event_id)}  {at}  {left}/{one.capacity}  {one.benefit}  {names}")


def _instant(text: str) -> datetime:
    """An instant in UTC, as far as there are years to write it in."""
    try:
        told = datetime.fromisoformat(text)
        if told.tzinfo is not None:
            return told.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: in Greenwich it is the year 10000
        pass
    raise click.BadParameter("must be an instant with its offset", param_hint="--starts")
