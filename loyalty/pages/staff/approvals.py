"""What waits for a second person: shown whole, approved or refused by them, withdrawn by whoever asked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions import approve as deciding
from loyalty.actions.once import Asking
from loyalty.approvals import REASONS, Reason
from loyalty.decide.programme import Editions
from loyalty.errors import NotPermitted, Refusal
from loyalty.ledger import Unit
from loyalty.pages.staff import approval_words as words
from loyalty.pages.staff import what_if_words
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, editions_of, form_key, here, look_up, show
from loyalty.pages.staff.case_words import document_words, reasons_of
from loyalty.pages.words import said
from loyalty.reads.approvals import approval_view
from loyalty.reads.asked import Request, View, requests
from loyalty.reads.asked import request as whole_request
from loyalty.reads.what_if_runs import Run, last_run_about
from loyalty.sheets import as_text

MOST = 20  #: requests of a page
VIEWS_SHOWN: tuple[View, ...] = ("others", "mine", "all")


@allowed("approvals:see")
def approvals_page() -> Any:
    """What waits for others than its maker; what I asked for; all there was."""
    view = cast(View, request.args.get("view") if request.args.get("view") in VIEWS_SHOWN else "others")
    before, me = ids.from_text(request.args.get("before", "")), here().actor
    found, units = look_up(
        lambda rows, now: (requests(rows, view, me, before, MOST, now), _units(editions_of(rows, now), now))
    )
    return show(
        "approvals/approvals",
        view=view,
        found=found,
        older=ids.to_text(found.older) if found.older else None,
        is_newest=before is None,
        units=units,
        words=words,
    )


@allowed("approvals:see")
def approval_page(approval_id: int) -> Any:
    """One request, as exactly what was asked, and what can be done about it."""
    return _shown(approval_id)


@allowed("approvals:see", fresh=True)
def approve(approval_id: int) -> Any:
    """Do what was asked, as it was seen."""
    digest = request.form.get("digest", "")
    _check_may_decide(approval_id)

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        deciding.approve(rows, editions, approval_id, digest, asking=asking)

    return _carried(approval_id, wish, gettext("Approved, and done."))


@allowed("approvals:see", fresh=True)
def refuse(approval_id: int) -> Any:
    """Never do what was asked, for a reason that its maker reads."""
    digest, told = request.form.get("digest", ""), request.form.get("reason", "")
    _check_may_decide(approval_id)
    if told not in REASONS:
        return _shown(approval_id, faults={"reason": gettext("Please choose why.")}), 422
    reason: Reason = told

    def wish(rows: Session, _: Editions, asking: Asking) -> None:
        deciding.refuse(rows, approval_id, digest, asking=asking, reason=reason)

    return _carried(approval_id, wish, gettext("Refused. Nothing was done."))


@allowed("approvals:see")
def withdraw(approval_id: int) -> Any:
    """Take back what I asked for."""
    return _carried(
        approval_id,
        lambda rows, _, asking: deciding.withdraw(rows, approval_id, asking=asking),
        gettext("Withdrawn. Nothing was done."),
    )


def _check_may_decide(approval_id: int) -> None:
    """Raises NotFound; NotPermitted for who decides no requests of this kind."""
    kind = look_up(lambda rows, now: approval_view(rows, approval_id, now))["kind"]
    if words.DECIDES[kind] not in here().permissions:
        raise NotPermitted


def _carried(approval_id: int, wish: Callable[..., Any], done: str) -> Any:
    try:
        act(wish, key=form_key())
    except Refusal as refusal:
        return _shown(approval_id, refused=said(refusal)), 422
    flash(done)
    return redirect(url_for("staff.approval", approval_id=approval_id), 303)


def _shown(approval_id: int, **more: Any) -> str:
    found, units = look_up(lambda rows, now: _whole(rows, approval_id, now))
    mine = found.told["maker"] == here().actor
    may_decide = words.DECIDES[found.told["kind"]] in here().permissions
    return show(
        "approvals/approval",
        one=found.told,
        found=found,
        unit=units.get(found.told["content"].get("unit")),
        units=units,
        is_mine=mine,
        may_decide=may_decide,
        why=reasons_of,
        documents=document_words(),
        reasons=[(reason, words.reason_name(reason)) for reason in REASONS],
        words=words,
        run_words=what_if_words,
        tried=look_up(lambda rows, _: _tried(rows, found)),
        as_text=as_text,
        parse=datetime.fromisoformat,
        **more,
    )


def _whole(rows: Session, approval_id: int, now: datetime) -> tuple[Request, Mapping[str, Unit]]:
    editions = editions_of(rows, now)
    return whole_request(rows, editions, approval_id, now), _units(editions, now)


def _tried(rows: Session, found: Request) -> Run | None:
    """The last time that exactly what is to be published was tried on real history."""
    told = found.told
    return last_run_about(rows, told["content"]["sha256"]) if told["kind"] == "publication" else None


def _units(editions: Editions | None, now: datetime) -> Mapping[str, Unit]:
    """The units of the edition in force, by code."""
    return editions.at(now).programme.units if editions else {}


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/approvals", "GET", "approvals", approvals_page),
    ("/approvals/<opaque:approval_id>", "GET", "approval", approval_page),
    ("/approvals/<opaque:approval_id>/approve", "POST", "approve", approve),
    ("/approvals/<opaque:approval_id>/refuse", "POST", "refuse_approval", refuse),
    ("/approvals/<opaque:approval_id>/withdraw", "POST", "withdraw_approval", withdraw),
)
