"""What a member's card gives besides points: asked about, booked, had."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, problems
from loyalty.actions.check_benefit import check_benefit
from loyalty.actions.move_up import move_up
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import AHEAD, close_use, use_benefit
from loyalty.actions.who import Bearer
from loyalty.api import guessing
from loyalty.api.auth import caller, language, needs, place_told
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.paging import PageIn, cut, from_cursor, page_schema
from loyalty.api.resource import Resource
from loyalty.api.schemas.benefits import (
    BenefitsOut,
    BenefitUseOut,
    CheckIn,
    CheckOut,
    ClubEventsOut,
    NewsOut,
    UseIn,
    UseOut,
    terms_shown,
    wanted_of,
)
from loyalty.api.schemas.points import AtIn
from loyalty.api.schemas.tills import bearer_of
from loyalty.benefits import State
from loyalty.decide.entitled import Verdict
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.members import current
from loyalty.reads.benefits import BenefitView, benefits_view, events_view, news_view
from loyalty.reads.uses import journal

MOST_NEWS = 100

benefits = Resource("benefits", "", "What a card gives besides points.")


@benefits.route("/members/<opaque:member_id>/benefits", methods=["GET"])
@needs("members:read", "benefits:use")
@guessing.counted
@benefits.arguments(AtIn, location="query")
@benefits.response(200, BenefitsOut)
def show(told: dict[str, datetime | None], member_id: int) -> Any:
    """What a member's card gives now, at a past or at a future instant, and what is left of it."""

    def question(session: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        at = told["at"] or asking.now
        currency = editions.at(at).programme.club.currency
        views = benefits_view(session, editions, current(session, member_id), at, asking.now)
        return {"at": at, "items": [_shown(view, currency) for view in views]}

    return look(question)


@benefits.route("/members/<opaque:member_id>/news", methods=["GET"])
@needs("members:read", "benefits:use")
@guessing.counted
@benefits.response(200, NewsOut)
def news(member_id: int) -> Any:
    """The news that a member's card brings, the newest first: a hundred at most."""
    return look(
        lambda session, editions, asking: {
            "items": news_view(session, editions, current(session, member_id), MOST_NEWS, asking.now)
        }
    )


@benefits.route("/benefits/<code>/check", methods=["POST"])
@needs("benefits:use", "place:use")
@benefits.arguments(CheckIn)
@benefits.response(200, CheckOut)
def check(told: dict[str, Any], code: str) -> Any:
    """May this member have this benefit at this place and time, with this party?"""
    place = place_told(told["place"])
    bearer = _bearer_told(told)

    def question(session: Session, editions: Editions, asking: Asking) -> Verdict:
        currency = editions.at(asking.now).programme.club.currency
        ahead = (told.get("at") or asking.now) > asking.now + AHEAD
        wanted = wanted_of(told, code, currency, asking.now, reserve=ahead)
        return check_benefit(session, editions, bearer, wanted, place, asking=asking)

    verdict = look(question)
    guessing.note(verdict.reasons)
    return _answered(verdict)


@benefits.route("/benefit-uses", methods=["POST"])
@needs("benefits:use", "place:use")
@takes_key(required=False)
@benefits.arguments(UseIn)
@benefits.response(201, UseOut)
def use(told: dict[str, Any]) -> Any:
    """Book a visit with `reserve`, or have it now; `reference` is the key."""
    place = place_told(told["place"])
    bearer = _bearer_told(told)

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        currency = editions.at(asking.now).programme.club.currency
        wanted = wanted_of(told, told["benefit"], currency, asking.now, reserve=told["reserve"])
        return use_benefit(
            session, editions, bearer, wanted, place, reference=told["reference"], asking=asking
        )

    answer, replayed = carry(wish)
    return answering(answer, 201, replayed=replayed)


@benefits.route("/members/<opaque:member_id>/benefit-uses", methods=["GET"])
@needs("members:read", "benefits:use")
@guessing.counted
@benefits.arguments(PageIn, location="query")
@benefits.response(200, page_schema(BenefitUseOut))
def uses(told: dict[str, Any], member_id: int) -> Any:
    """A member's visits and bookings, the latest first; a key that reads no members sees its client's own."""
    who, before = caller(), _seen(told["cursor"], member_id)
    client = None if "members:read" in who.scopes else who.client
    rows = look(
        lambda session, editions, asking: journal(
            session, editions, member_id, client, before, told["limit"] + 1, asking.now
        )
    )
    return cut(rows, told["limit"], lambda row: [row["use_id"]])


@benefits.route("/benefit-uses/<pair:use_id>/confirm", methods=["POST"])
@needs("benefits:use", "place:use")
@takes_key(required=False)
@benefits.response(200, UseOut)
def confirm(use_id: tuple[int, int]) -> Any:
    """Whoever was booked came."""
    return _close(use_id, "used")


@benefits.route("/benefit-uses/<pair:use_id>/cancel", methods=["POST"])
@needs("benefits:use", "place:use")
@takes_key(required=False)
@benefits.response(200, UseOut)
def cancel(use_id: tuple[int, int]) -> Any:
    """The booking is let go, as long as its terms allow; who waits for its place gets it."""
    told = _close(use_id, "cancelled")
    event_id = ids.from_text(told[0]["event"] or "")
    while event_id and carry(
        lambda session, editions, asking: move_up(session, editions, event_id, asking.now), keyed=False
    ):
        pass
    return told


@benefits.route("/benefit-uses/<pair:use_id>/no-show", methods=["POST"])
@needs("benefits:use", "place:use")
@takes_key(required=False)
@benefits.response(200, UseOut)
def no_show(use_id: tuple[int, int]) -> Any:
    """Nobody came; the benefit's terms say whether that counts as had."""
    return _close(use_id, "no_show")


@benefits.route("/club-events", methods=["GET"])
@needs("benefits:use", "programme:read")
@benefits.response(200, ClubEventsOut)
def club_events() -> Any:
    """The events to come, and how many places are left."""
    return look(lambda session, _, asking: {"items": events_view(session, asking.now)})


def _bearer_told(told: dict[str, Any]) -> Bearer:
    """Who is meant. Raises Invalid: a place names nobody by their id, but by what it was shown."""
    bearer = bearer_of(told)
    if caller().place is not None and bearer.member_id is not None:
        raise Invalid(fields={"member_id": "a place is shown a card or a code"})
    return bearer


def _seen(cursor: str | None, member_id: int) -> int | None:
    """The last visit of the page before."""
    parts = from_cursor(cursor, 1)
    if parts is None:
        return None
    whose, use_id = ids.pair_from_text(parts[0]) or (0, 0)
    if whose != member_id:
        raise Invalid(fields={"cursor": "is not one of ours"})
    return use_id


def _close(use_id: tuple[int, int], state: State) -> tuple[dict[str, Any], int, dict[str, str]]:
    answer, replayed = carry(
        lambda session, editions, asking: close_use(
            session, editions, *use_id, state, place=caller().place, asking=asking
        )
    )
    return answering(answer, 200, replayed=replayed)


def _answered(verdict: Verdict) -> dict[str, Any]:
    had = verdict.entitlement
    return {
        "allowed": not verdict.reasons,
        "remaining": had.remaining if had else None,
        "reasons": [problems.reason(one, language()) for one in verdict.reasons],
    }


def _shown(view: BenefitView, currency: str) -> dict[str, Any]:
    names = ("granted", "reserved", "used", "remaining", "card_until", "person", "policy")
    figures = {name: getattr(view, name) for name in names}
    return terms_shown(view.terms, currency) | figures | {"period": view}
