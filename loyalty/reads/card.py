"""What a till or a page shows of a member's card: the tier it wears, until when, and the points."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.reads.balance import BalanceView, balance_of
from loyalty.reads.state import state_at


@dataclass(frozen=True, slots=True)
class CardView:
    """A card's face and validity (M3), and what it gives access to; no tier below the first."""

    tier: str | None
    valid_until: datetime | None
    last_day: date | None
    balance: BalanceView


def card_view(session: Session, editions: Editions, member_id: int, now: datetime) -> CardView:
    """A member's card as of now. Raises NotFound."""
    return card_of(state_at(session, editions, member_id, now, now).after, editions, now)


def card_of(snapshot: Snapshot, editions: Editions, now: datetime) -> CardView:
    """The card of a state that was advanced to `now`."""
    term = snapshot.terms[-1]
    until = term.until_at
    last_day = calendar.last_day_before(until, editions.zone) if until else None
    return CardView(term.tier, until, last_day, balance_of(snapshot, editions, now))
