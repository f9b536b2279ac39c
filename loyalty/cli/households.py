"""`flask households`: who shares points with whom."""

from collections.abc import Callable
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import ids, problems
from loyalty.actions.keep_household import give_seat, remove, state_order
from loyalty.actions.once import Asking
from loyalty.cli.members import before, id_of, why_of
from loyalty.cli.programme import operator_name
from loyalty.db import reading
from loyalty.decide.programme import Editions
from loyalty.errors import Refusal
from loyalty.reads.household import household_view
from loyalty.rooms import rooms
from loyalty.stops import carry_or_stop

households = AppGroup("households", help="Who shares points with whom.")

_REFERENCE = click.option(
    "--reference", required=True, help="Your name of this wish: told again, nothing is done."
)


def _why(command: Callable[..., None]) -> Callable[..., None]:
    """The options of what is done on a member with a reason."""
    for option in (
        _REFERENCE,
        click.option("--note", default="", help="Your own words; gone when the person is forgotten."),
        click.option("--reason", required=True, help="Why, by a short code, for the chain of acts."),
        click.argument("member"),
    ):
        command = option(command)
    return command


@households.command("seat", short_help="Give a member a seat in a household.")
@_why
@click.option("--beside", help="A member of the household; without one it is a household of their own.")
@click.option("--document", is_flag=True, help="They agreed at the counter, and showed a document.")
def seat(member: str, reason: str, note: str, reference: str, beside: str | None, document: bool) -> None:
    """Give MEMBER, by the id of the API, a seat; without a document they agree on their own page first."""
    host = None if beside is None else id_of(beside)
    known = _carry(
        lambda rows, club, by: give_seat(
            rows, club, id_of(member), host, why_of(reason, note), by_document=document, reference=reference,
            asking=by,
        )
    )  # fmt: skip
    click.echo(f"{'shares' if document else 'asked'}{before(known)}: {member}")


@households.command("remove", short_help="End a member's seat.")
@_why
def take_away(member: str, reason: str, note: str, reference: str) -> None:
    """End the seat of MEMBER, by the id of the API: nobody spends their points any more."""
    known = _carry(
        lambda rows, _, by: remove(rows, id_of(member), why_of(reason, note), reference=reference, asking=by)
    )
    click.echo(f"removed{before(known)}: {member}")


@households.command("order", short_help="State whose points are spent first.")
@click.argument("members", nargs=-1, required=True)
@_REFERENCE
def order(members: tuple[str, ...], reference: str) -> None:
    """State the order of a household by all its MEMBERS, by their ids of the API; their own always first."""
    named = [id_of(one) for one in members]
    known = _carry(lambda rows, _, by: state_order(rows, named[0], named, reference=reference, asking=by))
    click.echo(f"in order{before(known)}")


@households.command("show", short_help="Who is in a member's household, and what they spend together.")
@click.argument("member")
def show(member: str) -> None:
    """Show the household of MEMBER, by the id of the API, in the order in which it gives."""
    room = rooms()
    now = room.clock.now()
    with reading() as rows:
        found = household_view(rows, room.shelf.editions(rows, now), id_of(member), now)
    if found is None:
        raise click.ClickException(f"no household of {member}")
    for one in found.seats:
        since = one.agreed_at.isoformat(timespec="seconds") if one.agreed_at else "has not agreed yet"
        click.echo(f"{ids.to_text(one.member_id)}  {since}")
    for unit, points in found.together.items():
        click.echo(f"together {points} {unit}")


def _carry(wish: Callable[[Session, Editions, Asking], Any]) -> Any:
    room = rooms()
    asking = Asking(operator_name(), None, room.clock.now())
    try:
        return carry_or_stop(
            room, lambda rows: wish(rows, room.shelf.editions(rows, asking.now), asking), "live"
        )
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.code}: {problems.problem_of(refusal).title}") from None
