import json
from datetime import timedelta

import pytest

from loyalty.app import create_app
from loyalty.db import db
from tests.clocks import MovableClock
from tests.databases import settings_for


def test_a_request_id_is_echoed(client):
    assert (
        client.get("/healthz", headers={"X-Request-Id": "till-7/42"}).headers["X-Request-Id"] == "till-7/42"
    )


@pytest.mark.parametrize("told", ["", "x" * 129, "é"])
def test_a_request_id_that_will_not_do_is_replaced(client, told):
    made = client.get("/healthz", headers={"X-Request-Id": told}).headers["X-Request-Id"]
    assert made != told
    assert len(made) == 32


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/v1/nowhere", "/metrics", "/openapi.json"])
def test_every_answer_tells_our_time(client, clock, path):
    assert client.get(path).headers["Loyalty-Time"] == "2026-01-05T02:00:00.000Z"
    clock.move(timedelta(milliseconds=1500))
    assert client.get(path).headers["Loyalty-Time"] == "2026-01-05T02:00:01.500Z"


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/v1/nowhere", "/metrics"])
def test_every_answer_is_guarded(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in headers
    assert (headers.get("Cache-Control") == "no-store") == path.startswith("/v1/")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/me", 308), ("HEAD", "/healthz", 200), ("OPTIONS", "/healthz", 200)],
)
def test_an_answer_without_a_body_or_to_elsewhere_is_guarded_once(client, method, path, status):
    answer = client.open(path, method=method)
    assert answer.status_code == status
    for name in ("X-Request-Id", "Loyalty-Time", "X-Frame-Options", "Content-Security-Policy"):
        assert len(answer.headers.getlist(name)) == 1


def test_production_is_https_only(database):
    app = create_app(settings_for(database, env="production"), MovableClock())
    assert "max-age=31536000" in app.test_client().get("/healthz").headers["Strict-Transport-Security"]
    with app.app_context():
        db.engine.dispose()


def test_one_line_for_each_request(database, capsys):
    app = create_app(settings_for(database, log_level="INFO"), MovableClock())
    app.test_client().get("/healthz?card=6221000012345678", headers={"X-Request-Id": "r-1"})
    with app.app_context():
        db.engine.dispose()
    [line] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert line.pop("timestamp")
    assert line == {
        "event": "request", "level": "info", "logger": "loyalty.requests", "request_id": "r-1",
        "method": "GET", "rule": "/healthz", "status": 200, "ms": 10.0, "client": "127.0.0.1",
    }  # fmt: skip


def test_a_fault_of_ours_is_a_500_that_tells_nothing(database):
    app = create_app(settings_for(database), MovableClock())

    @app.get("/broken")
    def broken():
        raise ValueError("card 6221000012345678")

    answer = app.test_client().get("/broken")
    with app.app_context():
        db.engine.dispose()
    assert answer.status_code == 500
    assert "ValueError" not in answer.text
    assert "6221" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
