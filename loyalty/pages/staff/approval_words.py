"""What requests and their states are called."""

from flask_babel import gettext

from loyalty.approvals import Kind, Reason, State, Void
from loyalty.pages.staff.import_words import kind_words, sum_name, sum_text
from loyalty.pages.staff.member_words import correction_words
from loyalty.staff import Permission

__all__ = ["kind_words", "sum_name", "sum_text"]

DECIDES: dict[Kind, Permission] = {
    "adjustment": "corrections:approve",
    "publication": "programme:approve",
    "bulk_file": "files:approve",
    "contact": "members:act",
    "unfreeze": "members:act",
    "merge": "corrections:approve",
    "unmerge": "corrections:approve",
}  #: what a colleague needs to decide a request of a kind


def kind_name(kind: Kind) -> str:
    """What is asked for, in a word."""
    names: dict[Kind, str] = {
        "adjustment": gettext("Correction"),
        "publication": gettext("Publication"),
        "bulk_file": gettext("File"),
        "contact": gettext("Contact of a member"),
        "unfreeze": gettext("End of a freeze"),
        "merge": gettext("Merge"),
        "unmerge": gettext("Parting of merged members"),
    }
    return names[kind]


def state_name(state: State) -> str:
    """Where a request stands."""
    names: dict[State, str] = {
        "waiting": gettext("waits"),
        "approved": gettext("approved"),
        "refused": gettext("refused"),
        "withdrawn": gettext("withdrawn"),
        "void": gettext("void"),
    }
    return names[state]


def void_words(because: Void) -> str:
    """Why nobody can decide it any more, and what to do."""
    words: dict[Void, str] = {
        "too_old": gettext("It waited longer than 72 hours. If it is still wanted, it is asked for anew."),
        "too_late": gettext("The day asked for is too near. It is asked for anew with a later day."),
        "another_edition": gettext(
            "Another edition was published meanwhile. It is asked for anew, on top of that one."
        ),
        "member_erased": gettext("The member was forgotten. Nothing can be done for them any more."),
    }
    return words[because]


def reason_name(reason: Reason) -> str:
    """Why a checker refuses."""
    names: dict[Reason, str] = {
        "wrong": gettext("Something in it is wrong"),
        "unproven": gettext("It is not shown why"),
        "not_allowed": gettext("The club's rules do not allow it"),
        "not_needed": gettext("It is not needed any more"),
    }
    return names[reason]


def limit_name(limit: str) -> str:
    """Which limit of what one person may correct alone."""
    names: dict[str, str] = {
        "single": gettext("one correction"),
        "maker_day": gettext("all that one person corrects in a day"),
        "member_day": gettext("all corrections of one member in a day"),
    }
    return names[limit]


def correction_name(reason: str) -> str:
    """Why points are corrected; a till's own code as it told it."""
    return correction_words().get(reason, reason)


def step_name(kind: str) -> str:
    """What was done about a request."""
    names: dict[str, str] = {
        "approval.asked": gettext("asked for"),
        "approval.approved": gettext("approved"),
        "approval.refused": gettext("refused"),
        "approval.withdrawn": gettext("withdrawn"),
    }
    return names.get(kind, kind)
