"""News for the cards that a benefit belongs to: published from a day until a day, ended."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import benefits, ids
from loyalty.actions import keep_feed
from loyalty.actions.keep_feed import NewsItem
from loyalty.benefits import FeedItem
from loyalty.decide.programme import Editions
from loyalty.errors import BenefitUnknown, Invalid
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, ask, carry, form_key, here, show
from loyalty.pages.staff.telling import told_instant, told_words

MOST = 30  #: pieces of a page
TITLE_MOST = 120
BODY_MOST = 4_000


@allowed("benefits:see")
def list_page() -> Any:
    """What is shown, will be and was; and the form that publishes."""
    return _page()


@allowed("catalogue:keep")
def publish() -> Any:
    """Publish a piece of news."""
    told, faults = _told()
    if told is None:
        return _page(faults=faults, told=request.form), 422
    try:
        act(
            lambda rows, editions, asking: keep_feed.publish_once(rows, editions, told, asking=asking),
            form_key(),
        )
    except BenefitUnknown:
        return _page(faults={"benefit": gettext("Please choose one of these.")}, told=request.form), 422
    except Invalid:
        faults = {"until_day": gettext("Please choose an end that is to come, after the beginning.")}
        return _page(faults=faults, told=request.form), 422
    flash(gettext("Published."))
    return redirect(url_for("staff.news"), 303)


@allowed("catalogue:keep")
def end(item_id: int) -> Any:
    """Show it no more."""
    me = here().actor
    carry(lambda rows, now: keep_feed.withdraw_item(rows, item_id, me, now))
    flash(gettext("It is shown no more."))
    return redirect(url_for("staff.news"), 303)


def stands(one: FeedItem, now: datetime) -> str:
    """`shown`, `coming` or `over`."""
    if one.until_at is not None and one.until_at <= max(now, one.published_at):
        return "over"
    if one.published_at > now:
        return "over" if one.until_at and (one.until_at - one.published_at).total_seconds() < 1 else "coming"
    return "shown"


def _told() -> tuple[NewsItem | None, dict[str, str]]:
    """The piece of news that a form tells, and what is wrong with it by field."""
    faults: dict[str, str] = {}
    zone = ask(lambda _, editions, __: editions.zone)
    title = told_words("title", TITLE_MOST, faults)
    body = told_words("body", BODY_MOST, faults, needed=False)
    instants: dict[str, datetime | None] = {}
    for name in ("from", "until"):
        try:
            instants[name] = told_instant(name, zone)
        except ValueError:
            faults[f"{name}_day"] = gettext("Please choose a day, and a time if it matters.")
    if not request.form.get("benefit"):
        faults["benefit"] = gettext("Please choose one of these.")
    if faults:
        return None, faults
    return NewsItem(request.form["benefit"], title, body, instants["from"], instants["until"]), {}


def _page(**more: Any) -> str:
    before = ids.from_text(request.args.get("before", ""))

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        programme = editions.at(now).programme
        feeds = [one for one in programme.benefits if one.kind == "feed"]
        tiers = {step.code: step.name for step in programme.ladder.tiers}
        return {
            "found": benefits.newest_items(rows, before, MOST + 1),
            "feeds": {one.code: one for one in feeds},
            "tiers": {one.code: [tiers[code] for code in one.tiers if code in tiers] for one in feeds},
        }

    seen = ask(question)
    found = seen.pop("found")
    older = ids.to_text(found[MOST - 1].item_id) if len(found) > MOST else None
    shown: dict[str, Any] = {"told": {}, "faults": {}} | more
    return show(
        "news/news", found=found[:MOST], older=older, is_newest=before is None, stands=stands,
        state_words=_state_words(), **seen, **shown,
    )  # fmt: skip


def _state_words() -> dict[str, str]:
    return {"shown": gettext("shown"), "coming": gettext("to come"), "over": gettext("over")}


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/news", "GET", "news", list_page),
    ("/news", "POST", "publish_news", publish),
    ("/news/<opaque:item_id>/end", "POST", "end_news", end),
)
