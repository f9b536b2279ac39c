"""What the club knows of the member's policies, and what each gives: in an insurer's club."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from loyalty.pages.member.blueprint import ask, here, show
from loyalty.reads.held_policies import held_policies


def policies() -> Any:
    """Each policy with its product, its state in kind words, its points now and to come, and why."""
    held = ask(lambda rows, editions, now: held_policies(rows, editions, here().member_id, now))
    return show("policies", held=held, statuses=_statuses(), relations=_relations())


def _statuses() -> dict[str, str]:
    """In force, a status says what is due; whatever ended early is not here: it is told in general words."""
    return {
        "proposed": gettext("Being set up"),
        "in_force": gettext("In force"),
        "grace": gettext("In force, in its days of grace"),
        "paid_up": gettext("In force, fully paid"),
        "reduced_paid_up": gettext("In force, fully paid at a lower cover"),
        "premium_waived": gettext("In force, nothing more to pay"),
        "matured": gettext("Matured"),
        "expired": gettext("Run to its end"),
    }


def _relations() -> dict[str, str]:
    """Whom a policy insures, as the core system names them most often."""
    return {
        "self": gettext("you"),
        "spouse": gettext("your spouse"),
        "child": gettext("your child"),
        "parent": gettext("a parent"),
    }


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (("/policies", "GET", "policies", policies),)
