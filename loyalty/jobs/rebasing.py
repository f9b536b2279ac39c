"""Policies are rated by a newer edition, a chunk a transaction: safe to stop, and to run again."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sqlalchemy.orm import Session

from loyalty import policies, work
from loyalty.actions.once import Asking
from loyalty.actions.rebase_policies import rebase_policies
from loyalty.db import carry_out, reading
from loyalty.decide.rebasing import Rebasing
from loyalty.reads.rebasing import When
from loyalty.rooms import Rooms
from loyalty.stops import carry_on

KIND = "rebase"
CHUNK = 20  #: policies per transaction: how long a lock may last
PATIENCE_SECONDS = 30.0

Tell = Callable[[dict[str, Rebasing]], None]  #: what became of a chunk


def rebase(room: Rooms, edition: int, when: When, numbers: Sequence[str], *, by: str, tell: Tell) -> int:
    """Rate these policies, or all when none is named, by an edition; how many were not before.

    A run that dies leaves its finished chunks; the next one does the rest. Raises Busy.
    """
    now, done = room.clock.now(), 0
    task = carry_out(lambda session: work.start(session, KIND, as_of=now, now=now))
    try:
        for chunk in chunks(numbers):
            act = partial(_chunk, room, chunk, edition, when, by)
            made = carry_on(room, act, patience_seconds=PATIENCE_SECONDS)
            done += len(made)
            tell(made)
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()))
        raise
    told = {"edition": edition, "policies": done}
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result=told))
    return done


def chunks(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    """These policies chunk by chunk; all of the club when none is named."""
    if numbers:
        wanted = sorted(set(numbers))
        yield from (wanted[first : first + CHUNK] for first in range(0, len(wanted), CHUNK))
        return
    after = ""
    while chunk := _behind(after):
        yield chunk
        after = chunk[-1]


def _behind(after: str) -> Sequence[str]:
    with reading() as session:
        return policies.numbers(session, after, CHUNK)


def _chunk(
    room: Rooms, chunk: Sequence[str], edition: int, when: When, by: str, session: Session
) -> dict[str, Rebasing]:
    now = room.clock.now()
    editions = room.shelf.editions(session, now)
    return rebase_policies(session, editions, chunk, edition, when, asking=Asking(by, None, now))
