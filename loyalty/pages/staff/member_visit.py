"""One visit of a member at the counter: it was had, nobody came, it is let go, or it is moved."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.move_up import move_up
from loyalty.actions.move_visit import move_visit
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import close_use
from loyalty.benefits import State
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, Refusal
from loyalty.pages.staff.acting import carry_act, reference, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, ask, show
from loyalty.pages.staff.member_words import visit_words
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.staff.visit_words import against, words_of
from loyalty.pages.staff.visiting import AHEAD, TOLD, faults_of, wanted_of
from loyalty.reads.bookable import Bookable, bookable
from loyalty.reads.own_visits import OwnVisit, one_visit
from loyalty.rooms import rooms

_ENDS: dict[str, State] = {"used": "used", "no_show": "no_show", "cancelled": "cancelled"}


@allowed("benefits:act")
@of_opened
def visit_of(member_id: int) -> Any:
    """The visit that is named, and what can be said of it."""
    found = _visit(member_id, request.args.get("use", ""))
    return _shown(member_id, found) if found else _to_list(member_id)


@allowed("benefits:act")
@of_opened
def end_visit(member_id: int) -> Any:
    """Say what became of it, or move it to another time or place."""
    found, what = _visit(member_id, request.form.get("use", "")), request.form.get("what", "")
    if found is None or what not in (*_ENDS, "move"):
        return _to_list(member_id)
    return _move(member_id, found) if what == "move" else _end(member_id, found, _ENDS[what])


def _end(member_id: int, found: OwnVisit, state: State) -> Any:
    answer = carry_act(
        member_id,
        lambda rows, editions, asking: close_use(rows, editions, *found.key, state, asking=asking)[0],
        lambda refusal: _shown(member_id, found, refused=words_of(refusal)),
        lambda told: gettext("Kept: %(what)s.", what=visit_words()[told["state"]]),
    )
    event_id = found.event_id if state == "cancelled" else None
    while event_id and act(lambda rows, editions, asking: move_up(rows, editions, event_id, asking.now)):
        pass  # whoever waits longest gets the place (B8)
    return answer


def _move(member_id: int, found: OwnVisit) -> Any:
    """Cancel it and book it anew in one transaction: refused, it stays as it is."""
    told = told_of(*TOLD) | {"benefit": found.terms.code, "event": "", "wait": ""}
    of = _bookable(member_id, found.terms.code)
    faults = dict(faults_of(of, told)) if of else {"": gettext("The card does not give this any more.")}
    if of is None or faults:
        return _shown(member_id, found, told=told, faults=faults), 422
    wanted = wanted_of(of, told, rooms().clock.now())

    def wish(rows: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        place, name = told["place"] or None, reference()
        return move_visit(rows, editions, found.key, wanted, place, reference=name, asking=asking)

    def again(refusal: Refusal) -> str:
        return _shown(member_id, found, told=told, faults=against(refusal))

    return carry_act(member_id, wish, again, lambda _: gettext("Moved."))


def _visit(member_id: int, text: str) -> OwnVisit | None:
    """A visit of the member's own that was named."""
    key = ids.pair_from_text(text)
    if key is None or key[0] != member_id:
        return None
    try:
        return ask(lambda rows, editions, now: one_visit(rows, editions, key, now))
    except NotFound:
        return None


def _bookable(member_id: int, code: str) -> Bookable | None:
    try:
        return ask(lambda rows, editions, now: bookable(rows, editions, member_id, code, AHEAD, now))
    except NotFound:
        return None


def _shown(member_id: int, found: OwnVisit, **more: Any) -> str:
    is_moved = found.is_cancellable and found.event_id is None
    of = _bookable(member_id, found.terms.code) if is_moved else None
    told = {"relation": found.relation, "guests": found.guests or ""}
    shown: dict[str, Any] = {"told": told, "faults": {}, "refused": None, "found": of}
    return show(
        "members/visit",
        member_id=member_id,
        visit=found,
        use=ids.pair_to_text(*found.key),
        visit_words=visit_words(),
        **(shown | more),
    )


def _to_list(member_id: int) -> Any:
    return redirect(url_for("staff.member_visits", member_id=member_id), 303)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/visit", "GET", "member_visit", visit_of),
    ("/members/<opaque:member_id>/visit", "POST", "end_member_visit", end_visit),
)
