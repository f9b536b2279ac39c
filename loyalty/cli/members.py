"""`flask members`: what only the counter may do for a member."""

from collections.abc import Callable
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from loyalty import ids, problems
from loyalty.actions import die, leave, suspend
from loyalty.actions.lock_spending import unfreeze_spending
from loyalty.actions.once import Asking
from loyalty.actions.settle_estate import settle_estate
from loyalty.actions.turn import Why
from loyalty.actions.write_note import write_note
from loyalty.cli.programme import operator_name
from loyalty.db import carry_out, reading
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid, NotFound, Refusal
from loyalty.members import NOTE_KINDS, NOTE_MOST
from loyalty.reads.notes import notes_shown
from loyalty.rooms import rooms
from loyalty.stops import carry_or_stop

members = AppGroup("members", help="What only the counter may do for a member.")

Do = Callable[[Session, Editions, int, Why, str, Asking], bool]
#: By the command's name: what it says of itself, what it says when done, what it does.
_TURNS: dict[str, tuple[str, str, Do]] = {
    "suspend": (
        "Let a member look and do no more.", "suspended",
        lambda rows, _, who, why, key, by: suspend.suspend(rows, who, why, reference=key, asking=by),
    ),
    "resume": (
        "Let a suspended member act again.", "resumed",
        lambda rows, _, who, why, key, by: suspend.resume(rows, who, why, reference=key, asking=by),
    ),
    "leave": (
        "Let a member go; their points are kept as the programme says.", "left",
        lambda rows, club, who, why, key, by: leave.leave(rows, club, who, why, reference=key, asking=by),
    ),
    "come-back": (
        "Let who left be a member again.", "came back",
        lambda rows, club, who, why, key, by: leave.come_back(rows, club, who, why, reference=key, asking=by),
    ),
    "report-death": (
        "A member died: all stops, and the estate waits.", "deceased",
        lambda rows, _, who, why, key, by: die.report_death(rows, who, why, reference=key, asking=by),
    ),
    "take-death-back": (
        "A death was reported in error.", "restored",
        lambda rows, _, who, why, key, by: die.take_death_back(rows, who, why, reference=key, asking=by),
    ),
}  # fmt: skip


def _why(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which a member's state is turned."""
    for option in (
        click.option(
            "--reference", required=True, help="Your name of this wish: told again, nothing is done."
        ),
        click.option(
            "--note", default="", help="Your own words; they are gone when the person is forgotten."
        ),
        click.option("--reason", required=True, help="Why, by a short code, for the chain of acts."),
        click.argument("member"),
    ):
        command = option(command)
    return command


def _turning(name: str) -> None:
    short, done, do = _TURNS[name]

    @members.command(name, short_help=short, help=f"{short} MEMBER is the id of the API.")
    @_why
    def turn(member: str, reason: str, note: str, reference: str) -> None:
        known = _carry(
            lambda rows, club, by: do(rows, club, id_of(member), why_of(reason, note), reference, by), member
        )
        click.echo(f"{done}{before(known)}: {member}")


for _name in _TURNS:
    _turning(_name)


@members.command("settle-estate", short_help="An heir gets what somebody deceased left, or it is forfeited.")
@_why
@click.option("--heir", help="The member who gets the points; without one they are forfeited.")
def settle(member: str, reason: str, note: str, reference: str, heir: str | None) -> None:
    """Settle what MEMBER left, who died; both by the id of the API. Nothing is corrected afterwards."""
    to = None if heir is None else id_of(heir)
    known = _carry(
        lambda rows, club, by: settle_estate(
            rows, club, id_of(member), to, why_of(reason, note), reference=reference, asking=by
        ),
        member,
    )
    click.echo(f"settled{before(known)}: {member}")


@members.command("note", short_help="Write down what a later reader should know of a member.")
@click.argument("member")
@click.argument("words")
@click.option("--kind", type=click.Choice(NOTE_KINDS), default="general", show_default=True)
@click.option("--reference", required=True, help="Your name of this wish: told again, nothing is done.")
def note(member: str, words: str, kind: str, reference: str) -> None:
    """Keep WORDS as a note of MEMBER, by the id of the API. Nobody changes it; it is gone with the person."""
    _, known = _carry(
        lambda rows, _, by: write_note(rows, id_of(member), kind, words, reference=reference, asking=by),
        member,
    )
    click.echo(f"noted{before(known)}: {member}")


@members.command("notes", short_help="Show what was noted of a member, the newest first.")
@click.argument("member")
def notes(member: str) -> None:
    """Show the notes of MEMBER, by the id of the API."""
    try:
        with reading() as rows:
            shown = notes_shown(rows, id_of(member))
    except NotFound:
        raise click.ClickException(f"no member {member}") from None
    for one in shown:
        click.echo(f"{one.written_at.isoformat(timespec='seconds')}  {one.kind}  {one.author}  {one.words}")


@members.command("unfreeze", short_help="Let the points of a member go again who froze them by a notice.")
@click.argument("member")
@click.option("--reason", required=True, help="Who was seen with which document; kept as a note.")
def unfreeze(member: str, reason: str) -> None:
    """Let the points of MEMBER, by the id of the API, go again; their own lock and a pause stay."""
    by, now = operator_name(), rooms().clock.now()
    if not 0 < len(reason.strip()) <= NOTE_MOST:
        raise click.BadParameter(f"must be of 1 to {NOTE_MOST} characters", param_hint="--reason")
    try:
        thawed = carry_out(lambda session: unfreeze_spending(session, id_of(member), by, reason, now))
    except NotFound:
        raise click.ClickException(f"no member {member}") from None
    click.echo(f"{'unfrozen' if thawed else 'was not frozen'}: {member}")


def _carry(wish: Callable[[Session, Editions, Asking], Any], member: str) -> Any:
    room = rooms()
    asking = Asking(operator_name(), None, room.clock.now())
    try:
        return carry_or_stop(
            room, lambda rows: wish(rows, room.shelf.editions(rows, asking.now), asking), "live"
        )
    except NotFound:
        raise click.ClickException(f"no member {member}, or no such heir") from None
    except Invalid as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.facts['fields']}") from None
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.code}: {problems.problem_of(refusal).title}") from None


def why_of(reason: str, note: str) -> Why:
    """Why, and the operator's own words. Raises BadParameter without a reason, or with too many words."""
    if not reason.strip():
        raise click.BadParameter("must say something", param_hint="--reason")
    if len(note.strip()) > NOTE_MOST:
        raise click.BadParameter(f"is longer than {NOTE_MOST} characters", param_hint="--note")
    return Why(reason.strip(), note.strip())


def id_of(member: str) -> int:
    """A member by the id of the API; nobody's for what is none."""
    return ids.from_text(member) or 0


def before(known: bool) -> str:
    """What is added to a wish's answer when it was carried out before."""
    return " before" if known else ""
