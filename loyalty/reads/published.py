"""The editions of the programme as staff see them: in force, to come, past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import programme, staff
from loyalty.errors import NoProgramme
from loyalty.programme import Change, Heading

MOST_EDITIONS = 20


@dataclass(frozen=True, slots=True)
class Editions:
    """One page of the editions, the highest number first."""

    in_force: int | None
    items: Sequence[Heading]
    names: Mapping[str, str]  #: of who published and approved them
    has_more: bool


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition, and what it changed."""

    heading: Heading
    is_in_force: bool
    names: Mapping[str, str]
    document: Mapping[str, Any]
    before: Mapping[str, Any]  #: the document of the edition before it; empty for the first
    changes: Sequence[Change]  #: against the edition before it; none for the first


def published_editions(session: Session, below: int | None, now: datetime) -> Editions:
    """The latest editions, or the latest ones below a number."""
    found = programme.headings(session, below, MOST_EDITIONS + 1)
    names = staff.names_of(session, _people(found))
    in_force = programme.number_in_force(session, now)
    return Editions(in_force, found[:MOST_EDITIONS], names, len(found) > MOST_EDITIONS)


def edition_view(session: Session, number: int, now: datetime) -> EditionView:
    """The edition of a number. Raises NoProgramme."""
    edition, earlier = (programme.by_number(session, one) for one in (number, number - 1))
    if edition is None:
        raise NoProgramme(number=number)
    [heading] = programme.headings(session, number + 1, 1)
    before = earlier.document if earlier else {}
    changes = programme.differences(before, edition.document) if earlier else ()
    is_in_force = programme.number_in_force(session, now) == number
    names = staff.names_of(session, _people([heading]))
    return EditionView(heading, is_in_force, names, edition.document, before, changes)


def _people(headings: Sequence[Heading]) -> set[str]:
    return {who for one in headings for who in (one.published_by, one.approved_by) if who}
