"""Whose points a till means, and whether they may act, looked at again under their lock (M2, M4)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.book import Limits, Taken, no_limits, take, take_by_card
from loyalty.decide.programme import Editions
from loyalty.errors import CardBlocked, CardUnknown, CodeNeeded, NotFound
from loyalty.members import Act, Cards, Known, Purpose, SpendGuard


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a till names a member by: a card number, the member's own id, or the code of their page.

    Who is `signed_in` asks on the very page that would show a code: that is as good as one (M4).
    """

    card: str | None = None
    member_id: int | None = None
    code: str | None = None
    signed_in: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """What tells this bearer from another in the content of a wish."""
        told = {"card": self.card, "member_id": self.member_id}
        return told if self.code is None else told | {"code": self.code}

    @property
    def is_of_page(self) -> bool:
        """Whether the member's page speaks for them: it falls silent with their card."""
        return self.code is not None or self.signed_in


def take_bearer(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    now: datetime,
    at: datetime | None = None,
    limits: Limits = no_limits,
    *,
    purpose: Purpose = "earn",
    act: Act | None = None,
    offline: bool = False,
) -> Taken:
    """Lock the member behind a bearer, who may act; `at` is when a fact told late happened.

    What is asked for is the `act`, where the code's purpose does not say it. `limits` names the counters that
    the fact may touch, once the member is known. A code is used up with the fact; only what an offline till
    saw is judged by `at`, as often as it comes (M4).

    Raises CardUnknown, CodeUnknown, CodePurpose, NotFound; CodeNeeded where the club spends by codes alone;
    CardBlocked, and SpendLocked where points would leave, judged under the lock.
    """
    if purpose == "spend" and not bearer.is_of_page and _spends_by_code(editions, now):
        raise CodeNeeded
    taken = _take(session, editions, bearer, now, at, limits, offline=offline)
    member_id, known, cards = taken.snapshot.member_id, taken.known, taken.cards
    guard = check_known(session, bearer, member_id, known, cards, at or now, act or purpose)
    if purpose == "spend":
        guard.check(now)
    if bearer.code is not None and offline:
        members.check_code(session, bearer.code, purpose, at or now)
    elif bearer.code is not None:
        members.use_code(session, bearer.code, purpose, now)
    return taken


def _take(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    now: datetime,
    at: datetime | None,
    limits: Limits,
    *,
    offline: bool,
) -> Taken:
    """Lock whom a bearer speaks for now: the survivor, where the member they name was merged (M6)."""
    try:
        if bearer.card is not None:
            taken = take_by_card(session, editions, bearer.card, now, at, limits)
        else:
            named = _named(session, bearer, (at or now) if offline else now, offline=offline)
            taken = take(session, editions, named, now, at, limits(named), alone=True)
        if (survivor := taken.snapshot.merged_into) is None:
            return taken
        return replace(take(session, editions, survivor, now, at, limits(survivor)), cards=taken.cards)
    except NotFound:
        if bearer.card is not None:  # of somebody who was forgotten (M7)
            raise CardBlocked from None
        raise NotFound.at("member_id") from None


def check_known(
    session: Session,
    bearer: Bearer,
    member_id: int,
    known: Known,
    cards: Cards,
    at: datetime,
    act: Act,
) -> SpendGuard:
    """What keeps the points of a member in who was read, as was the card that the bearer names.

    Raises CardUnknown; CardBlocked when their state does not allow the act, or the card is silenced, and with
    it their page.
    """
    if bearer.card is not None:
        members.check_card(cards, bearer.card, at)
    members.check(known.state, act)
    _check_page(session, bearer, member_id, at)
    return known.guard


def member_of(session: Session, bearer: Bearer, at: datetime, *, offline: bool = False) -> int:
    """The id of the member a bearer names, or of the survivor (M6).

    Raises CardUnknown; CodeUnknown for a code not shown at `at`.
    """
    if bearer.card is not None:
        return members.bearer_of(session, bearer.card)
    return members.current(session, _named(session, bearer, at, offline=offline))


def _named(session: Session, bearer: Bearer, at: datetime, *, offline: bool) -> int:
    """The id of the very member that a code or an id names, merged or not.

    Raises CodeUnknown; CardUnknown where nothing names anybody.
    """
    if bearer.code is not None:
        return members.code_holder(session, bearer.code, at, offline=offline)
    if bearer.member_id is None:
        raise CardUnknown
    return bearer.member_id


def check_may_act(session: Session, bearer: Bearer, member_id: int, at: datetime, act: Act) -> None:
    """Look whether the member that a bearer speaks for may act at `at`.

    Raises CardBlocked when their state does not allow the act, or the card is silenced, and with it their
    page.
    """
    if bearer.card is not None:
        members.by_card(session, bearer.card, at, act)
        return
    members.check(members.by_id(session, member_id).state, act)
    _check_page(session, bearer, member_id, at)


def _check_page(session: Session, bearer: Bearer, member_id: int, at: datetime) -> None:
    """A member's page falls silent with their card. Raises CardBlocked."""
    if bearer.is_of_page and members.is_silenced(session, member_id, at):
        raise CardBlocked


def _spends_by_code(editions: Editions, now: datetime) -> bool:
    return editions.at(now).programme.club.spend_needs == "code"
