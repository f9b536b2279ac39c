from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty import programme
from loyalty.actions.publish import Published, publish
from loyalty.db import carry_out
from loyalty.decide.programme import Programme
from loyalty.errors import Busy, EditionTooSoon, ProgrammeFaulty
from tests.documents import GONE, small

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTICE = timedelta(seconds=10)


def no_examples(_: Programme) -> list[tuple[str, str]]:
    return []


def put(
    app: Flask,
    *,
    in_force_from: datetime | None = None,
    now: datetime = NOW,
    examples: Any = no_examples,
    **changes: object,
) -> Published:
    def work(session: Session) -> Published:
        return publish(
            session, small(**changes), by="ana", in_force_from=in_force_from, now=now, run_examples=examples
        )

    with app.app_context():
        return carry_out(work)


def count(app: Flask) -> int:
    with app.app_context():
        return carry_out(lambda session: len(programme.after(session, 0)))


@pytest.mark.parametrize("since", [None, datetime(1997, 1, 1, tzinfo=UTC), NOW + timedelta(days=9)])
def test_the_first_edition_may_be_in_force_from_any_instant(app: Flask, since: datetime | None) -> None:
    made = put(app, in_force_from=since)
    assert (made.number, made.in_force_from, made.same_as_before) == (1, since or NOW, False)


def test_later_editions_are_numbered_and_begin_ten_seconds_ahead(app: Flask) -> None:
    put(app)
    second = put(app, now=NOW + timedelta(hours=1), **{"tier[0].attain": 600})
    assert (second.number, second.in_force_from) == (2, NOW + timedelta(hours=1) + NOTICE)
    third = put(app, in_force_from=NOW + timedelta(days=1), **{"tier[0].attain": 700})
    assert (third.number, third.in_force_from) == (3, NOW + timedelta(days=1))


def test_an_edition_cannot_begin_too_soon(app: Flask) -> None:
    put(app)
    with pytest.raises(EditionTooSoon) as soon:
        put(app, in_force_from=NOW + NOTICE - timedelta(microseconds=1))
    assert soon.value.facts == {"earliest": NOW + NOTICE}
    assert put(app, in_force_from=NOW + NOTICE).number == 2


def test_an_edition_begins_after_the_one_before_it(app: Flask) -> None:
    later = NOW + timedelta(days=30)
    put(app, in_force_from=later)
    with pytest.raises(EditionTooSoon):
        put(app, in_force_from=later)
    assert put(app).in_force_from == later + timedelta(microseconds=1)


def test_the_same_document_again_is_allowed_and_said(app: Flask) -> None:
    first = put(app)
    again = put(app)
    assert again.same_as_before
    assert (again.number, again.sha256) == (2, first.sha256)


def test_what_is_stored_is_the_document_and_its_digest(app: Flask) -> None:
    made = put(app)
    with app.app_context():
        row = carry_out(programme.latest)
    assert row is not None
    assert row.document == small()
    assert row.sha256 == made.sha256 == programme.sha256_of(row.document)
    assert (row.published_at, row.published_by, row.approved_by) == (NOW, "ana", None)


def test_a_faulty_document_or_a_failing_example_publishes_nothing(app: Flask) -> None:
    with pytest.raises(ProgrammeFaulty):
        put(app, **{"tier[0].attain": "x"})
    with pytest.raises(ProgrammeFaulty) as faulty:
        put(app, examples=lambda _: [("example[0]", "should be 1, is 2")])
    assert faulty.value.facts == {"faults": [("example[0]", "should be 1, is 2")]}
    assert count(app) == 0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"club.time_zone": "Europe/Paris"}, "club.time_zone"),
        ({"club.currency": "CNY"}, "club.currency"),
        ({"unit.reward.decimals": 1}, "unit.reward.decimals"),
        ({"unit.reward.spendable": False}, "unit.reward.spendable"),
        (
            {"unit.status": GONE, "terms.measure.earned": "reward", "tier[1]": GONE},
            "unit.status",
        ),
        ({"tier[1]": GONE}, "tier[gold]"),
    ],
)
def test_what_points_and_cards_depend_on_cannot_change(
    app: Flask, changes: dict[str, object], path: str
) -> None:
    put(app)
    with pytest.raises(ProgrammeFaulty) as faulty:
        put(app, **changes)
    found: Any = faulty.value.facts["faults"]
    assert path in [where for where, _ in found]
    assert count(app) == 1


def test_tiers_and_units_may_be_added_and_thresholds_moved(app: Flask) -> None:
    put(app)
    name = {"zh": "新", "en": "New"}
    new = {"tier[0].attain": 400, "unit.gems": {"name": name, "spendable": True}}
    new["tier[2]"] = {"code": "diamond", "name": name, "attain": 9000}
    assert put(app, **new).number == 2


def test_a_taken_number_is_a_clean_refusal(app: Flask) -> None:
    put(app)
    with app.app_context(), pytest.raises(Busy):
        carry_out(
            lambda session: programme.add(
                session,
                programme.StoredEdition(
                    number=1,
                    document={},
                    sha256="0" * 64,
                    in_force_from=NOW + NOTICE,
                    published_at=NOW,
                    published_by="ben",
                ),
            )
        )
    assert count(app) == 1


def test_two_publishers_at_once_make_two_editions_or_one_is_told_to_try_again(app: Flask) -> None:
    put(app)
    start = Barrier(2)

    def one(minute: int) -> int | None:
        start.wait()
        try:
            return put(app, in_force_from=NOW + timedelta(minutes=minute)).number
        except (Busy, EditionTooSoon):
            return None

    with ThreadPoolExecutor(2) as pool:
        made = [number for number in pool.map(one, (1, 2)) if number]
    assert sorted(made) == list(range(2, 2 + len(made)))
    assert made
    assert count(app) == 1 + len(made)


@pytest.mark.parametrize("statement", ["UPDATE edition SET published_by = 'eve'", "DELETE FROM edition"])
def test_the_database_refuses_to_rewrite_an_edition(app: Flask, statement: str) -> None:
    put(app)
    with app.app_context(), pytest.raises(DBAPIError):
        carry_out(lambda session: session.execute(text(statement)))
    assert count(app) == 1
