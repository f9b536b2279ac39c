"""Points corrected by hand: at once, or, above what one person may, once a second one approves."""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext

from loyalty.actions.adjust import Correction, adjust
from loyalty.decide.alone import watch_alone
from loyalty.errors import Refusal
from loyalty.pages.staff.acting import WORDS_MOST, carry_act, reference, steps_in, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, here, show
from loyalty.pages.staff.member_words import correction_words
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.words import named, number_text, said, signed_text
from loyalty.reads.points import UnitPoints, all_points

_SIGNS = {"give": 1, "take": -1}


@allowed("points:correct", fresh=True)
@of_opened
def correct_page(member_id: int) -> Any:
    """The form, with what there is and what one person may do alone."""
    return _form(member_id)


@allowed("points:correct", fresh=True)
@of_opened
def correct(member_id: int) -> Any:
    """Correct the points, or ask a second person to."""
    told = told_of("unit", "way", "points", "reason", "note")
    units = {one.terms.code: one.terms for one in _points(member_id)}
    faults = dict(_faults(told, {code: unit.decimals for code, unit in units.items()}))
    if faults:
        return _form(member_id, told=told, faults=faults), 422
    unit = units[told["unit"]]
    points = (steps_in(told["points"], unit.decimals) or 0) * _SIGNS[told["way"]]

    def done(answer: tuple[dict[str, Any], bool]) -> str:
        amount = f"{signed_text(points, unit.decimals)} {named(unit.name)}"
        if "approval_id" in answer[0]:
            most = number_text(answer[0]["most"], unit.decimals)
            return str(
                gettext(
                    "%(amount)s is above %(most)s and waits for a second person.", amount=amount, most=most
                )
            )
        return str(gettext("Corrected: %(amount)s.", amount=amount))

    return carry_act(
        member_id,
        lambda rows, editions, asking: adjust(
            rows,
            editions,
            Correction(member_id, unit.code, points, told["reason"], told["note"], reference()),
            asking=asking,
        ),
        lambda refusal: _form(member_id, refusal, told=told),
        done,
    )


def _faults(told: dict[str, str], decimals: dict[str, int]) -> Iterator[tuple[str, str]]:
    if told["unit"] not in decimals:
        yield "unit", gettext("Please choose which points.")
    if told["way"] not in _SIGNS:
        yield "way", gettext("Please choose whether to give or to take.")
    if steps_in(told["points"], decimals.get(told["unit"], 0)) is None:
        yield "points", gettext("Please type a number of points, such as 500.")
    if told["reason"] not in correction_words():
        yield "reason", gettext("Please choose why.")
    if not 0 < len(told["note"]) <= WORDS_MOST:
        yield "note", gettext("Please say why, in a few words.")


def _points(member_id: int) -> tuple[UnitPoints, ...]:
    return ask(lambda rows, editions, now: all_points(rows, editions, member_id, now))


def _form(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    points, me = _points(member_id), here().actor
    alone = ask(
        lambda _, editions, now: [
            (one.terms, watch_alone(editions, one.terms.code, me, now).limits) for one in points
        ]
    )
    return show(
        "members/correct",
        member_id=member_id,
        points=points,
        alone=alone,
        reasons=correction_words(),
        refused=said(refusal) if refusal else None,
        **({"told": {}, "faults": {}} | more),
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/correct", "GET", "correct_points", correct_page),
    ("/members/<opaque:member_id>/correct", "POST", "book_correction", correct),
)
