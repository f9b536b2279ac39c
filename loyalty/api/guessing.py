"""Guessing: who asks for many unknown members is answered slowly, then not at all, and somebody is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app, g, request
from marshmallow import Schema

from loyalty import access, calendar
from loyalty.api.auth import Caller, KeyRing, caller
from loyalty.db import carry_out
from loyalty.errors import Busy, CardUnknown, CodeUnknown, NotFound, Refusal, TerminalLocked
from loyalty.rooms import rooms

SLOW_AFTER = 20  #: unknown ones of a key in ten minutes
SLOW_SECONDS = 1.0
_SHOWN = {"card", "token"}


def note_asking(view: Callable[..., Any], schema: type[Schema]) -> None:
    """Note on a view whether its body names a member by what can be guessed, by a card to begin with."""
    if _SHOWN & set(schema().fields):
        counted(view)


def counted(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that names a member by what can be guessed: whatever is unknown to it counts."""
    view.may_guess = True  # type: ignore[attr-defined]
    return view


def keep_out() -> None:
    """Before a request: a locked key asks for no member. Raises TerminalLocked."""
    if _may_guess():
        refuse_locked()


def refuse_locked() -> None:
    """Raises TerminalLocked while the key that asks is locked."""
    until, now = caller().locked_until, rooms().clock.now()
    if until is not None and now < until:
        raise _locked(until, now)


def heard(refusal: Refusal) -> Refusal:
    """What a caller hears instead of this refusal: the same, late, or after too many unknown ones another.

    Keys of the mode `test` have nobody to find. A count that cannot be kept is answered as busy.
    """
    who: Caller | None = g.get("caller")
    if who is None or who.mode == "test" or not _is_guess(refusal):
        return refusal
    now = rooms().clock.now()
    try:
        guesses, until = carry_out(lambda session: access.count_guess(session, who.key_id, now))
    except Busy as busy:
        return busy
    if guesses >= access.MOST_GUESSES:
        ring: KeyRing = current_app.extensions["loyalty_keys"]
        ring.forget(who.prefix)
        g.caller = replace(who, locked_until=until)  # what is left of a batch asks in vain
    if guesses == access.MOST_GUESSES:
        g.guessing = who.prefix
    if guesses > access.MOST_GUESSES:
        return _locked(until, now)
    if guesses > SLOW_AFTER:
        rooms().clock.sleep(SLOW_SECONDS)
    return refusal


def _is_guess(refusal: Refusal) -> bool:
    return _may_guess() and isinstance(refusal, CardUnknown | CodeUnknown | NotFound)


def _may_guess() -> bool:
    return bool(vars(current_app.view_functions.get(request.endpoint or "", _nobody)).get("may_guess"))


def _nobody() -> None:
    """No view."""


def _locked(until: datetime, now: datetime) -> TerminalLocked:
    seconds = -(-(until - now).total_seconds() // 1)
    return TerminalLocked(until=calendar.instant_text(until), retry_after_seconds=int(seconds))
