"""What the acts on an opened member have in common: apart from one's own, once a form, in words."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from loyalty import problems
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import KeyMissing, Refusal
from loyalty.errors.refusal import MOST_POINTS
from loyalty.pages.staff.blueprint import act, form_key

T = TypeVar("T")
WORDS_MOST = 500
_POINTS = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,6})?")


def carry_act(
    member_id: int,
    wish: Callable[[Session, Editions, Asking], T],
    again: Callable[[Refusal], str],
    done: Callable[[T], str],
) -> Any:
    """Carry out an act on a member, who is not the colleague's own; `again` is the form where it is refused.

    `done` says what became of it, on the member's page. What is no fault of what was asked for is raised on.
    """

    def apart(rows: Session, editions: Editions, asking: Asking) -> T:
        keep_apart(rows, asking.client, member_id)
        return wish(rows, editions, asking)

    try:
        answer = act(apart, form_key())
    except Refusal as refusal:
        if problems.problem_of(refusal).status >= 500:
            raise
        return again(refusal), 422
    flash(done(answer))
    return redirect(url_for("staff.member", member_id=member_id), 303)


def reference() -> str:
    """The name of the wish that the form at hand carries. Raises KeyMissing."""
    key = form_key()
    if key is None:
        raise KeyMissing
    return f"page-{key}"


def told_of(*names: str) -> dict[str, str]:
    """What the form says, each without blanks around it."""
    return {name: request.form.get(name, "").strip()[: WORDS_MOST + 1] for name in names}


def steps_in(text: str, decimals: int) -> int | None:
    """Points above nil as people write them, in a unit's smallest steps; None for anything else."""
    plain = text.replace(",", "")
    if not (plain.isascii() and _POINTS.fullmatch(plain)):
        return None
    steps = Decimal(plain).scaleb(decimals)
    return int(steps) if steps == int(steps) and 0 < steps <= MOST_POINTS else None
