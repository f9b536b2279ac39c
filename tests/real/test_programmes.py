"""Published rules of real programmes: each one an edition of ours, told through the public doors.

A programme's cases are members of one club and live in one time. What must be seen at an instant is looked at
when the clock is there, before any night, and asked for again when all is long over and booked.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.makers import Maker
from tests.real import looks, published
from tests.real.casebook import FILES, Casebook, Fact, Look, read
from tests.real.facts import Somebody

needs_the_data = pytest.mark.skipif(
    not published.FILE.exists(), reason="LOYALTY_REAL_DATA names no folder with rules/cases.jsonl"
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_published_programme_gives_its_published_numbers(make: Maker, tmp_path: Path, file: Path) -> None:
    book = read(file)
    moments = sorted(_moments(book), key=lambda moment: moment[:2])
    make.clock.move(moments[0][0])
    _publish(make, book, tmp_path)
    till, faults = make.till(), []
    people = {case.id: Somebody(make, till, book, case.id) for case in book.cases}
    for at, _, case, what in moments:
        make.clock.move(at)
        if isinstance(what, Fact):
            people[case].tell(what)
        else:
            faults += looks.faults(people[case], what) + looks.refusal_faults(people[case], what)
    assert not any(someone.refused for someone in people.values())
    make.clock.move(timedelta(days=1))
    make.run("jobs", "nightly")
    for at, _, case, what in moments:
        if isinstance(what, Look):
            faults += looks.faults(people[case], what, at)
    assert not faults, "\n".join(faults)
    make.run("ledger", "verify")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_case_says_of_its_source_it_looks_at(file: Path) -> None:
    book = read(file)
    assert [fault for case in book.cases for fault in published.unseen(book, case)] == []


@needs_the_data
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_case_is_given_and_expects_what_was_published(file: Path) -> None:
    book, rows = read(file), published.rows()
    faults = [
        fault
        for case in book.cases
        for fault in (*published.unlike(case, rows[case.id]), *published.untold(book, case, rows[case.id]))
    ]
    assert faults == []


@needs_the_data
def test_every_published_case_is_in_one_programme() -> None:
    expressed = [case.id for file in FILES for case in read(file).cases]
    assert sorted(expressed) == sorted(published.rows())


def _moments(book: Casebook) -> Iterator[tuple[datetime, bool, str, Fact | Look]]:
    """All that happens and all that is looked at, of all cases; at one instant things happen first."""
    for case in book.cases:
        yield from ((fact.at, False, case.id, fact) for fact in case.facts)
        yield from ((look.at, True, case.id, look) for look in case.looks)


def _publish(make: Maker, book: Casebook, folder: Path) -> None:
    for edition in book.editions:
        file, since = folder / "programme.json", edition.in_force_from
        file.write_text(json.dumps(edition.document, default=datetime.isoformat), encoding="utf-8")
        make.programme(file, since.isoformat() if since else None)
