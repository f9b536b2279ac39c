"""Drafts that were tried on real history, as staff look at them: how far they are, and what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from loyalty import ids, members, programme, staff, work
from loyalty.decide.programme import Editions, Programme, compile_programme
from loyalty.errors import NotFound
from loyalty.reads.masked import MaskedMember, masked_of
from loyalty.reads.what_if import KIND, differing

Stage = Literal["waiting", "running", "stopped", "failed", "done"]
_ASKED = ("since", "draft", "revision")


@dataclass(frozen=True, slots=True)
class Run:
    """One draft that is tried, or was."""

    run_id: int
    stage: Stage
    done: int  #: members
    total: int
    sha256: str
    draft_no: int | None  #: None where it was asked for from a command line
    revision: int | None
    since: datetime | None  #: from when on the draft is in force; None: as if ever
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    in_hand_until: datetime | None
    fault: str | None
    is_now: bool  #: the open draft says word for word the same
    edition: int | None  #: the edition published last says word for word the same

    @property
    def is_going(self) -> bool:
        """Whether a look in a moment may find it further."""
        return self.stage in ("waiting", "running")

    def is_in_hand(self, now: datetime) -> bool:
        """Whether a worker is at it just now."""
        return self.in_hand_until is not None and now < self.in_hand_until


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run that is done; `really` is the programme in force at its end."""

    report: Mapping[str, Any]
    draft: Programme
    really: Programme
    people: Mapping[str, MaskedMember]  #: those of the samples, by what the report calls them


def runs_view(session: Session, before: int | None, limit: int) -> list[Run]:
    """Up to `limit` runs, the last one first, those asked for before that one where it is given."""
    return _shown(session, work.headings(session, KIND, _ASKED, before=before, limit=limit))


def run_view(session: Session, run_id: int) -> tuple[Run, int]:
    """One run, and how many are to be done before it. Raises NotFound."""
    found = _shown(session, work.headings(session, KIND, _ASKED, task_id=run_id))
    if not found:
        raise NotFound
    return found[0], work.ahead(session, KIND, run_id) if found[0].is_going else 0


def last_run_about(session: Session, sha256: str) -> Run | None:
    """The last run of exactly that content, however far it is."""
    found = _shown(session, work.headings(session, KIND, _ASKED, about=sha256))
    return found[0] if found else None


def result_view(session: Session, editions: Editions, run_id: int, shows_people: bool = False) -> Result:
    """What came of a run. Raises NotFound, for one that is not done, too."""
    task = work.task(session, KIND, run_id)
    if task is None or task.result is None or task.asked is None:
        raise NotFound
    draft, really = compile_programme(task.asked["document"]), editions.at(task.as_of).programme
    people = _people(session, task.result) if shows_people else {}
    return Result(task.result, draft, really, people)


def table_view(session: Session, editions: Editions, run_id: int) -> tuple[list[str], list[list[object]]]:
    """A row for each member whose tier or points differ, below its columns. Raises NotFound, as above."""
    result = result_view(session, editions, run_id)
    decimals = {unit: result.draft.units[unit].decimals for unit in result.report["units"]}
    columns, rows = differing(session, run_id, decimals)
    return columns, list(rows)


def samples_of(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every member of whom a report tells."""
    yield from report["unlike"]
    for move in report["moves"]:
        yield from move["samples"]
    for unit in report["units"].values():
        yield from unit["winners"]
        yield from unit["losers"]


def _people(session: Session, report: Mapping[str, Any]) -> dict[str, MaskedMember]:
    named = {ids.from_text(one["member"]): one["member"] for one in samples_of(report)}
    found = members.persons(session, [one for one in named if one is not None])
    return {named[member_id]: masked_of(person) for member_id, person in found.items()}


def _shown(session: Session, found: Sequence[work.Heading]) -> list[Run]:
    names = staff.names_of(session, {one.asked_by for one in found if one.asked_by})
    draft, latest = programme.open_draft(session), programme.latest(session)
    last = programme.at_revision(session, draft, draft.revision) if draft else None
    now = programme.sha256_of(last.document) if last else None
    return [_run(one, names, now, latest) for one in found]


def _run(
    one: work.Heading, names: Mapping[str, str], now: str | None, latest: programme.StoredEdition | None
) -> Run:
    since, draft, revision = (one.asked[name] for name in _ASKED)
    return Run(
        one.id,
        _stage(one),
        one.done,
        one.total,
        one.about or "",
        int(draft) if draft else None,
        int(revision) if revision else None,
        datetime.fromisoformat(since) if since else None,
        names.get(one.asked_by or "", ""),
        one.started_at,
        one.finished_at,
        one.in_hand_until,
        one.fault,
        now is not None and one.about == now,
        latest.number if latest is not None and latest.sha256 == one.about else None,
    )


def _stage(one: work.Heading) -> Stage:
    if one.state != "running":
        return one.state  # type: ignore[return-value]
    return "running" if one.done or one.in_hand_until else "waiting"
