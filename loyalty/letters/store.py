"""The rows of letters: written once, taken by one worker at a time, settled."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Update, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from loyalty.ids import new_id
from loyalty.letters.facts import CLAIMED_FOR, MOST_TRIES, Kind, NewLetter, pause_after
from loyalty.letters.models import DROPPED, FAULT_MOST, GIVEN_UP, SENT, WAITING, Letter, LetterHead
from loyalty.tables import drop_some, table_of


def write_letters(session: Session, letters: Iterable[NewLetter], now: datetime) -> int:
    """Write letters down, each once for what it is about; how many were new."""
    dialect = session.get_bind().dialect.name
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table_of(Letter))
    rows = [
        {
            "letter_id": new_id(now),
            "member_id": one.member_id,
            "kind": one.kind,
            "channel": one.channel,
            "about": one.about,
            "facts": dict(one.facts),
            "to_address": one.to_address,
            "state": WAITING,
            "created_at": now,
            "due_at": one.due_at,
            "tries": 0,
        }
        for one in letters
    ]
    if not rows:
        return 0
    fresh = insert.on_conflict_do_nothing().returning(table_of(Letter).c.letter_id)
    return sum(session.execute(fresh.values(row)).first() is not None for row in rows)


def due_letters(session: Session, channels: Collection[str], now: datetime, limit: int) -> Sequence[Letter]:
    """Up to `limit` letters that may go now by these ways, longest due first, locked; no taken ones."""
    due = select(Letter).where(Letter.state == WAITING, Letter.due_at <= now, Letter.channel.in_(channels))
    oldest = due.order_by(Letter.due_at, Letter.letter_id).limit(limit)
    return session.scalars(oldest.with_for_update(skip_locked=True)).all()


def claim(letter: Letter, now: datetime) -> None:
    """Take a locked letter: nobody else looks at it for ten minutes, whatever becomes of who took it."""
    letter.tries, letter.due_at = letter.tries + 1, now + CLAIMED_FOR


def close(letter: Letter, why: str) -> None:
    """A locked letter is not to be sent any more."""
    letter.state, letter.fault, letter.to_address = DROPPED, why[:FAULT_MOST], None


def sent(session: Session, letter_id: int, tries: int, now: datetime) -> None:
    """The try of that number took the letter out; one that somebody settled meanwhile stays as it is."""
    values = {"state": SENT, "sent_at": now, "fault": None, "to_address": None}
    session.execute(_this_try(letter_id, tries).values(values))


def failed(
    session: Session, letter_id: int, tries: int, fault: str, now: datetime, *, for_good: bool
) -> bool:
    """The try of that number failed: the letter rests, longer each time; whether it is given up."""
    given_up = for_good or tries >= MOST_TRIES
    values = {"fault": fault[:FAULT_MOST], "due_at": now + pause_after(tries)}
    settled = {"state": GIVEN_UP, "to_address": None} if given_up else {}
    session.execute(_this_try(letter_id, tries).values(values | settled))
    return given_up


def waiting(session: Session) -> int:
    """How many letters are not settled."""
    return session.scalar(select(func.count()).select_from(Letter).where(Letter.state == WAITING)) or 0


def last_told_day(session: Session, member_id: int, kind: Kind, unit: str) -> date | None:
    """The latest day that letters of a kind told of, where `about` is a unit and a day; None before any."""
    mine = (Letter.member_id == member_id, Letter.kind == kind, Letter.about.like(f"{unit} ____-__-__"))
    told = session.scalar(select(func.max(Letter.about)).where(*mine))
    return date.fromisoformat(told.rpartition(" ")[2]) if told else None


def head(session: Session) -> int:
    """How far the line of events was read; locked until the transaction ends."""
    return session.execute(select(LetterHead.position).with_for_update()).scalar_one()


def move_head(session: Session, position: int) -> None:
    """Note how far the line of events has been read."""
    session.execute(update(LetterHead).values(position=position))


def drop_letters_of(session: Session, member_id: int, why: str) -> None:
    """Nothing that waits goes to this member any more."""
    mine = update(Letter).where(Letter.member_id == member_id, Letter.state == WAITING)
    session.execute(mine.values(state=DROPPED, fault=why[:FAULT_MOST], to_address=None))


def forget_letters_of(session: Session, member_id: int) -> None:
    """Drop every letter to a member, sent or not: the member is forgotten."""
    session.execute(delete(Letter).where(Letter.member_id == member_id))


def close_unsent(session: Session, before: datetime, limit: int) -> int:
    """Give up to `limit` letters up that nobody could send by an instant, with their addresses; how many."""
    old = select(Letter.letter_id).where(Letter.state == WAITING, Letter.created_at < before).limit(limit)
    closed = update(Letter).where(Letter.letter_id.in_(old))
    dropped = closed.values(state=DROPPED, fault="no way to send it", to_address=None)
    return len(session.scalars(dropped.returning(Letter.letter_id)).all())


def forget_old_letters(session: Session, before: datetime, limit: int) -> int:
    """Drop up to `limit` letters that were written before an instant, whatever became of them; how many."""
    return drop_some(session, Letter, limit, Letter.created_at < before)


def _this_try(letter_id: int, tries: int) -> Update:
    return update(Letter).where(Letter.letter_id == letter_id, Letter.tries == tries, Letter.state == WAITING)
