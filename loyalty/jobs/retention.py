"""What is no longer needed goes: every night, in bounded chunks, a transaction each."""

from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from config.settings import Settings
from loyalty import work
from loyalty.actions.forget import KINDS, Keeping, forget
from loyalty.db import Books, carry_out, reading
from loyalty.rooms import Rooms

KIND = "retention"
CHUNK = 500  #: rows per transaction
_PATIENCE_SECONDS = 30.0
_log = structlog.get_logger()


def keeping_of(settings: Settings) -> Keeping:
    """How long this copy keeps what."""
    return Keeping(
        answers=timedelta(days=settings.keep_answers_days),
        letters=timedelta(days=settings.keep_letters_days),
        files=timedelta(days=settings.keep_files_days),
        runs=timedelta(days=settings.keep_runs_days),
    )


def retain(room: Rooms, books: Books = "live") -> dict[str, int]:
    """Drop whatever is older than it is kept; how many rows by kind, those alone of which there were any.

    A run that dies leaves its finished chunks; the next one does the rest. Raises NoProgramme.
    """
    now = room.clock.now()
    with reading() as session:
        room.shelf.editions(session, now)  # codes are kept by the programme: without one there are none
    task = carry_out(lambda session: work.start(session, KIND, as_of=now, now=now), books=books)
    dropped: dict[str, int] = {}
    try:
        for kind in KINDS:
            chunk = partial(_chunk, room, task, kind, sum(dropped.values()))
            while count := carry_out(
                partial(chunk, dropped.get(kind, 0)), patience_seconds=_PATIENCE_SECONDS, books=books
            ):
                dropped[kind] = dropped.get(kind, 0) + count
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()), books=books)
        raise
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result=dropped), books=books)
    _log.info("retention_done", books=books, rows=sum(dropped.values()))
    return dropped


def _chunk(room: Rooms, task: int, kind: str, before: int, of_kind: int, session: Session) -> int:
    """One chunk of a kind, and how far the run has come with it: all of it is kept, or none."""
    now = room.clock.now()
    editions = room.shelf.editions(session, now)
    count = forget(session, editions, kind, keeping_of(room.settings), now=now, limit=CHUNK)
    work.progress(session, task, done=before + of_kind + count)
    return count
