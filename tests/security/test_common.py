"""What every face withstands; each test's first words name the threat (see tests/house/test_security.py)."""

import json
import re
import subprocess
import sys
from importlib.metadata import distribution

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from config import logs
from loyalty.db import db
from tests.databases import settings_for
from tests.house.sources import ROOT

NEVER_CHANGED = ("entry", "operation", "edition", "consent", "sale_return", "act")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_service_does_not_start_on_a_secret_that_others_know(database):
    """Default secrets: there is none, and an empty, short or well-known one stops the start."""
    for secret in ("", "secret", "s" * 40, "change-me-change-me-change-me-change-me"):
        env = {"LOYALTY_DATABASE_URL": database, "LOYALTY_SECRET_KEY": secret, "LOYALTY_ENV": "production"}
        ran = subprocess.run(
            [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=env, capture_output=True, text=True
        )
        assert (ran.returncode != 0, "LOYALTY_SECRET_KEY" in ran.stderr) == (True, True)


def test_each_purpose_has_a_key_of_its_own():
    """Default secrets: separate keys per purpose, all drawn from the one that is given."""
    settings = settings_for("sqlite://")
    drawn = {settings.identity_secret, settings.webhook_secrets[0], settings.secret_key.encode()}
    assert len(drawn) == 3


def test_what_happened_cannot_be_edited_in_silence(make, app, clock):
    """Silent edits: the database itself refuses, and each act of staff stands in a chain."""
    make.club()
    ana = make.shopper()
    bought = ana.buy("10.00")
    ana.give_back(bought, (1, "5.00"))
    ana.adjust(5)
    for table in NEVER_CHANGED:
        with app.app_context():
            column = inspect(db.engine).get_columns(table)[0]["name"]
            rows = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            db.session.rollback()
            for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                if rows:
                    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
                        connection.execute(text(statement))
    assert "acts, all as they were written" in make.run("audit", "verify").stdout


def test_logs_hold_no_bodies_and_no_forged_lines(app, make, capsys):
    """Log leaks and forging: an allow-list of fields, cards masked, control characters escaped."""
    make.club()
    ana = make.shopper(name="Ana Planted", phone="+4366412345678")
    logs.configure(settings_for("sqlite://", log_level="INFO"))
    ana.till.post("/purchases\n{forged}", {"card": ana.card})
    ana.till.post("/members/lookup", {"card": ana.card}, x_request_id="r-1")
    logs.configure(settings_for("sqlite://"))
    told = capsys.readouterr().err
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["request", "request"]
    assert not any(word in told for word in (ana.card, "Planted", "66412345678", "Bearer"))


@pytest.mark.parametrize(
    "body",
    [
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        "[" * 40 + "]" * 40,
    ],
)
def test_what_two_parsers_read_differently_is_refused(make, body):
    """Parser tricks: NaN, Infinity, duplicate keys, lone surrogates, NUL, deep nesting."""
    make.club()
    till = make.till()
    answer = till._client.post(
        "/v1/purchases",
        data=body,
        headers={"Authorization": f"Bearer {till._key}", "Content-Type": "application/json"},
    )
    assert answer.status_code == 400, answer.json


@pytest.mark.parametrize("points", [True, 1.5, "5", "５", None, 10**30])
def test_what_is_no_whole_number_is_refused(make, points):
    """Parser tricks: bool for int, floats, digits of other scripts, numbers beyond the limit."""
    make.club()
    ana = make.shopper()
    body = {"card": ana.card, "points": points, "reference": "r"}
    assert "points" in ana.tell("/redemptions", body, 422)["fields"]


def test_a_body_has_a_limit(make):
    """Parser tricks: a body is at most 256 kB."""
    make.club()
    assert make.till().post("/members", {"name": "x" * 300_000}).status_code == 413


@pytest.mark.parametrize(
    "path", ["/healthz", "/nowhere", "/v1/nowhere", "/v1/members", "/docs", "/openapi.json"]
)
def test_every_answer_wears_its_headers(client, path):
    """Headers: a strict policy, no frames, no sniffing, no referrer; nothing personal is stored."""
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert (headers.get("Cache-Control") == "no-store") == path.startswith("/v1/")


def test_every_requirement_is_locked_by_its_hash_and_its_licence_is_listed():
    """Supply chain: hash-locked requirements, licences listed; `make audit` asks for known faults."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block and "==" in block] == []
    listed = (ROOT / "docs" / "licences.md").read_text("utf-8")
    locked = re.findall(
        r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M
    )
    assert locked
    assert [name for name, _ in locked if f"| {name} |" not in listed] == []
    assert distribution("flask").metadata["License-Expression"]
    assert "audit:" in (ROOT / "Makefile").read_text("utf-8")
