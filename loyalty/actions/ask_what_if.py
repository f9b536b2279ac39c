"""A draft is to be tried on real history: asked for, stopped, gone on with, its table taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, calendar, ids, members, programme, work
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.publish import broken_promises, check
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, ProgrammeFaulty, TooManyWaiting
from loyalty.reads.what_if import KIND

MOST_WAITING = 10  #: runs that wait or go on; each takes a worker through all members


@dataclass(frozen=True, slots=True)
class Tried:
    """A document that is tried: in force from an instant on, or (None) as if it had been ever."""

    document: Mapping[str, object]
    since: datetime | None
    draft_no: int | None = None  #: of which draft it is, at which revision
    revision: int | None = None


def ask_what_if(session: Session, editions: Editions, tried: Tried, *, by: str, now: datetime) -> int:
    """Let a document be carried through all members' history as of now; the task.

    Where the same is under way, that is the one. Raises ProgrammeFaulty, as publishing it would;
    TooManyWaiting.
    """
    draft = check(tried.document)
    if broken := broken_promises(editions.items[-1].programme, draft):
        raise ProgrammeFaulty(faults=broken)
    since = None if tried.since is None else calendar.instant_text(tried.since)
    digest = programme.sha256_of(tried.document)
    under_way = work.running(session, KIND)
    for one in under_way:
        if one.about == digest and (one.asked or {})["since"] == since:
            return one.id
    if len(under_way) >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    asked = {
        "document": programme.as_json(tried.document),
        "since": since,
        "editions": editions.items[-1].number,
        "draft": tried.draft_no,
        "revision": tried.revision,
    }
    told = {"total": members.how_many(session), "asked": asked, "about": digest, "asked_by": by}
    task_id = work.start(session, KIND, as_of=now, now=now, **told)  # type: ignore[arg-type]
    _record(session, "what_if.asked", task_id, by, now, {"sha256": digest, "since": since})
    return task_id


def ask_what_if_once(session: Session, editions: Editions, tried: Tried, *, asking: Asking) -> int:
    """The same, once for the key of a wish; the task.

    Raises ProgrammeFaulty, TooManyWaiting, KeyMissing, KeyReused.
    """
    since = None if tried.since is None else calendar.instant_text(tried.since)
    content = {"sha256": programme.sha256_of(tried.document), "since": since}

    def do() -> Told:
        task_id = ask_what_if(session, editions, tried, by=asking.client, now=asking.now)
        return Told({"what_if": ids.to_text(task_id)})

    answer, _ = once(session, Wish("what-if", asking, None, content), do)
    return ids.from_text(answer["what_if"]) or 0


def stop_what_if(session: Session, task_id: int, *, by: str, now: datetime) -> bool:
    """Let it come no further; whether it was under way. Raises NotFound."""
    _check(session, task_id)
    stopped = work.stop(session, task_id, now=now)
    if stopped:
        _record(session, "what_if.stopped", task_id, by, now, {})
    return stopped


def go_on_with_what_if(session: Session, task_id: int, *, by: str, now: datetime) -> bool:
    """Let what was stopped go on behind its last part; whether it was stopped.

    Raises NotFound, TooManyWaiting.
    """
    _check(session, task_id)
    if len(work.running(session, KIND)) >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    goes_on = work.go_on(session, task_id)
    if goes_on:
        _record(session, "what_if.gone_on", task_id, by, now, {})
    return goes_on


def note_taken(session: Session, task_id: int, form: str, *, by: str, now: datetime) -> None:
    """Note that somebody takes the table of members who differ away. Raises NotFound."""
    _check(session, task_id)
    _record(session, "what_if.taken", task_id, by, now, {"form": form})


def _check(session: Session, task_id: int) -> None:
    if not work.headings(session, KIND, task_id=task_id):
        raise NotFound


def _record(
    session: Session, kind: str, task_id: int, by: str, now: datetime, content: dict[str, str | None]
) -> None:
    acts.record(session, now, actor=by, kind=kind, subject=ids.to_text(task_id), content=content)
