"""What was remembered for a while is dropped, a few rows at a time: how long what is kept, by its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import access, benefits, imports, ledger, letters, members, staff, work
from loyalty.actions.renew import PARTS
from loyalty.decide.programme import Editions

_NONCES_KEPT = timedelta(days=1)  #: a stamp passes for five minutes before and after it
NIGHTS = "nightly"  #: runs that stay: a what-if lives through the same nights again


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long is kept what an operator may want to keep longer or shorter."""

    answers: timedelta
    letters: timedelta  #: no less than any letter tells ahead: told once, whatever comes
    files: timedelta
    runs: timedelta


Drop = Callable[[Session, Editions, Keeping, datetime, int], int]  #: (…, now, limit) → how many rows

KINDS: dict[str, Drop] = {
    "answers": lambda rows, _, keeping, now, limit: ledger.claims.cut_answers(
        rows, now - keeping.answers, now, limit, PARTS
    ),
    "nonces": lambda rows, _, __, now, limit: access.forget_nonces(rows, now - _NONCES_KEPT, limit),
    "one_time_codes": lambda rows, _, __, now, limit: access.forget_one_time_codes(rows, now, limit),
    "member_codes": lambda rows, editions, _, now, limit: members.forget_codes(
        rows, now - timedelta(days=editions.at(now).programme.limits.offline_days + 1), limit
    ),
    "recognitions": lambda rows, _, __, now, limit: benefits.forget_recognised(rows, now, limit),
    "page_sessions": lambda rows, _, __, now, limit: access.forget_page_sessions(rows, now, limit),
    "member_sessions": lambda rows, _, __, now, limit: access.forget_member_sessions(rows, now, limit),
    "staff_sessions": lambda rows, _, __, now, limit: staff.forget_sessions(rows, now, limit),
    "staff_tries": lambda rows, _, __, now, limit: staff.forget_tries(rows, now, limit),
    "letters_unsent": lambda rows, _, __, now, limit: letters.close_unsent(rows, now - letters.LIFE, limit),
    "letters": lambda rows, _, keeping, now, limit: letters.forget_old_letters(
        rows, now - keeping.letters, limit
    ),
    "files": lambda rows, _, keeping, now, limit: imports.drop_old(rows, now - keeping.files, limit),
    "runs": lambda rows, _, keeping, now, limit: work.forget_runs(
        rows, now - keeping.runs, limit, but=NIGHTS
    ),
}


def forget(
    session: Session, editions: Editions, kind: str, keeping: Keeping, *, now: datetime, limit: int
) -> int:
    """Drop up to `limit` rows of a kind whose time is over; how many, 0 when there are none left."""
    return KINDS[kind](session, editions, keeping, now, limit)
