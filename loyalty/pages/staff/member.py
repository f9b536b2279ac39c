"""One member who was opened: everything on one page, with lists on pages of their own."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import g, redirect, request, url_for

from loyalty import ids, members
from loyalty.pages.member import line_words
from loyalty.pages.member.faces import face_of
from loyalty.pages.member.measures import step_text
from loyalty.pages.member.points import place_in, place_text
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.approval_words import kind_name
from loyalty.pages.staff.blueprint import ask, show
from loyalty.pages.staff.find import masked_page
from loyalty.pages.staff.member_words import (
    card_words,
    note_words,
    policy_words,
    review_words,
    state_words,
    visit_words,
)
from loyalty.pages.staff.opened import of_opened, opened_until
from loyalty.reads.lines import Line, Sought
from loyalty.reads.member_file import member_file, names_of_colleagues
from loyalty.reads.notes import notes_shown
from loyalty.reads.own_visits import visits_page
from loyalty.reads.points import points_page
from loyalty.reads.vouchers import orders_page

A_PAGE = 20


@allowed("members:see")
def member_page(member_id: int) -> Any:
    """Everything, panel by panel, of the survivor (M6); masked where this colleague has not opened them."""
    if opened_until(member_id) is None:
        return masked_page(member_id)
    file = ask(lambda rows, editions, now: member_file(rows, editions, member_id, now))
    if file.member.member_id != member_id:
        return redirect(url_for("staff.member", member_id=file.member.member_id), 303)
    return show(
        "members/member",
        member_id=member_id,
        number=ids.to_text(member_id),
        file=file,
        face=face_of(file.tier.tier, len(file.tier.ladder)) if file.tier.tier else "",
        until=opened_until(member_id),
        units={one.terms.code: one.terms for one in file.points},
        by_whom=lambda line: by_whom(line, file.names),
        lines=line_words,
        step_text=step_text,
        statuses=policy_words(),
        masked_name=members.masked_name,
        kind_name=kind_name,
        **_words(),
    )


@allowed("members:open")
@of_opened
def points_of(member_id: int) -> Any:
    """One unit: its lots, what is pending, and a page of its lines, each with who booked it."""
    unit, before = request.args.get("unit") or None, place_in(request.args.get("before", ""))
    page, names = ask(
        lambda rows, editions, now: (
            points_page(rows, editions, member_id, unit, Sought(), before, A_PAGE, now),
            names_of_colleagues(rows),
        )
    )
    older = None
    if page.older is not None:
        here = {"unit": page.points.terms.code, "before": place_text(page.older)}
        older = f"{url_for('staff.member_points', member_id=member_id)}?{urlencode(here)}"
    return show(
        "members/points",
        member_id=member_id,
        page=page,
        at=page.points,
        older=older,
        is_first=before is None,
        by_whom=lambda line: by_whom(line, names),
        lines=line_words,
    )


@allowed("members:open")
@of_opened
def visits_of(member_id: int) -> Any:
    """What is booked, and what is over, a page at a time."""
    before = ids.from_text(request.args.get("before", ""))
    page = ask(lambda rows, editions, now: visits_page(rows, editions, member_id, before, A_PAGE, now))
    return show("members/visits", member_id=member_id, page=page, is_first=before is None, **_words())


@allowed("members:open")
@of_opened
def orders_of(member_id: int) -> Any:
    """What was bought with points, a page at a time."""
    before = ids.from_text(request.args.get("before", ""))
    orders, older = ask(lambda rows, editions, now: orders_page(rows, editions, member_id, before, now))
    older_text = ids.to_text(older) if older else None
    return show("members/orders", member_id=member_id, orders=orders, older=older_text)


@allowed("members:open")
@of_opened
def notes_of(member_id: int) -> Any:
    """Every note, a page at a time."""
    told = request.args.get("page", "1")
    no = int(told) if told.isascii() and told.isdigit() and 0 < int(told) < 10_000 else 1
    notes, names = ask(lambda rows, _, __: (notes_shown(rows, member_id), names_of_colleagues(rows)))
    shown = notes[(no - 1) * A_PAGE : no * A_PAGE]
    more = len(notes) > no * A_PAGE
    return show("members/notes", member_id=member_id, notes=shown, no=no, more=more, names=names, **_words())


def by_whom(line: Line, names: Mapping[str, str]) -> str:
    """Who booked a line: a colleague by their name, else the store or the client that told it."""
    told = str(line.reasons.get("by", ""))
    checker = str(line.reasons.get("approved_by", ""))
    whom = [names.get(one, one) for one in (told, checker) if one]
    return " + ".join(whom) or line.store or ""


def _words() -> dict[str, Any]:
    return {
        "state_words": state_words(),
        "note_words": note_words(),
        "visit_words": visit_words(),
        "card_words": card_words(),
        "review_words": review_words(),
        "currency": g.club.currency if g.club else "",
    }


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>", "GET", "member", member_page),
    ("/members/<opaque:member_id>/points", "GET", "member_points", points_of),
    ("/members/<opaque:member_id>/visits", "GET", "member_visits", visits_of),
    ("/members/<opaque:member_id>/orders", "GET", "member_orders", orders_of),
    ("/members/<opaque:member_id>/notes", "GET", "member_notes", notes_of),
)
