"""Service managers: who looks after members, who joins them, who leaves."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty.actions.keep_manager import keep_manager, manager_leaves
from loyalty.document.values import text
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import carry, here, look_up, show
from loyalty.reads.places import managers_page

MOST = 50  #: managers of a page
CODE_MOST, NAME_MOST = 80, 120  #: a line in the chain of acts can name so long a code


@allowed("benefits:see")
def list_page() -> Any:
    """Those who are here, or all there ever were."""
    return _list()


@allowed("catalogue:keep")
def keep() -> Any:
    """Keep somebody, or what is known of them now; whoever had left is back."""
    told, faults = {name: request.form.get(name, "").strip() for name in ("code", "name")}, {}
    for name, most in (("code", CODE_MOST), ("name", NAME_MOST)):
        try:
            text(told[name], most)
        except ValueError:
            faults[name] = gettext("A name has 1 to %(num)s characters.", num=most)
    in_pool = request.form.get("in_pool") == "yes"
    if faults:
        return _list(told=told | {"in_pool": in_pool}, faults=faults), 422
    me = here().actor
    fresh = carry(lambda rows, now: keep_manager(rows, told["code"], told["name"], in_pool, me, now))
    flash(gettext("Added: %(name)s.", name=told["name"]) if fresh else gettext("Kept as you told it."))
    return redirect(url_for("staff.managers"), 303)


@allowed("catalogue:keep")
def leave() -> Any:
    """Somebody looks after nobody any more; the night finds others for their members."""
    code, me = request.form.get("code", ""), here().actor
    carry(lambda rows, now: manager_leaves(rows, code, me, now))
    flash(gettext("They have left. The night finds somebody else for their members."))
    return redirect(url_for("staff.managers"), 303)


def _list(**more: Any) -> str:
    every, after = request.args.get("view") == "all", request.args.get("after") or None
    found = look_up(lambda rows, _: managers_page(rows, after, MOST, every=every))
    shown: dict[str, Any] = {"told": {}, "faults": {}} | more
    return show("benefits/managers", found=found, every=every, is_first=after is None, **shown)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/managers", "GET", "managers", list_page),
    ("/benefits/managers", "POST", "keep_manager", keep),
    ("/benefits/managers/leave", "POST", "leave_manager", leave),
)
