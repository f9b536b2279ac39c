"""Why something is asked for a member that needs two persons, and by which document: codes in words."""

from collections.abc import Iterator
from typing import Literal

from flask_babel import gettext

from loyalty.actions.ask_for_member import Case
from loyalty.pages.staff.acting import WORDS_MOST

Asked = Literal["contact", "unfreeze", "merge", "unmerge"]


def reasons_of(asked: Asked) -> dict[str, str]:
    """Why it is asked for, by the codes that requests keep."""
    reasons: dict[Asked, dict[str, str]] = {
        "contact": {
            "lost": gettext("Phone or access lost"),
            "changed": gettext("They have another one"),
            "mistyped": gettext("It was mistyped"),
            "other": gettext("Something else"),
        },
        "unfreeze": {
            "own_doing": gettext("The change was their own"),
            "put_right": gettext("What was wrong is put right"),
            "other": gettext("Something else"),
        },
        "merge": {
            "same_person": gettext("One person joined twice"),
            "came_over": gettext("They came over from another club"),
            "other": gettext("Something else"),
        },
        "unmerge": {
            "two_persons": gettext("They are two persons"),
            "mistaken": gettext("The merge was a mistake"),
            "other": gettext("Something else"),
        },
    }
    return reasons[asked]


def document_words() -> dict[str, str]:
    """Which document was seen at the counter."""
    return {
        "identity_card": gettext("Identity card"),
        "passport": gettext("Passport"),
        "permit": gettext("Residence or travel permit"),
        "other": gettext("Another document with a picture"),
    }


def case_of(told: dict[str, str]) -> Case:
    """What a form says of why."""
    return Case(told["reason"], told["document"], told["note"])


def case_faults(told: dict[str, str], asked: Asked) -> Iterator[tuple[str, str]]:
    """What is missing in it, by field."""
    if told["reason"] not in reasons_of(asked):
        yield "reason", gettext("Please choose why.")
    if told["document"] not in document_words():
        yield "document", gettext("Please choose which document you saw.")
    if not 0 < len(told["note"]) <= WORDS_MOST:
        yield "note", gettext("Please say why, in a few words.")
