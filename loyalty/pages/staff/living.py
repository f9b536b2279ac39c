"""Turns of a member's life (M9), and what staff note of them."""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions import die, leave, suspend
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking
from loyalty.actions.settle_estate import settle_estate
from loyalty.actions.turn import Why
from loyalty.actions.write_note import write_note
from loyalty.decide.programme import Editions
from loyalty.errors import Refusal
from loyalty.members import NOTE_MOST
from loyalty.pages.staff.acting import carry_act, reference, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import look_up, show
from loyalty.pages.staff.member_words import note_words, state_words, turn_reasons, turn_words
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.words import said

Turning = Callable[[Session, Editions, int, Why, str, Asking], bool]
_TURNS: dict[str, Turning] = {
    "suspend": lambda rows, _, who, why, key, by: suspend.suspend(rows, who, why, reference=key, asking=by),
    "resume": lambda rows, _, who, why, key, by: suspend.resume(rows, who, why, reference=key, asking=by),
    "leave": lambda rows, club, who, why, key, by: leave.leave(
        rows, club, who, why, reference=key, asking=by
    ),
    "come_back": lambda rows, club, who, why, key, by: leave.come_back(
        rows, club, who, why, reference=key, asking=by
    ),
    "die": lambda rows, _, who, why, key, by: die.report_death(rows, who, why, reference=key, asking=by),
    "restore": lambda rows, _, who, why, key, by: die.take_death_back(
        rows, who, why, reference=key, asking=by
    ),
}
WRITTEN = ("general", "call", "visit", "complaint")  #: the kinds of notes that a page writes by themselves


@allowed("members:act", fresh=True)
@of_opened
def state_page(member_id: int) -> Any:
    """What the member's state allows, and what each would do."""
    return _form(member_id)


@allowed("members:act", fresh=True)
@of_opened
def turn_state(member_id: int) -> Any:
    """Turn the member's state as was chosen."""
    told = told_of("act", "reason", "note", "heir")
    faults = dict(_faults(told))
    if faults:
        return _form(member_id, told=told, faults=faults), 422
    why = Why(told["reason"], told["note"])

    def wish(rows: Session, editions: Editions, asking: Asking) -> bool:
        if told["act"] != "settle":
            return _TURNS[told["act"]](rows, editions, member_id, why, reference(), asking)
        heir = members.holder(rows, "".join(told["heir"].split())) if told["heir"] else None
        if heir is not None:
            keep_apart(rows, asking.client, heir)
        return settle_estate(rows, editions, member_id, heir, why, reference=reference(), asking=asking)

    return carry_act(
        member_id,
        wish,
        lambda refusal: _form(member_id, refusal, told=told),
        lambda _: gettext("Done: %(what)s.", what=turn_words()[told["act"]][0]),
    )


@allowed("members:act")
@of_opened
def note_page(member_id: int) -> Any:
    """The form of a note."""
    return _note(member_id)


@allowed("members:act")
@of_opened
def keep_note(member_id: int) -> Any:
    """Keep a note; nobody changes it."""
    told = told_of("kind", "words")
    if told["kind"] not in WRITTEN or not told["words"]:
        return _note(member_id, told=told, fault=gettext("Please choose a kind and write something.")), 422
    return carry_act(
        member_id,
        lambda rows, _, asking: write_note(
            rows, member_id, told["kind"], told["words"], reference=reference(), asking=asking
        ),
        lambda refusal: _note(member_id, told=told, fault=said(refusal)),
        lambda _: gettext("The note is kept."),
    )


def _faults(told: dict[str, str]) -> Iterator[tuple[str, str]]:
    if told["act"] not in turn_words():
        yield "act", gettext("Please choose what to do.")
    if told["reason"] not in turn_reasons():
        yield "reason", gettext("Please choose why.")
    if not 0 < len(told["note"]) <= NOTE_MOST:
        yield "note", gettext("Please say why, in a few words.")


def _form(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    stands = look_up(lambda rows, _: members.stands(members.by_id(rows, member_id)))
    ways = [(act, *words) for act, words in turn_words().items() if members.may(stands, act)]  # type: ignore[arg-type]
    shown: dict[str, Any] = {"state": state_words()[stands], "ways": ways, "reasons": turn_reasons()}
    shown |= {"told": {}, "faults": {}, "refused": said(refusal) if refusal else None}
    return show("members/state", member_id=member_id, **(shown | more))


def _note(member_id: int, **more: Any) -> str:
    kinds = [(code, note_words()[code]) for code in WRITTEN]
    return show("members/note", member_id=member_id, kinds=kinds, **({"told": {}} | more))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/state", "GET", "member_state", state_page),
    ("/members/<opaque:member_id>/state", "POST", "turn_state", turn_state),
    ("/members/<opaque:member_id>/notes/new", "GET", "note_form", note_page),
    ("/members/<opaque:member_id>/notes/new", "POST", "keep_note", keep_note),
)
