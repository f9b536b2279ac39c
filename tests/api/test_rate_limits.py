import re
import time
from threading import Barrier, Thread

import pytest
from limits.storage import storage_from_string

from loyalty.app import create_app
from loyalty.db import db
from tests.databases import settings_for
from tests.makers import Maker

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def app(database, clock):
    """An application that lets a key ask three times a minute."""
    app = create_app(settings_for(database, rate_limit_per_minute=3), clock)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def till(make):
    make.programme()
    return make.till("members:read")


@ONE_IS_ENOUGH
def test_every_answer_tells_the_limit_and_what_is_left(till):
    for left in (2, 1, 0):
        answer = till.get("/members/0")
        assert answer.headers["RateLimit-Policy"] == '"per-key";q=3;w=60'
        assert re.fullmatch(rf'"per-key";r={left};t=[1-9][0-9]?', answer.headers["RateLimit"])


@ONE_IS_ENOUGH
def test_one_request_too_many_is_429_and_says_when_to_come_back(till):
    for _ in range(3):
        assert till.get("/members/0").status_code == 404
    answer = till.get("/members/0")
    assert (answer.status_code, answer.json["code"], answer.json["action"]) == (429, "rate_limited", "retry")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].startswith('"per-key";r=0;')
    assert answer.content_type == "application/problem+json"


@ONE_IS_ENOUGH
def test_each_key_has_its_own_count(till, make):
    for _ in range(4):
        till.get("/members/0")
    assert make.till("members:read").get("/members/0").status_code == 404


@ONE_IS_ENOUGH
def test_who_has_no_key_is_counted_by_address(till, client):
    heard = [client.get("/v1/members/0").status_code for _ in range(4)]
    assert heard == [401, 401, 401, 429]
    assert till.get("/members/0").status_code == 404


@ONE_IS_ENOUGH
def test_what_is_no_part_of_the_api_is_not_counted(client):
    answers = [client.get("/openapi.json") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


@ONE_IS_ENOUGH
def test_two_applications_count_apart(till, database, clock):
    for _ in range(4):
        till.get("/members/0")
    other = create_app(settings_for(database, rate_limit_per_minute=3), clock)
    assert Maker(other, clock).till("members:read").get("/members/0").status_code == 404
    with other.app_context():
        db.engine.dispose()


def test_requests_that_come_at_once_are_all_counted_and_none_fails():
    together, turns, counts = Barrier(8), 60, storage_from_string("memory://")
    heard = []

    def ask():
        for _ in range(turns):
            together.wait()
            heard.append(counts.acquire_entry("a key", 10**6, 60))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [True] * 8 * turns
    assert counts.get_moving_window("a key", 10**6, 60)[1] == 8 * turns


def test_what_was_asked_before_the_window_counts_no_more():
    counts = storage_from_string("memory://")
    assert [counts.acquire_entry("a key", 2, 60) for _ in range(3)] == [True, True, False]
    assert counts.acquire_entry("another", 2, 60)
    time.sleep(0.002)
    window_seconds = 0.001
    assert counts.get_moving_window("a key", 2, window_seconds)[1] == 0
    assert counts.acquire_entry("a key", 2, window_seconds)
    assert counts.get_moving_window("another", 2, 60)[1] == 0  # forgotten along
