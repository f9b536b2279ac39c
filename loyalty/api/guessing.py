"""Guessing: who asks for many unknown members is answered slowly, then not at all, and somebody is told."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask import current_app, g, request
from marshmallow import Schema

from loyalty.api.auth import Caller, KeyRing, caller
from loyalty.errors import Busy, Refusal
from loyalty.guesses import is_guess, note_guess, refusal_until
from loyalty.rooms import rooms

_SHOWN = {"card", "token"}


def note_asking(view: Callable[..., Any], schema: type[Schema]) -> None:
    """Note on a view whether its body names a member by what can be guessed, by a card to begin with."""
    if _SHOWN & set(schema().fields):
        counted(view)


def counted(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that names a member by what can be guessed: whatever is unknown to it counts."""
    view.may_guess = True  # type: ignore[attr-defined]
    return view


def refuse_locked() -> None:
    """A locked key asks for no member. Raises TerminalLocked."""
    until = caller().locked_until
    if until is not None and (now := rooms().clock.now()) < until:
        raise refusal_until(until, now)


def heard(refusal: Refusal) -> Refusal:
    """What a caller hears instead of this refusal: the same, late, or after too many unknown ones another.

    Keys of the mode `test` have nobody to find. A count that cannot be kept is answered as busy.
    """
    who: Caller | None = g.get("caller")
    if who is None or who.mode == "test" or not (_may_guess() and is_guess(refusal)):
        return refusal
    try:
        guess = note_guess(rooms(), who.key_id)
    except Busy as busy:
        return busy
    if guess.locked_until is not None:
        ring: KeyRing = current_app.extensions["loyalty_keys"]
        ring.forget(who.prefix)
        g.caller = replace(who, locked_until=guess.locked_until)  # what is left of a batch asks in vain
    if guess.is_last:
        g.guessing = who.prefix
    if guess.locked_until is not None and guess.is_too_late:
        return refusal_until(guess.locked_until, rooms().clock.now())
    return refusal


def note(reasons: Iterable[Refusal]) -> None:
    """Count what an answer says of a member or a policy that is not there. Raises Busy, TerminalLocked."""
    for reason in reasons:
        instead = heard(reason)
        if instead is not reason:
            raise instead


def _may_guess() -> bool:
    return bool(vars(current_app.view_functions.get(request.endpoint or "", _nobody)).get("may_guess"))


def _nobody() -> None:
    """No view."""
