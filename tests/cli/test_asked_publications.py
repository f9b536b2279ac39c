"""Publications that wait for a second person; files that do."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from loyalty import programme
from loyalty.actions.ask_approval import BulkFile, ask_bulk_file, ask_publication
from loyalty.db import carry_out, reading
from loyalty.errors import VersionStale
from loyalty.reads.approvals import approved_file
from tests.documents import small
from tests.makers import wire

HOUR = timedelta(hours=1)
FILE = BulkFile("corrections.csv", "a" * 64, 12, {"reward given": 300, "reward taken": 20})


@pytest.fixture
def bob(make):
    make.club()
    return make.person("bob")


@pytest.fixture
def asked(make, tmp_path):
    """`flask programme ask` for the small club, changed so; the request's id and digest."""

    def ask(*words, exit_code=0, **changes):
        file = tmp_path / "next.json"
        file.write_text(json.dumps(small(**changes)), encoding="utf-8")
        told = make.run("programme", "ask", str(file), *words, exit_code=exit_code).output
        found = re.fullmatch(r"request (\w+) waits until \S+, digest ([0-9a-f]{64})\n", told)
        return found.groups() if found else told

    return ask


def approve(till, asked, expect=200, key="k"):
    body = {"digest": asked[1]}
    answer = till.post(f"/approvals/{asked[0]}/approve", body, idempotency_key=f"{key}-{asked[0]}")
    assert answer.status_code == expect, answer.json
    return answer.json


def test_a_publication_is_asked_for_and_published_by_a_second_person(app, make, bob, asked, clock):
    """Minting alone: an edition that was asked for is published by a second person, word for word."""
    soon = wire(clock.now() + 2 * HOUR)
    waits = asked("--in-force-from", soon, **{"tier[0].attain": 700})
    assert asked("--in-force-from", soon, **{"tier[0].attain": 700}) == waits
    seen = bob.get(f"/approvals/{waits[0]}").json
    assert seen["content"]["document"]["tier"][0]["attain"] == 700
    assert (seen["content"]["base"], seen["content"]["in_force_from"]) == (1, soon)
    [listed] = bob.get("/approvals?kind=publication").json["items"]
    assert listed["content"].keys() == {"sha256", "base", "in_force_from"}
    clock.move(HOUR)
    assert approve(bob, waits)["edition"] == 2
    assert approve(bob, waits)["edition"] == 2
    with app.app_context(), reading() as session:
        made = programme.latest(session)
    assert (made.number, wire(made.in_force_from), made.approved_by) == (2, soon, "bob")
    assert made.published_by == seen["maker"]
    assert made.sha256 == seen["content"]["sha256"]
    assert bob.get(f"/approvals/{waits[0]}").json["edition"] == 2
    make.run("audit", "verify")


def test_without_an_instant_it_is_in_force_as_soon_as_it_is_approved(app, bob, asked, clock):
    waits = asked(**{"tier[0].attain": 700})
    clock.move(HOUR)
    approve(bob, waits)
    with app.app_context(), reading() as session:
        assert programme.latest(session).in_force_from == clock.now() + programme.NOTICE


def test_another_edition_meanwhile_makes_it_void(make, bob, asked):
    first, second = asked(**{"tier[0].attain": 700}), asked(**{"tier[0].attain": 800})
    approve(bob, first)
    refused = approve(bob, second, 422)
    assert (refused["code"], refused["because"]) == ("request_closed", "another_edition")
    make.run("jobs", "nightly")
    assert [one["because"] for one in bob.get("/approvals?state=void").json["items"]] == ["another_edition"]


def test_too_late_for_its_instant_it_is_void(bob, asked, clock):
    waits = asked("--in-force-from", wire(clock.now() + HOUR), **{"tier[0].attain": 700})
    clock.move(HOUR - timedelta(seconds=9))
    assert approve(bob, waits, 422)["because"] == "too_late"


def test_faults_are_told_when_it_is_asked_for(bob, asked, clock):
    assert asked(exit_code=1, **{"rule[0].unit": "gems"}) == 'rule[0].unit: there is no unit "gems"\n'
    assert "cannot change" in asked(exit_code=1, **{"club.currency": "USD"})
    assert "too soon" in asked("--in-force-from", wire(clock.now()), exit_code=1)
    assert bob.get("/approvals").json["items"] == []


def test_a_draft_of_an_older_edition_is_not_asked_for(app, bob, clock):
    with app.app_context(), pytest.raises(VersionStale):
        carry_out(
            lambda session: ask_publication(
                session, small(), base=0, in_force_from=None, by="eve", now=clock.now()
            )
        )


def test_of_two_publications_approved_at_once_one_is_published(app, make, bob, asked):
    waits = [asked(**{"tier[0].attain": bar}) for bar in (700, 800)]
    checkers = [bob, make.person("eve")]

    def send(turn):
        body, path = {"digest": waits[turn][1]}, f"/approvals/{waits[turn][0]}/approve"
        return checkers[turn].post(path, body, idempotency_key="one").status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(send, range(2)))
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 422, 503}
    with app.app_context(), reading() as session:
        assert programme.latest_number(session) == 2


def test_a_bulk_file_is_approved_by_its_digest(app, bob, clock):
    def ask(session):
        return ask_bulk_file(session, FILE, by="eve", now=clock.now()).digest

    def found(sha256):
        with app.app_context(), reading() as session:
            return approved_file(session, sha256)

    with app.app_context():
        digest = carry_out(ask)
        assert carry_out(ask) == digest
    [waits] = bob.get("/approvals?kind=bulk_file").json["items"]
    assert waits["content"] == {"name": "corrections.csv", "sha256": "a" * 64, "rows": 12, "import_id": None,
                                "sums": {"reward given": 300, "reward taken": 20}}  # fmt: skip
    assert found("a" * 64) is None
    assert approve(bob, (waits["approval_id"], digest)) == {
        "approval_id": waits["approval_id"], "state": "approved", "adjustment": None, "edition": None,
    }  # fmt: skip
    assert (found("a" * 64)["maker"], found("a" * 64)["checker"]) == ("eve", "bob")
    assert found("b" * 64) is None
