"""Loading members for a writer: locked first, then read in one trip, so that nobody changes them since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import members, tiers
from loyalty.decide.needs import needs
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, CardBlocked, CardUnknown, NotFound
from loyalty.members import Card
from loyalty.questions import Question, Rows, among, ask, ask_one
from loyalty.reads.snapshot import ASKED, asked, assembled
from loyalty.tables import table_of
from loyalty.tiers import Stand, Standing

_CARD, _STANDING = table_of(Card), table_of(Standing)
_HELD = (
    select(_CARD.c.number, *(_STANDING.c[name] for name in Stand._fields))
    .join(_CARD, _CARD.c.member_id == _STANDING.c.member_id)
    .where(among(_CARD.c.number, "cards"))
    .order_by(_STANDING.c.member_id)
)
_HOLDERS = Question(_HELD.with_for_update(of=_STANDING))
_FREE_HOLDERS = Question(_HELD.with_for_update(of=_STANDING, skip_locked=True))


@dataclass(frozen=True, slots=True)
class Locked:
    """A member under their lock, as they are booked now, not yet advanced."""

    snapshot: Snapshot
    stand: Stand
    known: members.Known
    cards: members.Cards  #: those that were named


def load_locked(
    session: Session,
    editions: Editions,
    member_id: int,
    now: datetime,
    *,
    even_erased: bool = False,
    since: datetime | None = None,
) -> Locked:
    """Lock a member and read them; `since` also reads the terms and days that reach past it.

    Raises NotFound, also for whoever was forgotten, unless the clock alone acts (`even_erased`);
    AccountStopped; BooksDisturbed where the member's rows do not fit together.
    """
    stand = tiers.stand(session, member_id, locked=True)
    if stand is None or (stand.erased_at is not None and not even_erased):
        raise NotFound
    if stand.stopped_at is not None:
        raise AccountStopped
    found, _ = read_locked(session, editions, [stand], [], now, since)
    return found[member_id]


def load_by_card(
    session: Session, editions: Editions, card: str, now: datetime, *, since: datetime | None = None
) -> Locked:
    """Lock the member that a card was issued to, whatever became of it, and read them.

    Raises CardUnknown; CardBlocked for a card of whoever was forgotten (M7); AccountStopped, BooksDisturbed.
    """
    stand = lock_holders(session, [card]).get(card)
    if stand is None:
        raise CardUnknown
    if stand.erased_at is not None:
        raise CardBlocked
    if stand.stopped_at is not None:
        raise AccountStopped
    found, _ = read_locked(session, editions, [stand], [card], now, since)
    return found[stand.member_id]


def lock_holders(session: Session, cards: Sequence[str], *, waiting: bool = True) -> dict[str, Stand]:
    """Lock whom cards were issued to, in the order of members; their standing by card. Unknown cards miss.

    Without `waiting`, those miss, too, whose members others hold locked just now.
    """
    asked = _HOLDERS if waiting else _FREE_HOLDERS
    return {card: Stand(*cells) for card, *cells in ask_one(session, asked, cards=[*cards])}


def read_locked(
    session: Session,
    editions: Editions,
    stands: Sequence[Stand],
    cards: Sequence[str],
    now: datetime,
    since: datetime | None,
    also: Sequence[Question] = (),
    **values: Any,
) -> tuple[dict[int, Locked], list[Rows]]:
    """Members who are locked, with all that a decision must know of them; and what `also` was answered.

    Raises BooksDisturbed where a member's rows do not fit together.
    """
    dues = (since, *(stand.due_at for stand in stands))
    likely = needs(editions, min((due for due in dues if due is not None and due < now), default=now), now)
    mine = [stand.member_id for stand in stands]
    told = ask(
        session,
        (*ASKED, members.CARDS, *also),
        members=mine,
        cards=[*cards],
        **asked(likely, since),
        **values,
    )
    of_members, of_cards, others = told[: len(ASKED)], told[len(ASKED)], told[len(ASKED) + 1 :]
    cards_known = members.known_cards(of_cards)
    found = assembled(session, editions, stands, of_members, likely, since, now, checked=True)
    by_id = {stand.member_id: stand for stand in stands}
    return {
        one: Locked(snapshot, by_id[one], known, cards_known) for one, (snapshot, known) in found.items()
    }, others
