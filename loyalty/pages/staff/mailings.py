"""What cards bring by post: lists for the printer, which are posted with that, and what came back."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.mail import mail_returned
from loyalty.actions.take_list import take_again, take_mailings
from loyalty.decide.programme import Editions
from loyalty.document.values import is_code
from loyalty.errors import NotFound
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, carry, here, show
from loyalty.pages.staff.taking import form_wanted, list_of
from loyalty.reads.mailings import Post, lists_taken, post
from loyalty.reads.to_post import ToPost
from loyalty.sheets import Form

_PARTS = ("city", "region", "postcode", "country")
COLUMNS = ("mailing", "for_day", "language", "recipient", "lines", *_PARTS)


@allowed("benefits:see")
def list_page() -> Any:
    """How much is to be posted, by benefit, and the lists that were taken."""
    return _page()


@allowed("members:open", fresh=True)
def take() -> Any:
    """The list of what is to be posted; it counts as posted from now on."""
    benefit, form, me = request.form.get("benefit", ""), form_wanted(), here().actor
    try:
        found = carry(lambda rows, now: take_mailings(rows, benefit, form, me, now))
    except NotFound:
        return _page(fault=gettext("There is nothing to post.")), 422
    return _file(benefit, form, found)


@allowed("members:open", fresh=True)
def again() -> Any:
    """A list that was taken once more."""
    benefit, form, me = request.form.get("benefit", ""), form_wanted(), here().actor
    try:
        written_at = datetime.fromisoformat(request.form.get("written_at", ""))
        if written_at.tzinfo is None:
            raise ValueError(written_at)
        found = carry(lambda rows, now: take_again(rows, benefit, written_at, form, me, now))
    except (ValueError, NotFound):
        return _page(fault=gettext("Nothing of this list is on its way any more.")), 422
    return _file(benefit, form, found)


@allowed("benefits:act")
def returned() -> Any:
    """The post brought one back: nothing more goes to that address until it changes."""
    told, me = request.form.get("mailing", "").strip(), here().actor
    member, _, rest = told.partition("/")
    benefit, _, year = rest.partition("/")
    member_id = ids.from_text(member)
    try:
        if (
            member_id is None
            or not is_code(benefit)
            or not (year.isascii() and year.isdigit() and len(year) == 4)
        ):
            raise NotFound
        carry(lambda rows, now: mail_returned(rows, member_id, benefit, int(year), me, now))
    except NotFound:
        return _page(
            returned_fault=gettext(
                "This mailing is not on its way. Its name stands in the list: member/benefit/year."
            ),
            mailing=told,
        ), 422
    flash(gettext("Noted. Nothing more goes to this address until it changes."))
    return redirect(url_for("staff.mailings"), 303)


def _file(benefit: str, form: Form, found: Iterable[ToPost]) -> Response:
    return list_of(f"post-{benefit}", form, COLUMNS, map(_row, found))


def _row(one: ToPost) -> tuple[str, ...]:
    made = one.mailing
    name = f"{ids.to_text(made.member_id)}/{made.benefit}/{made.year}"
    parts = (str(one.address.get(part) or "") for part in _PARTS)
    lines = "\n".join(one.address.get("lines", ()))
    return name, made.for_day.isoformat(), one.language or "zh", one.recipient, lines, *parts


def _page(**more: Any) -> str:
    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        found = post(rows)
        given = {one.code: one for one in editions.at(now).programme.benefits if one.kind == "mailing"}
        return {
            "given": given,
            "found": [
                found.get(code) or Post(code, 0, None, 0, 0, 0) for code in dict.fromkeys([*given, *found])
            ],
            "taken": lists_taken(rows),
        }

    return show("mailings/mailings", occasions=_occasions(), **ask(question), **more)


def _occasions() -> dict[str, str]:
    return {"birthday": gettext("birthday"), "anniversary": gettext("anniversary of joining")}


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/mailings", "GET", "mailings", list_page),
    ("/mailings/take", "POST", "take_mailings", take),
    ("/mailings/again", "POST", "take_mailings_again", again),
    ("/mailings/returned", "POST", "mail_returned", returned),
)
