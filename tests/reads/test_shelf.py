from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from loyalty.actions.publish import publish
from loyalty.db import carry_out, db, reading
from loyalty.decide.programme import Editions
from loyalty.errors import NoProgramme
from loyalty.reads.programme import Shelf
from tests.documents import small

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def looks(inside: Flask) -> Iterator[list[str]]:
    """Every statement that reads editions."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "FROM edition" in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def put(attain: int, now: datetime = NOW) -> None:
    document = small(**{"tier[0].attain": attain})
    carry_out(
        lambda session: publish(
            session, document, by="ana", in_force_from=None, now=now, run_examples=lambda _: []
        )
    )


def take(shelf: Shelf, now: datetime = NOW) -> Editions:
    with reading() as session:
        return shelf.editions(session, now)


def test_no_programme_is_a_refusal_until_there_is_one(inside: Flask) -> None:
    shelf = Shelf()
    with pytest.raises(NoProgramme):
        take(shelf)
    put(500)
    assert [edition.number for edition in take(shelf).items] == [1]


def test_a_shelf_looks_at_most_every_two_seconds(inside: Flask, looks: list[str]) -> None:
    shelf = Shelf()
    put(500)
    looks.clear()
    first = take(shelf)
    put(600)
    looks.clear()
    assert take(shelf, NOW + timedelta(seconds=1.9)) == first
    assert looks == []
    later = take(shelf, NOW + timedelta(seconds=2))
    assert [edition.number for edition in later.items] == [1, 2]
    assert len(looks) == 1
    assert later.items[0] is first.items[0], "compiled once"


def test_a_clock_set_back_does_not_stop_the_looking(inside: Flask) -> None:
    shelf = Shelf()
    put(500)
    take(shelf)
    put(600)
    assert len(take(shelf, NOW - timedelta(hours=1)).items) == 2


def test_a_shelf_that_forgets_begins_anew(inside: Flask) -> None:
    shelf = Shelf()
    put(500)
    first = take(shelf)
    shelf.forget()
    assert take(shelf) == first
    assert take(shelf).items[0] is not first.items[0]


def test_p13_the_edition_in_force_is_found_by_its_instant(inside: Flask) -> None:
    shelf = Shelf()
    put(500)
    put(600, NOW + timedelta(days=1))
    editions = take(shelf)
    begins = NOW + timedelta(days=1, seconds=10)
    assert editions.at(begins - timedelta(microseconds=1)).number == 1
    assert editions.at(begins).number == 2
    assert editions.at(begins).programme.ladder.tier("silver").attain == {"points": 600}
