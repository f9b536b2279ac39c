"""Publishing: a document is checked, and becomes the next edition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, programme
from loyalty.decide.programme import Programme, compile_programme
from loyalty.decide.proving import failing_examples
from loyalty.document import Fault
from loyalty.errors import EditionTooSoon, ProgrammeFaulty

RunExamples = Callable[[Programme], list[Fault]]


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a document."""

    number: int
    in_force_from: datetime
    sha256: str
    same_as_before: bool  #: word for word the edition before it


def check(document: Mapping[str, object], run_examples: RunExamples = failing_examples) -> Programme:
    """The programme a document describes. Raises ProgrammeFaulty: every fault, or failing example."""
    compiled = compile_programme(document)
    if failing := run_examples(compiled):
        raise ProgrammeFaulty(faults=failing)
    return compiled


def publish(
    session: Session,
    document: Mapping[str, object],
    *,
    by: str,
    in_force_from: datetime | None,
    now: datetime,
    approved_by: str | None = None,
    run_examples: RunExamples = failing_examples,
) -> Published:
    """Make the next edition, in force from the instant asked for, or as soon as it can be.

    The first edition may be in force from any instant; a later one at least ten seconds from now, and after
    the one before it. `approved_by` is the second person, who has seen it. An open draft that says the same
    ends: it became this edition.

    Raises ProgrammeFaulty, EditionTooSoon (with the `earliest` instant), or Busy when another publisher was
    quicker.
    """
    before = programme.latest(session)
    in_force_from = check_next(document, before, in_force_from, now, run_examples)
    edition = programme.StoredEdition(
        number=before.number + 1 if before else 1,
        document=programme.as_json(document),
        sha256=programme.sha256_of(document),
        in_force_from=in_force_from,
        published_at=now,
        published_by=by,
        approved_by=approved_by,
    )
    programme.add(session, edition)
    _end_draft(session, edition, now)
    told: dict[str, object] = {"sha256": edition.sha256, "in_force_from": edition.in_force_from}
    told |= {"approved_by": approved_by} if approved_by else {}
    acts.record(session, now, actor=by, kind="edition.published", subject=str(edition.number), content=told)
    same_as_before = before is not None and before.sha256 == edition.sha256
    return Published(edition.number, edition.in_force_from, edition.sha256, same_as_before)


def _end_draft(session: Session, edition: programme.StoredEdition, now: datetime) -> None:
    draft = programme.open_draft(session, locked=True)
    last = programme.at_revision(session, draft, draft.revision) if draft else None
    if draft and last and programme.sha256_of(last.document) == edition.sha256:
        programme.end(session, draft, edition.number, now)


def check_next(
    document: Mapping[str, object],
    before: programme.StoredEdition | None,
    in_force_from: datetime | None,
    now: datetime,
    run_examples: RunExamples = failing_examples,
) -> datetime:
    """When a document is in force, published now as the edition after `before`.

    Raises ProgrammeFaulty, EditionTooSoon.
    """
    compiled = check(document, run_examples)
    if before is not None and (broken := broken_promises(compile_programme(before.document), compiled)):
        raise ProgrammeFaulty(faults=broken)
    return _in_force_from(in_force_from, before, now)


def broken_promises(before: Programme, after: Programme) -> list[Fault]:
    """What a later edition may not change, because points and cards given already depend on it."""
    fixed: list[tuple[str, Any, Any]] = [
        ("club.time_zone", before.club.time_zone.key, after.club.time_zone.key),
        ("club.currency", before.club.currency, after.club.currency),
    ]
    for code, unit in before.units.items():
        later = after.units.get(code)
        if later is None:
            fixed.append((f"unit.{code}", "there", "gone"))
        else:
            fixed.append((f"unit.{code}.decimals", unit.decimals, later.decimals))
            fixed.append((f"unit.{code}.spendable", unit.spendable, later.spendable))
    later_tiers = {tier.code for tier in after.ladder.tiers}
    fixed += [
        (f"tier[{tier.code}]", "there", "gone")
        for tier in before.ladder.tiers
        if tier.code not in later_tiers
    ]
    return [
        (path, f"cannot change after the first edition: it is {old}, not {new}")
        for path, old, new in fixed
        if old != new
    ]


def _in_force_from(asked: datetime | None, before: programme.StoredEdition | None, now: datetime) -> datetime:
    if before is None:
        return (asked or now).astimezone(UTC)
    earliest = max(now + programme.NOTICE, before.in_force_from + timedelta(microseconds=1))
    if asked is not None and asked < earliest:
        raise EditionTooSoon(earliest=earliest)
    return (asked or earliest).astimezone(UTC)
